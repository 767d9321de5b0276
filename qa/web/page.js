() => {
  // Citations lead to their cards: one listener, whatever is on the page by then.
  document.documentElement.lang = "zh-CN";

  const closeSources = () => document.getElementById("sources")?.classList.remove("open");

  const show = (id) => {
    const target = document.getElementById(id);
    if (!target) return;
    document.querySelectorAll("#sources .current").forEach((old) => old.classList.remove("current"));
    target.classList.add("current");
    document.getElementById("sources").classList.add("open");
    const list = document.getElementById("sources-list");
    const top = target.getBoundingClientRect().top - list.getBoundingClientRect().top;
    list.scrollTo({ top: list.scrollTop + top - 8, behavior: "instant" });
    target.focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const clicked = event.target instanceof Element ? event.target : null;
    const cite = clicked?.closest("a.cite");
    if (cite) {
      event.preventDefault();
      show(cite.getAttribute("href").slice(1));
    } else if (clicked?.closest(".close-sources")) {
      closeSources();
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeSources();
  });
}
