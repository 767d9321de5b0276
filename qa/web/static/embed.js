// Puts the questions and answers into any page: <script src="https://HOST/embed.js"></script>.
// Everything it shows is in a frame of its own and in a shadow root, so neither page's styles
// reach the other. The frame tells its height; only its own messages are listened to.
(() => {
  const WORDS = "EMBED_WORDS";
  const script = document.currentScript;
  const { mode = "button", lang, theme, label, hospital, maxHeight } = script.dataset;
  const server = new URL(script.src);
  const around = lang || document.documentElement.lang || navigator.language || "zh";
  const language = pageLanguage(around);
  const words = WORDS[language];
  const address = new URL(".", server);
  address.searchParams.set("view", "widget");
  address.searchParams.set("lang", language);
  if (theme) address.searchParams.set("__theme", theme);
  if (hospital) address.searchParams.set("hospital", hospital);

  const LEAST = 320; // pixels
  const most = Number(maxHeight) || 640;
  const STYLE = `
    :host { all: initial; display: block; }
    iframe { display: block; width: 100%; height: 100%; border: 0; color-scheme: normal; }
    .inline { height: 480px; overflow: hidden; border: 1px solid #8a929a; border-radius: 14px; }
    .button { position: fixed; z-index: 2147483000; right: 20px; bottom: 20px; min-height: 48px;
      padding: 0 22px; border: 0; border-radius: 24px; background: #0f766e; color: #fff;
      font: 600 16px/1.2 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
      box-shadow: 0 6px 24px rgb(0 0 0 / 24%); cursor: pointer; }
    .button:hover { background: #115e59; }
    .button:focus-visible { outline: 3px solid #fff; box-shadow: 0 0 0 6px #0f766e; }
    .panel { position: fixed; z-index: 2147483000; right: 20px; bottom: 80px; overflow: hidden;
      width: min(400px, calc(100vw - 24px)); height: min(640px, calc(100vh - 100px));
      border: 1px solid #8a929a; border-radius: 16px; box-shadow: 0 16px 48px rgb(0 0 0 / 28%); }
    .panel[hidden] { display: none; }
    @media (max-width: 480px) { .panel { right: 12px; bottom: 76px; } }
    @media print { .button, .panel { display: none; } }
  `;

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet(); // a page whose policy forbids inline styles takes this one
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const box = document.createElement("div");
  if (mode === "inline") {
    box.className = "inline";
    box.append(frame());
    root.append(box);
    script.after(host);
  } else {
    addButton();
    const put = () => document.body.append(host);
    if (document.body) put();
    else addEventListener("DOMContentLoaded", put);
  }

  function addButton() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    button.setAttribute("aria-expanded", "false");
    box.className = "panel";
    box.hidden = true;
    const toggle = (open) => {
      if (open && !box.firstChild) box.append(frame(() => toggle(false)));
      box.hidden = !open;
      button.setAttribute("aria-expanded", String(open));
      button.textContent = open ? words["embed.close"] : label || words["embed.button"];
      if (open) box.firstChild.focus();
      else if (root.activeElement || document.activeElement === host) button.focus();
    };
    button.addEventListener("click", () => toggle(box.hidden));
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !box.hidden) toggle(false);
    });
    toggle(false);
    root.append(box, button);
  }

  function frame(close) {
    const made = document.createElement("iframe");
    made.src = address.href;
    made.title = words["embed.frame"];
    made.allow = "clipboard-write";
    made.addEventListener("load", () => {
      made.contentWindow.postMessage({ type: "hospital-qa:hello" }, server.origin);
    });
    addEventListener("message", (event) => {
      if (event.source !== made.contentWindow || event.origin !== server.origin) return;
      const { type, height } = event.data ?? {};
      if (type === "hospital-qa:height" && mode === "inline" && Number.isFinite(height)) {
        box.style.height = `${Math.max(LEAST, Math.min(most, height))}px`;
      }
      if (type === "hospital-qa:close" && close) close();
    });
    return made;
  }

  function pageLanguage(tag) {
    const lower = tag.toLowerCase();
    if (lower.startsWith("en")) return "en";
    return /^zh.*(hant|tw|hk|mo)/.test(lower) ? "zh-Hant" : "zh";
  }
})();
