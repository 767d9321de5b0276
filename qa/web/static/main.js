// The page: its parts are set up here and know each other only through this.

import { focusBox, offer, showRunning, startComposer } from "./composer.js";
import { isWidget } from "./config.js";
import { openAnother, startConversation, stop, submit } from "./conversation.js";
import { startDrawer } from "./drawer.js";
import { chosenHospital, loadHospitals, startHospitals } from "./hospitals.js";
import { startSwitches } from "./settings.js";
import { startSources } from "./sources.js";
import { showStarters } from "./starters.js";
import { startWidget } from "./widget.js";

const fine = matchMedia("(pointer: fine)");

const suggest = () => showStarters(chosenHospital(), submit);

startSwitches();
startSources();
startHospitals(() => {
  suggest();
  focusBox();
});
startComposer((question) => submit(question, chosenHospital()), stop);
startConversation(showRunning, offer);
startDrawer();
document.getElementById("new").addEventListener("click", () => {
  openAnother();
  focusBox();
});
if (isWidget) startWidget();
else if (fine.matches && !location.hash) focusBox(); // on a phone the keyboard would hide the page
loadHospitals().then(suggest);
document.documentElement.dataset.ready = "true";
