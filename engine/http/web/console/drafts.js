// What an agent has typed and not sent, by chat: kept on this machine at once and on the server a little later, so that
// neither a reload nor another machine loses it.

import { debounce, store, stored } from "../shared/page.js";
import { app, ui } from "./app.js";

const LOCAL_MS = 300;
const SERVER_MS = 2000;

const local = debounce(LOCAL_MS);
const remote = debounce(SERVER_MS);

/** Chats of which the server may have a draft. @type {Set<string>} */
const pushed = new Set();

/** @param {string} chat */
const keyOf = (chat) => `hark.draft.${app.state.me?.id ?? ""}.${chat}`;

/** @param {string} chat */
export function draftOf(chat) {
  ui.drafts[chat] ??= restore(chat);
  return ui.drafts[chat];
}

/** The newer of this machine's and the server's. @param {string} chat */
function restore(chat) {
  const here = stored(keyOf(chat));
  const there = app.state.chats[chat]?.view.draft;
  const useServer = there && (!here || there.updated_at > here.updated_at);
  return { text: useServer ? there.text : (here?.text ?? ""), note: Boolean(here?.note) && !useServer };
}

/**
 * @param {string} chat
 * @param {string} text
 */
export function setDraft(chat, text) {
  draftOf(chat).text = text;
  local.later(chat, () => keep(chat));
  remote.later(chat, () => push(chat));
}

/** @param {string} chat */
export function toggleNote(chat) {
  const draft = draftOf(chat);
  draft.note = !draft.note;
  keep(chat);
  app.redraw();
}

/** Sent, or not wanted any more. @param {string} chat */
export function clearDraft(chat) {
  local.cancel(chat);
  remote.cancel(chat);
  ui.drafts[chat] = { text: "", note: false };
  store(keyOf(chat), null);
  if (pushed.has(chat) || app.state.chats[chat]?.view.draft) app.api.delete(`/v1/chats/${chat}/draft`).catch(() => {});
  pushed.delete(chat);
}

export function flushDrafts() {
  local.flush();
}

/** @param {string} chat */
function keep(chat) {
  const { text, note } = draftOf(chat);
  store(keyOf(chat), text || note ? { text, note, updated_at: new Date().toISOString() } : null);
  app.redraw();
}

/** A note is for this desk only and stays here until it is saved. @param {string} chat */
function push(chat) {
  const { text, note } = draftOf(chat);
  if (note || app.state.chats[chat]?.stage !== "active") return;
  if (text) pushed.add(chat);
  const request = text ? app.api.put(`/v1/chats/${chat}/draft`, { text }) : app.api.delete(`/v1/chats/${chat}/draft`);
  request.catch(() => {});
}
