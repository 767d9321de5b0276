// The server's answers: questions as a stream of events, and the few lists that the page shows.

import { config } from "./config.js";

/** An error as the API tells it; `code` is also `offline`, and `seconds` is how long to wait. */
export class Problem extends Error {
  constructor(code, message = "", seconds = 0) {
    super(message);
    this.code = code;
    this.seconds = seconds;
  }
}

/**
 * Ask; `onText` gets the text as it comes. Returns the whole answer. Throws a Problem, or an
 * AbortError when `signal` stops it.
 */
export async function ask({ question, history, hospital }, onText, signal) {
  const response = await post("/api/ask", { question, history, hospital }, "text/event-stream", signal);
  let answer;
  for await (const { event, data } of events(response.body)) {
    if (event === "text") onText(data.text);
    else if (event === "answer") answer = data;
    else if (event === "error") throw new Problem(data.error.code, data.error.message);
  }
  if (answer === undefined) throw new Problem("offline");
  return answer;
}

/** Return the names of the hospitals. */
export async function hospitals() {
  return (await get("/api/hospitals")).hospitals;
}

/** Return questions to begin with, of one hospital if it is given. */
export async function starters(hospital) {
  const about = hospital ? `&hospital=${encodeURIComponent(hospital)}` : "";
  return (await get(`/starters?lang=${config.lang}${about}`)).starters;
}

/** Send what a reader says of an answer. */
export async function sendFeedback(said) {
  await post("/api/feedback", said, "application/json");
}

async function post(path, body, accept, signal) {
  const headers = { "Content-Type": "application/json", Accept: accept };
  return reach(path, { method: "POST", headers, body: JSON.stringify(body), signal });
}

async function get(path) {
  return (await reach(path, {})).json();
}

async function reach(path, options) {
  let response;
  try {
    response = await fetch(config.base + path, options);
  } catch (error) {
    throw error.name === "AbortError" ? error : new Problem("offline");
  }
  if (response.ok) return response;
  const told = await response.json().catch(() => ({}));
  const seconds = Number(response.headers.get("Retry-After")) || 0;
  throw new Problem(told.error?.code ?? "internal", told.error?.message, seconds);
}

/** Yield the events of a stream (HTML standard, 9.2.6), `data` parsed as JSON. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = "";
  for (;;) {
    const { done, value } = await reader.read().catch((error) => {
      throw error.name === "AbortError" ? error : new Problem("offline");
    });
    if (done) return;
    buffer += value;
    const blocks = buffer.split(/\r?\n\r?\n/);
    buffer = blocks.pop();
    for (const block of blocks) {
      const lines = block.split(/\r?\n/);
      const event = lines.find((line) => line.startsWith("event:"))?.slice(6).trim();
      const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5)).join("\n");
      if (data) yield { event, data: JSON.parse(data) };
    }
  }
}
