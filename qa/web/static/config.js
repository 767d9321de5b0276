// What the server told the page: its language and words, its view, what is switched on.

const element = document.getElementById("config");

export const config = element ? JSON.parse(element.textContent) : { words: {}, frames: {}, base: "" };
export const isWidget = config.view === "widget";
