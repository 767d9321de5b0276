// What the browser keeps. Where it may not (a frame of another site), it lasts as long as the page.

const PREFIX = "hospital-qa.";
const memory = new Map();

/** Return what was kept under a name, or `otherwise`. */
export function load(name, otherwise) {
  try {
    const text = localStorage.getItem(PREFIX + name) ?? memory.get(name);
    return text === undefined || text === null ? otherwise : JSON.parse(text);
  } catch {
    const text = memory.get(name);
    return text === undefined ? otherwise : JSON.parse(text);
  }
}

/** Keep a value; return whether the browser had room for it. */
export function save(name, value) {
  const text = JSON.stringify(value);
  try {
    localStorage.setItem(PREFIX + name, text);
    memory.delete(name);
    return true;
  } catch (error) {
    memory.set(name, text);
    return error.name !== "QuotaExceededError";
  }
}
