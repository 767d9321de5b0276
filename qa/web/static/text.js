// Text of documents and people as it is shown: in running lines, every character visible.
// Offsets of the API count code points, so text is handled as arrays of them.

const HAN = "\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u3007";
const MARKS =
  "\\uff01-\\uff60\\u3001-\\u303f\\u2026\\u2014\\u00b7\\u201c\\u201d\\u2018\\u2019";
const CHINESE = new RegExp(`[${HAN}${MARKS}]`);
const IS_HAN = new RegExp(`[${HAN}]`);
const NOTHING = /[\u00ad\u200b-\u200d\u2060\ufeff]/;
const SPACE = /[\s\x1c-\x1f\x85]/;
const BREAK = /[\r\n\f\v\x1c-\x1e\x85\u2028\u2029]/;
// Controls, bidirectional marks and overrides, lone surrogates: they are named instead of obeyed.
const INVISIBLE =
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/gu;
const AND = "\u548c"; // what a machine translated as "and" between two Han characters

/**
 * Return `{ text, places }`: the text without the breaks that only a printed page needed, and where
 * in the original each of its code points comes from. The same as `corpus.reflow`.
 */
export function reflow(original) {
  let chars = squeezed(Array.from(original).map((char, at) => ({ char, at })));
  chars = withoutAnd(chars);
  chars = chars.filter(({ char }, i) => char !== "\n" || !(isChinese(chars[i - 1]) || isChinese(chars[i + 1])));
  chars = chars.map(({ char, at }) => ({ char: char === "\n" ? " " : char, at }));
  chars = chars.filter(({ char }, i) => char !== " " || !(isChinese(chars[i - 1]) && isChinese(chars[i + 1])));
  return { text: chars.map(({ char }) => char).join(""), places: chars.map(({ at }) => at) };
}

/** Append a text to an element, with its unseen characters named. */
export function appendText(parent, text) {
  let at = 0;
  for (const found of text.matchAll(INVISIBLE)) {
    parent.append(text.slice(at, found.index));
    const name = document.createElement("span");
    name.className = "control";
    name.textContent = `U+${found[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
    parent.append(name);
    at = found.index + found[0].length;
  }
  parent.append(text.slice(at));
  return parent;
}

/** Append a quote of the original text with ranges of it (`marks`) set off as the asked value. */
export function appendMarked(parent, original, marks) {
  const { text, places } = reflow(original);
  const chars = Array.from(text);
  const shownAt = (place) => {
    const found = places.findIndex((one) => one >= place);
    return found < 0 ? chars.length : found;
  };
  let at = 0;
  for (const [start, end] of marks) {
    const [from, to] = [Math.max(at, shownAt(start)), shownAt(end)];
    if (to <= from) continue;
    appendText(parent, chars.slice(at, from).join(""));
    const value = document.createElement("strong");
    value.className = "value";
    parent.append(appendText(value, chars.slice(from, to).join("")));
    at = to;
  }
  appendText(parent, chars.slice(at).join(""));
  return parent;
}

function squeezed(chars) {
  const kept = [];
  for (const one of trimmed(chars.filter(({ char }) => !NOTHING.test(char)))) {
    const last = kept[kept.length - 1];
    if (!SPACE.test(one.char)) kept.push(one);
    else if (last?.space) last.char = BREAK.test(one.char) ? "\n" : last.char;
    else kept.push({ char: BREAK.test(one.char) ? "\n" : " ", at: one.at, space: true });
  }
  return kept;
}

function trimmed(chars) {
  let [start, end] = [0, chars.length];
  while (start < end && SPACE.test(chars[start].char)) start += 1;
  while (end > start && SPACE.test(chars[end - 1].char)) end -= 1;
  return chars.slice(start, end);
}

function withoutAnd(chars) {
  const kept = [];
  for (let i = 0; i < chars.length; i += 1) {
    const five = chars.slice(i, i + 5).map(({ char }) => char).join("");
    const between = i > 0 && IS_HAN.test(chars[i - 1].char) && IS_HAN.test(chars[i + 5]?.char ?? "");
    if (between && /^[ \n]and[ \n]$/.test(five)) {
      kept.push({ char: AND, at: chars[i + 1].at });
      i += 4;
    } else kept.push(chars[i]);
  }
  return kept;
}

function isChinese(one) {
  return one !== undefined && CHINESE.test(one.char);
}
