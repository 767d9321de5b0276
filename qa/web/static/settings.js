// The two switches at the top: light or dark, and the language. Both are remembered.

const YEAR = 31536000;

/** Set up what of the switches a page has. */
export function startSwitches() {
  const theme = document.getElementById("theme");
  const root = document.documentElement;
  const label = () => {
    const text = root.dataset.theme === "dark" ? theme.dataset.light : theme.dataset.dark;
    theme.setAttribute("aria-label", text);
    theme.title = text;
  };
  if (theme) {
    label();
    theme.addEventListener("click", () => {
      root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
      remember(root.dataset.theme);
      label();
    });
  }
  for (const link of document.querySelectorAll(".languages a")) {
    const address = new URL(location.href);
    address.searchParams.set("lang", link.dataset.lang);
    link.href = address.href;
    link.addEventListener("click", () => {
      document.cookie = `lang=${link.dataset.lang}; path=/; max-age=${YEAR}; SameSite=Lax`;
    });
  }
}

function remember(theme) {
  try {
    localStorage.setItem("hospital-qa.theme", theme);
  } catch {
    // A frame of another site may not keep it; it lasts as long as the page.
  }
}
