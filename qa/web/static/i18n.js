// The words of the page, and those around an answer in the language of its question.

import { config } from "./config.js";

const PAGE_LANGUAGES = { "zh-Hans": "zh", "zh-Hant": "zh-Hant", en: "en" };

/** Return a phrase in the page's language; `{name}` in it becomes `values.name`. */
export function t(key, values = {}) {
  return fill(config.words[key], values);
}

/** Return a function like `t` for the words around an answer, in an answer's `language`. */
export function frameOf(language) {
  const words = config.frames[PAGE_LANGUAGES[language]] ?? config.words;
  return (key, values = {}) => fill(words[key], values);
}

function fill(phrase, values) {
  return phrase.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}
