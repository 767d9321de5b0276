// The reader's view and the demo: the switches, printing, and the quoted sentence in sight.

import { startSwitches } from "./settings.js";

startSwitches();
document.getElementById("print")?.addEventListener("click", () => print());
document.querySelector("mark")?.scrollIntoView({ block: "center", behavior: "instant" });
const back = document.getElementById("back");
back?.addEventListener("click", (event) => {
  const here = document.referrer && new URL(document.referrer).origin === location.origin;
  if (here && history.length > 1) {
    event.preventDefault();
    history.back(); // to the conversation as it was left
  }
});
document.documentElement.dataset.ready = "true";
