// In a frame of another page: tells that page how high the content is. It speaks only with the
// window around it, and only after that one has said who it is.

let host = null; // the origin of the page around

/** Begin to tell the height. */
export function startWidget() {
  if (window.parent === window) return;
  addEventListener("message", (event) => {
    if (event.source !== window.parent || event.data?.type !== "hospital-qa:hello") return;
    host = event.origin;
    tell();
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && host && !event.defaultPrevented) send({ type: "hospital-qa:close" });
  });
  const watch = new ResizeObserver(tell);
  for (const id of ["turns", "welcome", "composer"]) watch.observe(document.getElementById(id));
}

function tell() {
  if (!host) return;
  const scroll = document.getElementById("scroll");
  const around = document.documentElement.clientHeight - scroll.clientHeight;
  const inner = [...scroll.children].reduce((sum, child) => sum + child.offsetHeight, 0);
  send({ type: "hospital-qa:height", height: Math.ceil(around + inner + 24) });
}

function send(message) {
  window.parent.postMessage(message, host);
}
