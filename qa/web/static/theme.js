// Sets light or dark before anything is painted: the address, else what was chosen, else the system.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const given = root.dataset.theme;
  const chosen = () => {
    try {
      return localStorage.getItem("hospital-qa.theme");
    } catch {
      return null; // storage is closed to a frame of another site
    }
  };
  const set = () => {
    root.dataset.theme = given || chosen() || (system.matches ? "dark" : "light");
  };
  set();
  system.addEventListener("change", set);
})();
