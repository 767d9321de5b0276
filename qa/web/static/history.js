// Conversations as the browser keeps them: the newest first, and which one is open.

import { load, save } from "./store.js";

const MOST = 30; // conversations
const MOST_TURNS = 100; // of a conversation

/** Return all conversations: `{ id, title, at, turns }`. */
export function conversations() {
  return load("conversations", []).filter((one) => Array.isArray(one.turns));
}

/** Return the turns of the conversation that was open, or none. */
export function openConversation() {
  const id = load("open", "");
  return conversations().find((one) => one.id === id) ?? newConversation();
}

export function newConversation() {
  return { id: `${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`, turns: [] };
}

/** Keep a conversation and have it be the open one; the oldest go when the browser has no room. */
export function keep(conversation) {
  save("open", conversation.id);
  const turns = conversation.turns.filter((turn) => turn.answer || turn.error).slice(-MOST_TURNS);
  const rest = conversations().filter((one) => one.id !== conversation.id);
  if (turns.length > 0) {
    rest.unshift({ id: conversation.id, title: turns[0].question.slice(0, 80), at: Date.now(), turns });
  }
  let kept = rest.slice(0, MOST);
  while (!save("conversations", kept) && kept.length > 1) kept = kept.slice(0, -1);
}

export function forget(id) {
  save("conversations", conversations().filter((one) => one.id !== id));
}

export function forgetAll() {
  save("conversations", []);
}
