// The console's one place for state: what the server told (`app.state`, by the reducer), and what only this page knows
// (`app.ui`). Everything else reads it, and changes it through `dispatch` or `show`.

/** @import { State, Envelope, Chat, LogView, LogBody, FaqHit, Article, Match, Case, OfferView } from "../types.js" */

import { Api } from "../net/api.js";
import { emptyState, reduce } from "../state/reducer.js";
import { loginState } from "../shared/login.js";
import { stored } from "../shared/page.js";

/**
 * @typedef {object} OpenLog a chat log that somebody looks at
 * @property {LogView | null} view
 * @property {string} etag
 * @property {LogBody | null} body what is being edited; null in view mode
 * @property {LogView | null} theirs the newer version, when a save came too late
 * @property {"" | "loading" | "saving" | "draft" | "saved"} doing
 * @property {string} problem
 * @property {string} fresh which version of it was read
 */
/**
 * @typedef {object} Picking the dialog that asks for a customer
 * @property {string} chat
 * @property {"link" | "log"} purpose
 * @property {string} query
 * @property {Match[]} hits
 * @property {number} at
 * @property {boolean} busy
 * @property {boolean} creating
 * @property {string} problem
 */

export const ui = {
  phase: /** @type {"starting" | "login" | "desk"} */ ("starting"),
  login: loginState(),
  /** The chat on screen, live or closed. */
  current: "",
  switchedAt: 0,
  tab: /** @type {"customer" | "case" | "faq" | "log" | "history"} */ ("customer"),
  /** The one open popover: status, reasons, transfer, palette, shortcuts, person. */
  popover: "",
  popoverAt: 0,
  popoverQuery: "",
  reasonsFor: "",
  /** Narrow screens: which pane is seen, and whether the drawer is open. */
  pane: /** @type {"chats" | "chat" | "customer"} */ ("chats"),
  drawer: false,
  contextWide: stored("hark.context", true),
  /** @type {Record<string, {text: string, note: boolean}>} */
  drafts: {},
  /** @type {Set<string>} */
  acknowledged: new Set(),
  /** The chat whose end is being asked for. */
  ending: "",
  faq: { open: false, query: "", hits: /** @type {FaqHit[]} */ ([]), at: 0, busy: false },
  shelf: { query: "", hits: /** @type {FaqHit[]} */ ([]), article: /** @type {Article | null} */ (null), busy: false, problem: "" },
  /** @type {Record<string, {query: string, note: string | null, busy: boolean, problem: string}>} */
  wrapUps: {},
  /** @type {Record<string, OpenLog>} */
  logs: {},
  /** @type {Record<string, {cases: Case[] | null, problem: string}>} */
  cases: {},
  /** @type {Record<string, {values: Record<string, string>, busy: boolean, problem: string}>} */
  blanks: {},
  pick: /** @type {Picking | null} */ (null),
  transfer: { note: "", problem: "", busy: false },
  offer: { id: "", busy: false, problem: "" },
  /** Short words that pass: what was refused, what happened elsewhere. */
  toasts: /** @type {{id: number, text: string, kind: "info" | "error", action?: {word: string, run: () => void}}[]} */ ([]),
  /** What screen readers are told about other chats. */
  said: "",
  alerted: "",
};

/** @type {{redraw: () => void, changed: (before: State, after: State, event: Envelope) => void}} */
const subscribers = { redraw: () => {}, changed: () => {} };

export const app = {
  /** @type {State} */
  state: emptyState(),
  ui,
  api: new Api(),
  stream: /** @type {import("../net/stream.js").Stream | null} */ (null),
  outbox: /** @type {import("../net/outbox.js").Outbox | null} */ (null),

  redraw: () => subscribers.redraw(),

  /** @param {Envelope} event */
  dispatch(event) {
    const before = app.state;
    app.state = reduce(before, event);
    if (app.state !== before) subscribers.changed(before, app.state, event);
    subscribers.redraw();
  },

  /** @param {Partial<typeof ui>} values */
  show(values) {
    Object.assign(ui, values);
    subscribers.redraw();
  },

  /** @param {Partial<typeof subscribers>} who */
  connect(who) {
    Object.assign(subscribers, who);
  },
};

let toasts = 0;

/**
 * @param {string} text
 * @param {"info" | "error"} [kind]
 * @param {{word: string, run: () => void}} [action]
 */
export function toast(text, kind = "info", action) {
  const id = (toasts += 1);
  ui.toasts = [...ui.toasts.slice(-2), { id, text, kind, action }];
  app.redraw();
  setTimeout(() => dismiss(id), kind === "error" ? 12_000 : 8_000);
}

/** @param {number} id */
export function dismiss(id) {
  ui.toasts = ui.toasts.filter((one) => one.id !== id);
  app.redraw();
}

/** @returns {Chat | undefined} */
export function currentChat() {
  return app.state.chats[ui.current];
}

/** Active chats, in the order in which they were accepted. @returns {Chat[]} */
export function activeChats() {
  return sorted((chat) => chat.stage === "active");
}

/** Wrap-ups, and what a customer ended and nobody has looked at since. @returns {Chat[]} */
export function endedChats() {
  return sorted((chat) => chat.stage === "ended" || (chat.stage === "closed" && chat.view.ended_by !== "agent" && !ui.acknowledged.has(chat.id)));
}

/** @param {(chat: Chat) => boolean} which */
function sorted(which) {
  const when = (/** @type {Chat} */ chat) => chat.view.accepted_at ?? chat.view.requested_at ?? "~";
  return Object.values(app.state.chats).filter(which).sort((a, b) => (when(a) < when(b) ? -1 : when(a) > when(b) ? 1 : a.id < b.id ? -1 : 1));
}

/** @param {Chat} chat */
export function nameOf(chat) {
  const name = chat.view.customer?.name || chat.view.name || chat.view.form?.name;
  return name || `Chat ${chat.id.slice(-6)}`;
}

/** Customer's messages that this agent has not had before their eyes. @param {Chat} chat */
export function unread(chat) {
  return chat.messages.filter((message) => message.from === "customer" && message.seq > chat.agent_receipt.read).length;
}

/** Since when the customer has been without an answer; empty when they have one. @param {Chat} chat */
export function unansweredSince(chat) {
  if (chat.stage !== "active") return "";
  // Neither a private note nor what the desk says by itself is an answer.
  const said = chat.messages.filter((message) => message.kind !== "note" && message.kind !== "greeting");
  const answered = said.findLastIndex((message) => message.from === "agent");
  const open = said[answered + 1]?.at ?? "";
  return open || (answered < 0 ? (chat.view.accepted_at ?? "") : "");
}

/** What is shown as the agent's status: the server's word, made finer. */
export function shownStatus() {
  const { status, offers } = app.state;
  if (!status) return "logged_out";
  if (status.status === "available" && Object.keys(offers).length > 0) return "offered";
  if (status.status === "on_break" && status.missed) return "missed";
  return status.status;
}
