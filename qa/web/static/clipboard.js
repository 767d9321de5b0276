// Copying text, and telling that it was done.

import { announce } from "./dom.js";
import { t } from "./i18n.js";

/** Copy a text; the button that did it says so for a moment. */
export async function copy(text, button) {
  await write(text);
  announce(t("answer.copied"));
  button.classList.add("done");
  setTimeout(() => button.classList.remove("done"), 1600);
}

async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Not a secure context (an intranet without TLS), or a frame that may not: the older way.
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "unseen";
    const before = document.activeElement;
    (before?.closest("dialog") ?? document.body).append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    before?.focus();
  }
}
