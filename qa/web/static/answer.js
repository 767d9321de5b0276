// An answer as elements: its text with markers that lead to the sources, or why there is none.

import { el, icon } from "./dom.js";
import { frameOf } from "./i18n.js";
import { openSource } from "./sources.js";
import { appendMarked, appendText, reflow } from "./text.js";

const LEVELS = [["high", 0.9], ["medium", 0.75], ["low", 0]];
const OWN_HEADING = new Set(["unknown_hospital", "not_a_question", "medical_advice", "off_topic"]);

/** Return an answer's elements. `asked` is called with what a chip asks: `{ question, hospital }`. */
export function answerElements(turn, asked, hospitals) {
  const { answer } = turn;
  const t = frameOf(answer.language);
  if (answer.status === "answered") return [text(turn, t)];
  const reason = OWN_HEADING.has(answer.reason) ? answer.reason : answer.status;
  const kind = answer.status === "clarify" ? "clarify" : "refused";
  const said = withoutListed(answer.text, answer.suggestions);
  return [
    el("p", { class: "heading" }, icon("info"), t(`answer.${reason}`)),
    ...said.split("\n").map((line) => appendText(el("p"), line)),
    chips(turn, kind, t, asked, hospitals),
  ];
}

/** Return how sure the answer is, in words. */
export function confidenceElement({ confidence, language }) {
  const t = frameOf(language);
  const [level] = LEVELS.find(([, least]) => confidence >= least);
  const title = t(`answer.confidence.${level}.title`);
  return el(
    "span",
    { class: `confidence ${level}`, title },
    el("span", { class: "dot", aria: { hidden: "true" } }),
    t(`answer.confidence.${level}`),
    el("span", { class: "unseen" }, ` ${title}`),
  );
}

/** Return an answer as plain text with its sources, for the clipboard. */
export function answerText({ answer }) {
  const cited = answer.citations.map((one) => `[${one.marker}] ${one.reference?.plain ?? one.title}`);
  return [answer.text, ...(cited.length > 0 ? ["", ...cited] : [])].join("\n");
}

function text(turn, t) {
  const { answer } = turn;
  const quotes = new Map();
  for (const one of answer.citations) {
    const quote = reflow(one.quote).text;
    if (quote && !quotes.has(quote)) quotes.set(quote, one);
  }
  const body = el("div", { class: "text" });
  for (const line of answer.text.split("\n")) {
    if (line.trim()) body.append(lineElement(line, turn, quotes, t));
  }
  return body;
}

/** A line with its quotes and markers; a "[1]" within a quote is no marker. */
function lineElement(line, turn, quotes, t) {
  const paragraph = el("p");
  const longest = [...quotes.keys()].sort((a, b) => b.length - a.length).map(escaped);
  const token = new RegExp([...longest, "\\[(\\d{1,3})\\]"].join("|"), "gu");
  let at = 0;
  let found = false;
  for (const match of line.matchAll(token)) {
    const between = line.slice(at, match.index);
    const citation = quotes.get(match[0]);
    const isName = citation && at === 0 && between.slice(0, -1) === citation.hospital;
    if (between) appendText(isName ? paragraph.appendChild(el("strong", { class: "whom", lang: "zh" })) : paragraph, between);
    if (citation) {
      const marks = citation.marks.map(([start, end]) => [start - citation.start, end - citation.start]);
      paragraph.append(appendMarked(el("span", { lang: "zh" }), citation.quote, marks));
    } else marker(paragraph, turn, match, t);
    found = true;
    at = match.index + match[0].length;
  }
  appendText(paragraph, line.slice(at));
  if (!found) paragraph.className = line.endsWith(":") ? "lead" : "opening";
  return paragraph;
}

function marker(paragraph, turn, match, t) {
  const number = Number(match[1]);
  if (!turn.answer.citations.some((one) => one.marker === number)) {
    appendText(paragraph, match[0]);
    return;
  }
  const label = t("answer.cite", { number });
  const click = () => openSource(turn, number);
  const { lang } = paragraph.lastChild ?? {};
  paragraph.append(el("span", { class: "glue" }, el("span", { lang }, lastCharacter(paragraph)), el("button", { type: "button", class: "cite", title: label, aria: { label }, click }, `${number}`)));
}

/** Take the last character off, so that it can be kept together with the marker after it. */
function lastCharacter(paragraph) {
  const node = paragraph.lastChild?.lastChild ?? paragraph.lastChild;
  if (node?.nodeType !== Node.TEXT_NODE) return "";
  const chars = Array.from(node.data);
  const last = chars.pop() ?? "";
  node.data = chars.join("");
  return last;
}

function chips(turn, kind, t, asked, hospitals) {
  const { answer, question } = turn;
  if (answer.suggestions.length === 0) return undefined;
  const label = t(kind === "clarify" ? "answer.choose" : "answer.nearest");
  const buttons = answer.suggestions.map((suggestion) => {
    const ask = kind === "clarify" ? again(question, suggestion, hospitals()) : about(turn, suggestion);
    return appendText(el("button", { type: "button", class: "chip", lang: "zh", click: () => asked(ask) }), suggestion);
  });
  return el("div", { class: "suggestions" }, el("p", {}, label), el("div", { class: "chips", role: "group", aria: { label } }, ...buttons));
}

/** The same question for a hospital; a name of several goes before the question. */
function again(question, hospital, known) {
  return known.includes(hospital) ? { question, hospital } : { question: `${hospital} ${question}`, hospital: null };
}

function about(turn, subject) {
  const whom = turn.hospital ?? turn.answer.subjects?.[subject] ?? "";
  return { question: `${whom} ${subject}`.trim(), hospital: turn.hospital };
}

/** The text without its list of suggestions, which are shown as chips. */
function withoutListed(said, suggestions) {
  const at = [suggestions.join("\u3001"), suggestions.join(", ")].map((list) => (list ? said.lastIndexOf(list) : -1)).find((one) => one >= 0);
  if (at === undefined) return said;
  const head = said.slice(0, at);
  const end = Math.max(...["\u3002", "\uff1f", ". ", "? "].map((mark) => head.lastIndexOf(mark)));
  return end >= 0 ? head.slice(0, end + 1) : head;
}

function escaped(literal) {
  return literal.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
