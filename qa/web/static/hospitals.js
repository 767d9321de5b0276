// The hospital filter: a list that opens over the question box and narrows as one types.

import { hospitals } from "./api.js";
import { config } from "./config.js";
import { el, icon } from "./dom.js";
import { t } from "./i18n.js";
import { appendText } from "./text.js";

const MOST = 100; // names that are listed at a time
const button = document.getElementById("filter");
const label = document.getElementById("filter-name");
const popup = document.getElementById("hospitals");

let names = [];
let chosen = null;
let active = 0; // which option the keyboard is at
let changed = () => {};

/** Set the filter up; `onChange(name)` is told what was chosen, null for all. */
export function startHospitals(onChange) {
  changed = onChange;
  button.addEventListener("click", () => (popup.hidden ? open() : close()));
  document.addEventListener("pointerdown", (event) => {
    if (!popup.hidden && !popup.contains(event.target) && !button.contains(event.target)) close();
  });
  popup.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !popup.contains(event.relatedTarget)) close(false);
  });
  if (config.hospital) show(config.hospital);
}

/** Fetch the names; an empty list when that cannot be done now. */
export async function loadHospitals() {
  try {
    names = await hospitals();
  } catch {
    names = [];
  }
  return names;
}

export function knownHospitals() {
  return names;
}

export function chosenHospital() {
  return chosen;
}

/** Choose a hospital, or all of them with null. */
export function choose(name) {
  show(name);
  changed(name);
}

function show(name) {
  chosen = name;
  label.replaceChildren();
  appendText(label, name ?? t("filter.all"));
  button.classList.toggle("on", name !== null);
}

async function open() {
  const search = el("input", {
    type: "text",
    role: "combobox",
    placeholder: t("filter.search"),
    autocomplete: "off",
    aria: { label: t("filter.search"), expanded: "true", controls: "options", autocomplete: "list" },
    input: () => { active = 0; draw(search); },
    keydown: (event) => key(event, search),
  });
  popup.replaceChildren(el("div", { class: "search" }, search), el("ul", { id: "options", role: "listbox", aria: { label: t("filter.label") } }), el("p", { class: "hint", role: "status" }));
  popup.hidden = false;
  button.setAttribute("aria-expanded", "true");
  search.focus();
  if (names.length === 0) await loadHospitals();
  active = chosen === null ? 0 : names.indexOf(chosen) + 1;
  draw(search);
}

function close(takeFocus = true) {
  popup.hidden = true;
  popup.replaceChildren();
  button.setAttribute("aria-expanded", "false");
  if (takeFocus) button.focus();
}

function draw(search) {
  const wanted = search.value.trim().toLowerCase();
  const found = names.filter((name) => name.toLowerCase().includes(wanted));
  const options = wanted ? found.slice(0, MOST) : [null, ...found.slice(0, MOST)];
  active = Math.max(0, Math.min(active, options.length - 1));
  const list = document.getElementById("options");
  list.replaceChildren(...options.map((name, number) => option(name, number)));
  const hint = popup.querySelector(".hint");
  if (names.length === 0) hint.textContent = t("filter.failed");
  else if (options.length === 0) hint.textContent = t("filter.none", { name: search.value.trim().slice(0, 40) });
  else hint.textContent = found.length > MOST ? t("filter.more", { count: found.length - MOST }) : "";
  if (options.length > 0) search.setAttribute("aria-activedescendant", `option-${active}`);
  else search.removeAttribute("aria-activedescendant");
  list.children[active]?.scrollIntoView({ block: "nearest" });
}

function option(name, number) {
  const is = name === chosen;
  const made = el("li", { role: "option", id: `option-${number}`, aria: { selected: `${is}` }, class: number === active ? "active" : undefined });
  appendText(made.appendChild(el("span")), name ?? t("filter.all"));
  if (is) made.append(icon("check"));
  // Before the search box loses the focus.
  made.addEventListener("pointerdown", (event) => event.preventDefault());
  made.addEventListener("click", () => { close(); choose(name); });
  return made;
}

function key(event, search) {
  const options = document.getElementById("options").children;
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
  if (step) {
    active = Math.max(0, Math.min(options.length - 1, active + step));
    draw(search);
  } else if (event.key === "Enter" && !event.isComposing) options[active]?.click();
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}
