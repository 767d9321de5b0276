// The drawer with the conversations that this browser keeps.

import { isOpen, openAnother } from "./conversation.js";
import { config } from "./config.js";
import { announce, el, iconButton } from "./dom.js";
import { conversations, forget, forgetAll } from "./history.js";
import { t } from "./i18n.js";
import { closable } from "./sheet.js";
import { appendText } from "./text.js";

const drawer = document.getElementById("history");
const list = document.getElementById("conversations");

/** Set the drawer up. */
export function startDrawer() {
  closable(drawer, document.getElementById("close-history"));
  document.getElementById("open-history").addEventListener("click", () => {
    draw();
    drawer.showModal();
    document.getElementById("history-title").focus();
  });
}

function draw() {
  const kept = conversations();
  if (kept.length === 0) {
    list.replaceChildren(el("p", { class: "empty" }, t("history.empty")));
    return;
  }
  list.replaceChildren(
    el("ul", {}, ...kept.map(row)),
    el("div", { class: "end" }, el("p", {}, t("history.kept")), clearButton()),
  );
}

function row(conversation) {
  const when = new Intl.DateTimeFormat(config.lang, { dateStyle: "medium", timeStyle: "short" });
  const title = appendText(el("span", { class: "what" }), conversation.title);
  const open = el(
    "button",
    { type: "button", class: "open", aria: isOpen(conversation.id) ? { current: "true" } : {}, click: () => { openAnother(conversation); drawer.close(); } },
    title,
    el("time", {}, when.format(conversation.at)),
  );
  const remove = iconButton("trash", t("history.delete", { title: conversation.title }), () => {
    forget(conversation.id);
    if (isOpen(conversation.id)) openAnother();
    draw();
    document.getElementById("history-title").focus();
  });
  return el("li", {}, open, remove);
}

/** A button that clears at the second click. */
function clearButton() {
  let sure = false;
  return el("button", {
    type: "button",
    class: "plain",
    click: (event) => {
      if (!sure) {
        sure = true;
        event.currentTarget.textContent = t("history.clear.sure");
        event.currentTarget.classList.add("danger");
        return;
      }
      forgetAll();
      openAnother();
      draw();
      announce(t("history.cleared"));
      document.getElementById("history-title").focus();
    },
  }, t("history.clear"));
}
