// The list of chats: active ones as cards, then those in post-processing, then the logs of today.

/** @import { Chat, Log } from "../types.js" */

import { html, nothing, repeat } from "../vendor/lit.js";
import { icon, shape } from "../shared/icons.js";
import { hue } from "../shared/text.js";
import { clock, since, until } from "../shared/time.js";
import { openChat } from "./actions.js";
import { activeChats, app, endedChats, nameOf, ui, unansweredSince, unread } from "./app.js";
import { draftOf } from "./drafts.js";

/** A customer who waits this long for an answer turns the card amber, then red. */
const SLOW_MS = 60_000;
const LATE_MS = 120_000;

export function chatList() {
  const active = activeChats();
  const ended = endedChats();
  const open = new Set([...active, ...ended].map((chat) => chat.id));
  const logs = Object.values(app.state.logs).filter((log) => !open.has(log.summary.chat_id));
  logs.sort((a, b) => ((a.summary.ended_at ?? "") > (b.summary.ended_at ?? "") ? -1 : 1));
  return html`
    <nav class="chats ${ui.pane === "chats" ? "seen" : ""}" id="chats" data-region="chats" aria-label="Chats" tabindex="-1">
      <h2>Chats <kbd>Alt ↑↓</kbd></h2>
      ${active.length === 0 ? html`<p class="empty">${empty()}</p>` : nothing}
      <ul>${repeat(active, (chat) => chat.id, (chat, index) => html`<li>${card(chat, index + 1)}</li>`)}</ul>
      ${ended.length > 0 ? html`<h2>Post-processing</h2>
        <ul>${repeat(ended, (chat) => chat.id, (chat, index) => html`<li>${endedCard(chat, active.length + index + 1)}</li>`)}</ul>` : nothing}
      ${logs.length > 0 ? html`<h2>Recent <span class="count">${logs.length}</span></h2>
        <ul>${repeat(logs.slice(0, 30), (log) => log.summary.chat_id, (log) => html`<li>${recent(log)}</li>`)}</ul>` : nothing}
    </nav>`;
}

function empty() {
  const status = app.state.status?.status;
  if (status === "available") return "You are available. The next chat rings here.";
  if (status === "busy" || status === "post_processing") return "No active chat.";
  return "No chats. Choose Available to receive them.";
}

/** @param {Chat} chat @param {number} n */
function card(chat, n) {
  const waits = unansweredSince(chat);
  const waited = since(waits);
  const late = !waits ? "" : waited > LATE_MS ? "late" : waited > SLOW_MS ? "slow" : "";
  const count = unread(chat);
  return html`<button type="button" class="chat-card hue-${hue(chat.view.queue ?? "")} ${late}" aria-current=${ui.current === chat.id}
      aria-keyshortcuts=${n <= 6 ? `Alt+${n}` : nothing} @click=${() => openChat(chat.id, true)}>
    <span class="top">${shape("busy")}<bdi class="name">${nameOf(chat)}</bdi>
      ${draftOf(chat.id).text ? html`<span class="draft" title="Unsent text">${icon("pencil")}<span class="hidden">draft</span></span>` : nothing}
      ${count > 0 ? html`<span class="badge">${count}<span class="hidden"> unread</span></span>` : nothing}
      <kbd>${n <= 6 ? n : ""}</kbd></span>
    <span class="last" dir="auto">${chat.typing ? html`<em>typing…</em>` : lastLine(chat)}</span>
    <span class="foot" aria-live="off"><span>${chat.view.queue_title}</span>
      ${waits ? html`<span class="waits ${late}">${late ? icon("warn") : nothing}waits ${clock(waited)}</span>` : html`<span>answered</span>`}</span>
  </button>`;
}

/** @param {Chat} chat */
function lastLine(chat) {
  const last = chat.messages.filter((message) => message.kind !== "note").at(-1);
  if (!last) return chat.view.question ?? "No message yet";
  return last.from === "agent" ? `You: ${last.text}` : last.text;
}

/** @param {Chat} chat @param {number} n */
function endedCard(chat, n) {
  const post = chat.view.post_processing;
  const left = until(post?.until);
  const closed = chat.stage === "closed";
  const by = chat.view.ended_by;
  const text = closed ? "ended, closed" : left >= 0 ? `${clock(left)} left` : `${clock(left)} over`;
  return html`<button type="button" class="chat-card ended hue-${hue(chat.view.queue ?? "")} ${!closed && left < 20_000 ? "late" : ""}" aria-current=${ui.current === chat.id} @click=${() => openChat(chat.id, true)}>
    <span class="top">${shape("post_processing")}<bdi class="name">${nameOf(chat)}</bdi><kbd>${n <= 6 ? n : ""}</kbd></span>
    <span class="foot" aria-live="off"><span>${by && by !== "agent" ? endedWords(by) : chat.view.queue_title}</span><span class="waits">${text}</span></span>
  </button>`;
}

/** @param {string} by */
export function endedWords(by) {
  /** @type {Record<string, string>} */
  const words = {
    customer: "ended by the customer", customer_gone: "the customer's page went away", supervisor: "ended by a supervisor",
    agent: "ended by you", agent_gone: "ended while you were away", abandoned: "the customer left",
  };
  return words[by] ?? "ended";
}

/** @param {Log} log */
function recent({ summary }) {
  const word = summary.status === "draft" ? "draft log" : summary.status === "saved" ? "saved" : "not saved";
  return html`<button type="button" class="recent" aria-current=${ui.current === summary.chat_id} @click=${() => openChat(summary.chat_id)}>
    <bdi class="name">${summary.customer || "No name"}</bdi>
    <span class="muted">${summary.status === "draft" ? icon("pencil") : nothing}${word}</span>
    <span class="last" dir="auto">${summary.subject}</span>
  </button>`;
}
