// A turn of the conversation: the question, its answer or what went wrong, and what can be done.

import { answerElements, answerText, confidenceElement } from "./answer.js";
import { copy } from "./clipboard.js";
import { config } from "./config.js";
import { el, icon, iconButton } from "./dom.js";
import { openFeedback } from "./feedback.js";
import { knownHospitals } from "./hospitals.js";
import { frameOf, t } from "./i18n.js";
import { openSource } from "./sources.js";
import { appendText } from "./text.js";

/**
 * Return the element of a turn. `acts` are what its buttons do: `ask`, `edit`, `retry`,
 * `undo`; `history(turn)` is what was said before it, and `keep` keeps a change of a turn.
 */
export function turnElement(turn, acts, isLast) {
  const made = el("section", { class: "turn", id: `turn-${turn.id}` }, question(turn, acts));
  if (turn.answer) made.append(answered(turn, acts, isLast));
  else if (turn.error) made.append(failed(turn, acts));
  else made.append(waiting());
  return made;
}

/** Show what has come of an answer so far; its markers become links when it is whole. */
export function showPartial(element, text) {
  const reply = element.querySelector(".reply");
  reply.replaceChildren(el("div", { class: "text" }, ...text.split("\n").filter(Boolean).map((line) => appendText(el("p"), line))));
}

function question(turn, acts) {
  const bubble = el("div", { class: "bubble" }, el("h3", { class: "unseen" }, t("turn.you")));
  if (turn.hospital) bubble.append(appendText(el("p", { class: "only" }), t("turn.only", { name: turn.hospital })));
  bubble.append(appendText(el("p", { class: "asked", dir: "auto" }), turn.question));
  const edit = iconButton("edit", t("turn.edit"), () => editQuestion(turn, acts));
  return el("div", { class: "you" }, el("div", { class: "side" }, edit), bubble);
}

function editQuestion(turn, acts) {
  const row = document.querySelector(`#turn-${turn.id} .you`);
  const area = el("textarea", { rows: "2", aria: { label: t("turn.edit") } });
  area.value = turn.question;
  const leave = () => {
    row.replaceWith(question(turn, acts));
    document.querySelector(`#turn-${turn.id} .you button`).focus();
  };
  const send = () => {
    if (area.value.trim()) acts.edit(turn, area.value.trim());
  };
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    }
  });
  const cancel = el("button", { type: "button", class: "plain", click: leave }, t("cancel"));
  const submit = el("button", { type: "button", class: "strong", click: send }, t("turn.edit.send"));
  row.replaceChildren(el("div", { class: "editing" }, area, el("div", { class: "row" }, cancel, submit)));
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
}

function waiting() {
  const dots = el("span", { class: "dots", aria: { hidden: "true" } }, el("i"), el("i"), el("i"));
  return el("div", { class: "reply waiting" }, el("p", {}, dots, t("answer.working")));
}

function answered(turn, acts, isLast) {
  const { answer } = turn;
  const frame = frameOf(answer.language);
  const heading = el("h3", { class: "unseen" }, frame("answer.from"));
  const body = answerElements(turn, acts.ask, knownHospitals).filter(Boolean);
  const reply = el("div", { class: `reply ${answer.status} ${answer.reason}`, lang: htmlLang(answer.language) }, heading, ...body);
  reply.append(el("div", { class: "foot" }, ...foot(turn, acts, isLast, frame)));
  return reply;
}

function foot(turn, acts, isLast, frame) {
  const made = [];
  if (turn.answer.citations.length > 0) {
    made.push(confidenceElement(turn.answer));
    const label = frame("answer.sources", { count: turn.answer.citations.length });
    made.push(el("button", { type: "button", class: "all", click: () => openSource(turn) }, icon("sources"), label));
  }
  const tools = el("div", { class: "acts" });
  tools.append(iconButton("copy", frame("answer.copy"), (event) => copy(answerText(turn), event.currentTarget)));
  if (isLast) {
    tools.append(iconButton("retry", frame("answer.retry"), () => acts.retry(turn)));
    tools.append(iconButton("undo", frame("answer.undo"), () => acts.undo(turn)));
  }
  if (config.feedback) {
    for (const verdict of ["up", "down"]) {
      const pressed = turn.verdict === verdict;
      tools.append(iconButton(verdict, frame(`answer.${verdict}`), (event) => openFeedback(turn, verdict, event.currentTarget, acts), { class: `tool ${pressed ? "given" : ""}`, aria: { label: frame(`answer.${verdict}`), pressed: `${pressed}` } }));
    }
  }
  made.push(tools);
  return made;
}

function failed(turn, acts) {
  const { code, detail, seconds } = turn.error;
  const lines = [t(code === "stopped" ? "answer.stopped" : `error.${code}`)];
  if (seconds) lines.push(t("error.wait", { seconds }));
  const reply = el("div", { class: `reply failed ${code}` });
  if (code !== "stopped") reply.append(el("p", { class: "heading" }, icon("info"), t("answer.error")));
  reply.append(...lines.map((line) => el("p", {}, line)));
  if (code === "bad_request" && detail) reply.append(appendText(el("p", { class: "detail", lang: "en" }), detail));
  const retry = el("button", { type: "button", class: "chip", click: () => acts.retry(turn) }, t("answer.retry"));
  const undo = el("button", { type: "button", class: "chip", click: () => acts.undo(turn) }, t("answer.undo"));
  reply.append(el("div", { class: "chips" }, retry, undo));
  return reply;
}

function htmlLang(language) {
  return language === "en" ? "en" : language;
}
