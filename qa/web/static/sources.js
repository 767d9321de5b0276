// The cards of an answer's sources: beside the conversation, or in a sheet where there is no room.

import { copy } from "./clipboard.js";
import { config, isWidget } from "./config.js";
import { el, icon } from "./dom.js";
import { t } from "./i18n.js";
import { closable } from "./sheet.js";
import { appendMarked, appendText, reflow } from "./text.js";

const narrow = matchMedia("(max-width: 859.98px)");
const sources = document.getElementById("sources");
const panel = document.getElementById("panel");
const sheet = document.getElementById("sheet");
const cards = document.getElementById("cards");
let shown = null; // the turn whose cards are on the page

/** Set the panel up. */
export function startSources() {
  place();
  narrow.addEventListener("change", place);
  closable(sheet, document.getElementById("close-sources"));
  showSources(null);
}

/** Show the cards of a turn, without taking the focus. */
export function showSources(turn) {
  shown = turn;
  document.querySelectorAll(".turn.current").forEach((one) => one.classList.remove("current"));
  const citations = turn?.answer?.citations ?? [];
  if (citations.length > 0) {
    document.getElementById(`turn-${turn.id}`)?.classList.add("current");
    const about = el("p", { class: "of" });
    appendText(about, t("sources.of", { question: turn.question.slice(0, 200) }));
    cards.replaceChildren(about, ...citations.map((one) => card(turn, one)));
  } else {
    const message = t(turn?.answer ? "sources.none" : "sources.empty");
    cards.replaceChildren(el("div", { class: "empty" }, icon("sources"), el("p", {}, message)));
  }
  cards.scrollTop = 0;
}

/** Lead to a card of a turn; without a marker, to all of them. */
export function openSource(turn, marker) {
  if (shown !== turn) showSources(turn);
  const inSheet = sheet.contains(sources);
  if (inSheet && !sheet.open) sheet.showModal();
  cards.querySelectorAll(".card.current").forEach((old) => old.classList.remove("current"));
  const target = document.getElementById(`source-${turn.id}-${marker}`);
  if (!target) {
    document.getElementById("sources-title").focus();
    return;
  }
  target.classList.add("current");
  const top = target.getBoundingClientRect().top - cards.getBoundingClientRect().top;
  cards.scrollTo({ top: cards.scrollTop + top - 12, behavior: "instant" });
  target.focus({ preventScroll: true });
}

function place() {
  const home = isWidget || narrow.matches ? sheet : panel;
  if (sheet.open && home === panel) sheet.close();
  home.append(sources);
}

function card(turn, citation) {
  const title = `source-${turn.id}-${citation.marker}`;
  const about = [citation.title, citation.publisher, citation.published].filter(Boolean);
  return el(
    "article",
    { class: "card", id: title, tabindex: "-1", aria: { labelledby: `${title}-name` } },
    el(
      "h3",
      { id: `${title}-name` },
      el("span", { class: "number", aria: { label: t("answer.cite", { number: citation.marker }) } }, `${citation.marker}`),
      appendText(el("span", { lang: "zh" }), citation.hospital || citation.title),
    ),
    el("p", { class: "about", lang: "zh" }, ...about.map((part) => appendText(el("span"), part))),
    passage(turn, citation),
    citation.also_in?.length > 0 && el("p", { class: "about" }, t("sources.also", { count: citation.also_in.length })),
    el("div", { class: "actions" }, articleLink(citation), ...citeButtons(citation)),
  );
}

/** The passage in running lines with the quote highlighted; the quote alone where it is unknown. */
function passage(turn, citation) {
  const quote = el("mark");
  const marks = (citation.marks ?? []).map(([start, end]) => [start - citation.start, end - citation.start]);
  appendMarked(quote, citation.quote, marks);
  const block = el("blockquote", { lang: "zh" }, quote);
  const found = turn.answer.passages?.[citation.passage_id];
  if (!found) return block;
  const chars = Array.from(found.text);
  const [start, end] = [citation.start - found.start, citation.end - found.start];
  if (start < 0 || chars.slice(start, end).join("") !== citation.quote) return block;
  const { text, places } = reflow(found.text);
  const shownChars = Array.from(text);
  const before = shownChars.slice(0, places.filter((place) => place < start).length).join("");
  const after = shownChars.slice(places.filter((place) => place < end).length).join("");
  block.prepend(appendText(document.createDocumentFragment(), before));
  return appendText(block, after);
}

function articleLink(citation) {
  const anchor = citation.passage_id.split("#").pop();
  const path = citation.doc_id.split("/").map(encodeURIComponent).join("/");
  const query = `lang=${config.lang}&q=${anchor}&quote=${citation.start}-${citation.end}`;
  const href = `${config.base}/source/${path}?${query}#${anchor}`;
  const elsewhere = isWidget ? { target: "_blank", rel: "noopener" } : {};
  return el("a", { class: "action", href, ...elsewhere }, icon("open"), t("sources.open"));
}

function citeButtons(citation) {
  if (!citation.reference) return [];
  return ["gbt7714", "plain"].map((form) =>
    el(
      "button",
      {
        type: "button",
        class: "action",
        title: t(`sources.cite.${form}.title`),
        aria: { label: t(`sources.cite.${form}.title`) },
        click: (event) => copy(citation.reference[form], event.currentTarget),
      },
      icon(form === "gbt7714" ? "cite" : "copy"),
      t(`sources.cite.${form}`),
    ),
  );
}
