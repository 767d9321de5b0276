// What an empty conversation offers: questions that the documents answer, and the hospitals.

import { starters } from "./api.js";
import { config } from "./config.js";
import { el } from "./dom.js";
import { choose, knownHospitals } from "./hospitals.js";
import { t } from "./i18n.js";
import { appendText } from "./text.js";

const FIRST = 6; // hospitals that are shown as chips
const home = document.getElementById("starters");
let asked = 0; // fetches begun; only the last one is shown

/** Show the starters of a hospital, or of all; `ask(question, hospital)` asks one. */
export async function showStarters(hospital, ask) {
  const mine = (asked += 1);
  if (home.childElementCount === 0) home.replaceChildren(waiting());
  let found = [];
  try {
    found = await starters(hospital);
  } catch {
    found = []; // one can ask without them
  }
  if (mine === asked) home.replaceChildren(...questions(found, hospital, ask), ...chips(hospital));
}

function waiting() {
  return el("div", { class: "cards-grid", aria: { hidden: "true" } }, ...Array.from({ length: 6 }, () => el("span", { class: "ghost" })));
}

function questions(found, hospital, ask) {
  if (found.length === 0) return [];
  const heading = hospital ? t("starters.about", { name: hospital }) : t("starters.heading");
  const shown = found.slice(0, config.view === "widget" ? 4 : 6);
  return [
    appendText(el("h3"), heading),
    el("div", { class: "cards-grid" }, ...shown.map((starter) => questionCard(starter, hospital, ask))),
  ];
}

function questionCard({ kind, question }, hospital, ask) {
  const text = appendText(el("span", { class: "what" }), question);
  return el("button", { type: "button", class: "starter", click: () => ask(question, hospital) }, el("span", { class: "kind" }, t(`starter.${kind}`)), text);
}

function chips(hospital) {
  const names = knownHospitals();
  if (names.length < 2 || config.view === "widget") return [];
  const chip = (name) => {
    const on = name === hospital;
    const made = el("button", { type: "button", class: "chip", lang: "zh", aria: { pressed: `${on}` }, click: () => choose(on ? null : name) });
    return appendText(made, name);
  };
  const more = el("button", { type: "button", class: "chip quiet", click: () => document.getElementById("filter").click() }, t("starters.more"));
  return [
    el("h3", {}, t("starters.hospitals")),
    el("div", { class: "chips" }, ...names.slice(0, FIRST).map(chip), names.length > FIRST && more),
  ];
}
