// The question box: grows with its text, sends with Enter, and stops while an answer is awaited.

import { config } from "./config.js";
import { icon } from "./dom.js";
import { t } from "./i18n.js";

const NEAR = 100; // characters left, from which on they are counted
const NARROW = 420; // pixels, in which an example has no room
const form = document.getElementById("composer");
const box = document.getElementById("question");
const send = document.getElementById("send");
const left = document.getElementById("left");
let isRunning = false;

/** Set the box up; `ask(question)` and `stop()` are what its button does. */
export function startComposer(ask, stop) {
  box.addEventListener("input", fit);
  box.addEventListener("keydown", (event) => {
    // While an input method composes, Enter chooses a word.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (!isRunning) form.requestSubmit();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isRunning) {
      stop();
      return;
    }
    const question = box.value.trim();
    if (!question || over() > 0) return;
    box.value = "";
    fit();
    ask(question);
  });
  fit();
}

/** Show whether an answer is awaited, and whether there is something to follow up. */
export function showRunning(running, count) {
  isRunning = running;
  const label = t(running ? "ask.stop" : "ask.send");
  send.replaceChildren(icon(running ? "stop" : "send"));
  send.setAttribute("aria-label", label);
  send.title = label;
  const first = box.clientWidth < NARROW ? "ask.placeholder.short" : "ask.placeholder";
  box.placeholder = t(count > 0 ? "ask.follow" : first);
  fit();
}

/** Put a question into the box, unless something else is being written there. */
export function offer(question) {
  if (!box.value.trim()) box.value = question;
  fit();
  box.focus();
}

export function focusBox() {
  box.focus();
}

function over() {
  return Array.from(box.value.trim()).length - config.longest;
}

function fit() {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 180)}px`;
  const count = over();
  left.classList.toggle("over", count > 0);
  if (count > 0) left.textContent = t("ask.over", { count });
  else left.textContent = count > -NEAR ? t("ask.left", { count: -count }) : "";
  box.setAttribute("aria-invalid", `${count > 0}`);
  send.disabled = !isRunning && (!box.value.trim() || count > 0);
}
