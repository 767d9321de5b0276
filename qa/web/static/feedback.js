// What a reader says of an answer: shown only after it was told what is kept.

import { sendFeedback } from "./api.js";
import { announce, el } from "./dom.js";
import { t } from "./i18n.js";

const REASONS = ["wrong", "incomplete", "not_answered", "bad_source", "other"];

/** Open the form under an answer, or close it when it is open for the same verdict. */
export function openFeedback(turn, verdict, button, acts) {
  const reply = button.closest(".reply");
  const old = reply.querySelector(".feedback");
  old?.remove();
  if (old?.dataset.verdict === verdict) return;
  const leave = () => {
    form.remove();
    button.focus();
  };
  const form = el("form", { class: "feedback", data: { verdict }, aria: { label: t(`feedback.heading.${verdict}`) } });
  form.append(
    el("p", { class: "heading" }, t(`feedback.heading.${verdict}`)),
    ...(verdict === "down" ? [reasons()] : []),
    comment(),
    el("p", { class: "kept" }, t("feedback.kept")),
    el("div", { class: "row" }, el("button", { type: "button", class: "plain", click: leave }, t("cancel")), el("button", { type: "submit", class: "strong" }, t("feedback.send"))),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, turn, verdict, button, acts);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
  });
  reply.append(form);
  form.querySelector("input, textarea").focus();
  form.scrollIntoView({ block: "nearest" });
}

async function send(form, turn, verdict, button, acts) {
  const said = {
    question: turn.question,
    history: acts.history(turn),
    hospital: turn.hospital,
    verdict,
    reason: form.querySelector("input:checked")?.value ?? "",
    comment: form.querySelector("textarea").value.trim(),
  };
  form.querySelector(".strong").disabled = true;
  try {
    await sendFeedback(said);
  } catch {
    form.querySelector(".strong").disabled = false;
    form.querySelector(".kept").textContent = t("feedback.failed");
    announce(t("feedback.failed"));
    return;
  }
  turn.verdict = verdict;
  acts.keep();
  for (const one of button.parentElement.querySelectorAll("[aria-pressed]")) {
    one.classList.toggle("given", one === button);
    one.setAttribute("aria-pressed", `${one === button}`);
  }
  form.replaceWith(el("p", { class: "thanks" }, t("feedback.thanks")));
  announce(t("feedback.thanks"));
  button.focus();
}

function reasons() {
  const choices = REASONS.map((reason) => el("label", { class: "choice" }, el("input", { type: "radio", name: "reason", value: reason }), el("span", {}, t(`feedback.${reason}`))));
  return el("div", { class: "chips", role: "radiogroup", aria: { label: t("feedback.heading.down") } }, ...choices);
}

function comment() {
  return el("textarea", { rows: "2", maxlength: "500", placeholder: t("feedback.comment"), aria: { label: t("feedback.comment") } });
}
