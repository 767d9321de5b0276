// Small makers of elements. Text becomes text nodes only, so nothing in it is ever markup.

/**
 * Return an element. Of `properties`, `class`, `data` and `aria` are what they say, functions are
 * listeners (`click`), and the rest are attributes; false and undefined leave one out.
 */
export function el(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false || value === null) continue;
    if (typeof value === "function") made.addEventListener(name, value);
    else if (name === "data") Object.assign(made.dataset, value);
    else if (name === "aria") for (const key in value) made.setAttribute(`aria-${key}`, value[key]);
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return made;
}

/** Return one of the page's symbols. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

/** Return a button that shows a symbol and says `label`. */
export function iconButton(name, label, click, properties = {}) {
  const all = { type: "button", class: "tool", title: label, aria: { label }, click, ...properties };
  return el("button", all, icon(name));
}

/** Have a screen reader say something; the same twice is said twice. */
export function announce(text) {
  const status = document.getElementById("status");
  status.textContent = "";
  setTimeout(() => { status.textContent = text; }, 50);
}
