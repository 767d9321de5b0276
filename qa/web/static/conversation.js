// The conversation: what was asked and answered, and the moves on it.

import { Problem, ask } from "./api.js";
import { announce } from "./dom.js";
import { keep, newConversation, openConversation } from "./history.js";
import { frameOf, t } from "./i18n.js";
import { showSources } from "./sources.js";
import { showPartial, turnElement } from "./turn.js";

const MOST_MESSAGES = 50; // that the server takes as history
const list = document.getElementById("turns");
const scroll = document.getElementById("scroll");
const welcome = document.getElementById("welcome");

let conversation = openConversation();
let running = null; // { turn, stop } while an answer is awaited
let changed = () => {};
let returned = () => {};

const acts = {
  ask: ({ question, hospital }) => submit(question, hospital),
  edit: (turn, question) => submit(question, turn.hospital, turn),
  retry: (turn) => submit(turn.question, turn.hospital, turn),
  undo,
  keep: () => keep(conversation),
  history: historyBefore,
};

/**
 * Show the conversation that was open. `onChange(isRunning, count)` is told of each change, and
 * `onReturn(question)` gets a question that was taken back.
 */
export function startConversation(onChange, onReturn) {
  [changed, returned] = [onChange, onReturn];
  drawAll();
}

/** Show another conversation: one that was kept, or a new one. */
export function openAnother(other = newConversation()) {
  stop();
  conversation = other;
  keep(conversation);
  drawAll();
}

/** Whether the open conversation is this one. */
export function isOpen(id) {
  return conversation.id === id;
}

/** Stop waiting for an answer. */
export function stop() {
  running?.abort();
}

/** Ask a question; in the place of a turn and those after it, when one is given. */
export async function submit(question, hospital = null, instead = null) {
  if (running) return;
  if (instead) conversation.turns = conversation.turns.slice(0, conversation.turns.indexOf(instead));
  const turn = { id: nextId(), question, hospital };
  conversation.turns.push(turn);
  running = new AbortController();
  drawAll();
  announce(t("answer.working"));
  try {
    await answer(turn, running.signal);
  } finally {
    running = null;
    if (!turn.answer) turn.error ??= { code: "internal" };
    keep(conversation);
    drawAll();
  }
  tell(turn);
}

async function answer(turn, signal) {
  const request = { question: turn.question, hospital: turn.hospital, history: historyBefore(turn) };
  let text = "";
  const show = (more) => {
    text += more;
    const element = document.getElementById(`turn-${turn.id}`);
    if (element) showPartial(element, text);
    toEnd();
  };
  try {
    turn.answer = slim(await ask(request, show, signal));
  } catch (error) {
    if (error.name === "AbortError") turn.error = { code: "stopped" };
    else if (error instanceof Problem) turn.error = { code: error.code, detail: error.message, seconds: error.seconds };
    else throw error;
  }
}

/** The messages before a turn, as chat APIs carry them. */
function historyBefore(turn) {
  const before = conversation.turns.slice(0, conversation.turns.indexOf(turn));
  const messages = before.filter((one) => one.answer).flatMap((one) => [
    { role: "user", content: one.question },
    { role: "assistant", content: one.answer.text },
  ]);
  return messages.slice(-MOST_MESSAGES);
}

function undo(turn) {
  conversation.turns = conversation.turns.filter((one) => one !== turn);
  keep(conversation);
  drawAll();
  returned(turn.question);
  announce(t("undone"));
}

/** An answer with the passages that it cites, and without the others, which fill the storage. */
function slim({ hits, ...answer }) {
  const cited = new Set(answer.citations.map((one) => one.passage_id));
  const passages = {};
  for (const { passage_id: id, text, start } of hits) if (cited.has(id)) passages[id] = { text, start };
  const subjects = {};
  for (const one of answer.suggestions) {
    const hit = hits.find(({ text, context }) => text.includes(one) || context.includes(one)) ?? hits[0];
    subjects[one] = hit?.hospitals[0] ?? "";
  }
  return { ...answer, passages, subjects };
}

function drawAll() {
  const { turns } = conversation;
  const last = turns[turns.length - 1];
  const hadFocus = [list, welcome].some((one) => one.contains(document.activeElement));
  list.replaceChildren(...turns.map((turn) => turnElement(turn, acts, turn === last)));
  welcome.hidden = turns.length > 0;
  const cited = [...turns].reverse().find((turn) => turn.answer);
  showSources(cited ?? null);
  changed(running !== null, turns.length);
  toEnd();
  if (hadFocus) scroll.focus({ preventScroll: true }); // what had it was drawn anew
}

/** Show the end, or the beginning of the last turn when it is higher than the window. */
function toEnd() {
  const last = list.lastElementChild;
  const top = last ? last.offsetTop - 24 : 0;
  scroll.scrollTop = last && last.offsetHeight < scroll.clientHeight - 24 ? scroll.scrollHeight : top;
}

function tell(turn) {
  if (!turn.answer) {
    announce(document.querySelector(`#turn-${turn.id} .reply`)?.innerText ?? "");
    return;
  }
  const { text, language } = turn.answer;
  const frame = frameOf(language);
  announce(text.replace(/\[(\d{1,3})\](?=\n|$)/g, (_, number) => ` (${frame("answer.cite", { number })})`));
}

function nextId() {
  return Math.max(0, ...conversation.turns.map(({ id }) => id)) + 1;
}
