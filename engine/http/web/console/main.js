// The agent console: signs in, reads the desk, follows the stream, and draws.

/** @import { State, Envelope } from "../types.js" */

import { html, nothing } from "../vendor/lit.js";
import { explain } from "../net/api.js";
import { Outbox } from "../net/outbox.js";
import { everySecond } from "../net/pulse.js";
import { Stream } from "../net/stream.js";
import { loginForm, whoIsThere } from "../shared/login.js";
import { drawing, useTheme } from "../shared/page.js";
import { learnClock } from "../shared/time.js";
import { loadChat, markDelivered, markRead, openChat, scrollDown } from "./actions.js";
import { activeChats, app, dismiss, endedChats, toast, ui, unread } from "./app.js";
import { chatList } from "./chats.js";
import { onKey } from "./commands.js";
import { context } from "./context.js";
import { conversation } from "./conversation.js";
import { flushDrafts, setDraft, draftOf } from "./drafts.js";
import { notice, startNotices } from "./notices.js";
import { offerBar } from "./offer.js";
import { late, loadRest, rest } from "./late.js";
import { resumeSound } from "./sound.js";
import { strips, topbar } from "./topbar.js";

const root = /** @type {HTMLElement} */ (document.getElementById("app"));

function page() {
  if (ui.phase === "starting") return html`<p class="starting" role="status">Opening the desk…</p>`;
  if (ui.phase === "login") return loginForm({ title: "Sign in to the console", api: app.api, state: ui.login, redraw: app.redraw, onDone: start });
  return html`
    <div class="skips"><a href="#offer">To the offer</a><a href="#chats">To the chats</a><a href="#conversation">To the conversation</a><a href="#context">To the context</a></div>
    ${topbar()} ${strips()} ${offerBar()}
    <main class="desk ${ui.contextWide ? "" : "narrow"}"><h1 class="hidden">Console</h1>${chatList()}${conversation()}${context()}</main>
    ${panes()} ${ui.popover ? late((part) => part.palette()) : nothing} ${ui.pick ? late((part) => part.pickDialog()) : nothing} ${toasts()}
    <div class="hidden" role="alert">${ui.alerted}</div>
    <div class="hidden" role="status" aria-live="polite">${ui.said}</div>`;
}

function panes() {
  const count = activeChats().reduce((sum, chat) => sum + unread(chat), 0);
  /** @type {[typeof ui.pane, string][]} */
  const all = [["chats", count > 0 ? `Chats (${count})` : "Chats"], ["chat", "Chat"], ["customer", "Customer"]];
  return html`<nav class="panes" aria-label="Panes">${all.map(([pane, word]) => html`<button type="button" aria-current=${ui.pane === pane} @click=${() => app.show({ pane, drawer: pane === "customer" })}>${word}</button>`)}</nav>`;
}

function toasts() {
  return html`<div class="toasts" role="status">${ui.toasts.map((one) => html`<div class="toast ${one.kind}"><span>${one.text}</span>
    ${one.action ? html`<button type="button" @click=${() => { one.action?.run(); dismiss(one.id); }}>${one.action.word}</button>` : nothing}
    <button type="button" class="ghost square" aria-label="Dismiss" @click=${() => dismiss(one.id)}>×</button></div>`)}</div>`;
}

/** Whether the reader is at the end of the transcript, so that new lines may move it. */
function isAtEnd() {
  const log = document.querySelector(".transcript");
  return !log || log.scrollHeight - log.scrollTop - log.clientHeight < 80;
}

/** Whether the reader was at the end when they last scrolled; new lines, a bar or a keyboard do not change their wish. */
let atEnd = true;
let shown = "";

app.connect({
  redraw: drawing(root, page, () => {
    rest?.settlePick();
    if (shown !== ui.current) atEnd = true;
    shown = ui.current;
    if (atEnd) scrollDown();
  }),
  changed,
});
let scrolledTo = 0;
document.addEventListener("scroll", ({ target }) => {
  if (!(target instanceof Element) || !target.matches(".transcript")) return;
  // Only somebody who reads back makes it smaller; lines that are still being laid out do not.
  if (target.scrollTop < scrolledTo || isAtEnd()) atEnd = isAtEnd();
  scrolledTo = target.scrollTop;
}, true);

/** What follows from a change, besides drawing it. @param {State} before @param {State} after @param {Envelope} event */
function changed(before, after, event) {
  if (event.type.endsWith(".tick") || event.type === "desk.loaded") return;
  notice(before, after, event);
  if (event.type === "offer.presented") loadRest();
  const chat = after.chats[event.chat_id ?? event.data?.chat_id ?? ""];
  if (!chat) return;
  const open = chat.stage === "active" || chat.stage === "ended";
  if (open && !chat.loaded) loadChat(chat.id);
  if (event.type === "message.created") {
    app.outbox?.confirm((event.data?.message ?? event.data).client_id);
    if (chat.id === ui.current) markRead();
    else if (chat.stage === "active") markDelivered(chat);
  }
  const was = before.chats[chat.id]?.stage;
  if (was === "active" && chat.stage !== "active") ended(chat.id, chat.stage);
  if (chat.stage === "closed" && !chat.loaded) loadChat(chat.id);
  if (event.type === "chat_log.opened" && chat.id === ui.current && opens(event.data?.mode)) app.show({ tab: "log" });
}

/** @param {string | undefined} mode */
const opens = (mode) => mode === "view" || mode === "edit";

/** Nothing can be sent any more: what has not left is handed back. @param {string} chat @param {string} stage */
function ended(chat, stage) {
  app.outbox?.fail(chat, stage === "gone" ? "The chat is not with you any more." : "The chat has ended.");
  if (ui.ending === chat) ui.ending = "";
  if (stage === "ended") loadChat(chat);
  if (chat === ui.current && stage === "ended" && opens(app.state.logs[chat]?.summary.mode ?? app.state.chats[chat]?.view.log_mode)) app.show({ tab: "log" });
}

/** The desk as the server has it; again whenever the cursor is too old. */
async function readDesk() {
  const desk = await app.api.get("/v1/me/desk");
  learnClock(desk.now);
  app.dispatch({ type: "desk.loaded", data: desk });
  for (const chat of Object.values(app.state.chats)) if (!chat.loaded) loadChat(chat.id);
}

async function start() {
  ui.phase = "starting";
  app.redraw();
  try {
    await readDesk();
  } catch (error) {
    ui.login.problem = explain(error);
    return app.show({ phase: "login" });
  }
  ui.phase = "desk";
  app.outbox = new Outbox({
    storage: `hark.outbox.${app.state.me?.id}`,
    send: (item) => app.api.post(`/v1/chats/${item.chat_id}/messages`, { client_id: item.client_id, text: item.text, kind: item.kind }),
    onSent: (item, answer) => app.dispatch({ type: "message.created", chat_id: item.chat_id, data: answer.message }),
    onRefused: (item) => {
      // Refused for good: the text goes back to where it was typed, unless something else is there.
      if (app.state.chats[item.chat_id]?.stage === "active" && !draftOf(item.chat_id).text) setDraft(item.chat_id, item.text);
    },
    onChange: app.redraw,
  });
  app.stream = new Stream({
    api: app.api,
    after: () => app.state.cursor,
    onEvent: (event) => { if (event.type === "stream.hello") learnClock(event.ts); else if (!event.type.startsWith("stream.")) app.dispatch(event); },
    onReset: readDesk,
    onCondition: app.redraw,
    onRefused: () => app.show({ phase: "login" }),
  });
  app.stream.start();
  startNotices();
  const first = activeChats()[0] ?? endedChats()[0];
  if (first) openChat(first.id);
  app.redraw();
}

/** How many closed chats stay at hand. */
const CLOSED_KEPT = 20;

function dropOld() {
  const over = Object.values(app.state.chats).filter((chat) => (chat.stage === "closed" || chat.stage === "gone") && chat.id !== ui.current && !endedChats().includes(chat));
  // Ids sort by time.
  const ids = over.map((chat) => chat.id).sort().slice(0, -CLOSED_KEPT);
  if (ids.length > 0) app.dispatch({ type: "chats.dropped", data: { ids } });
  for (const id of ids) { delete ui.drafts[id]; delete ui.logs[id]; delete ui.wrapUps[id]; delete ui.blanks[id]; }
}

everySecond(() => ui.phase === "desk" && app.redraw());
setInterval(dropOld, 60_000);
addEventListener("keydown", onKey);
// The first thing that somebody does here lets the page sound; permission for notifications waits for "Available".
for (const gesture of ["pointerdown", "keydown"]) addEventListener(gesture, () => resumeSound(app.redraw), { once: true });
addEventListener("pagehide", flushDrafts);
addEventListener("focus", markRead);
document.addEventListener("visibilitychange", () => { markRead(); if (document.visibilityState === "hidden") flushDrafts(); });
document.addEventListener("pointerdown", (event) => {
  const inside = event.target instanceof Element && event.target.closest(".anchor, .palette, .sheet");
  if (!inside && ui.popover && ui.popover !== "palette" && ui.popover !== "shortcuts") app.show({ popover: "", reasonsFor: "" });
});
addEventListener("unhandledrejection", (event) => { toast(explain(event.reason), "error"); });

useTheme();
app.redraw();
whoIsThere(app.api, ui.login).then((person) => (person ? start() : app.show({ phase: "login" })));
