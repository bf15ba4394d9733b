// The one reducer of all pages: (state, event) → state. Pure; knows no page, no clock and no network. Any order and any
// repetition of the server's events gives the same state, because messages are a set, receipts only grow, and every
// other value is a register that keeps the event with the highest cursor.

/** @import { State, Envelope, DeskView, StatusView, OfferView } from "../types.js" */

import { chatEvent, loadChat } from "./chat.js";
import { guestEvent, loadGuest } from "./guest.js";
import { logEvent, logFromSummary } from "./logs.js";
import { compareCursors, isKnown, register, wins } from "./order.js";

/** @returns {State} */
export function emptyState() {
  return {
    me: null, status: null, offers: {}, chats: {}, logs: {}, queues: [],
    setup: { queues: {}, codes: {}, reasons: {}, limit: 5000 },
    wallboard: null, guest: null, cursor: "", floor: "", marks: {},
  };
}

/**
 * @param {State} state
 * @param {Envelope} event
 * @returns {State}
 */
export function reduce(state, event) {
  if (isKnown(state, event)) return state;
  const next = apply(state, event);
  const cursor = event.cursor ?? "";
  return cursor && compareCursors(cursor, next.cursor) > 0 ? { ...next, cursor } : next;
}

/**
 * @param {State} state
 * @param {Envelope} event
 * @returns {State}
 */
function apply(state, event) {
  const family = event.type.split(".", 1)[0];
  if (event.type === "desk.loaded") return loadDesk(state, event.data);
  if (event.type === "chat.loaded") return loadChat(state, event.data, event.after);
  if (event.type === "guest.loaded") return loadGuest(state, event.data);
  if (event.type === "guest.forgotten") return emptyState();
  if (event.type === "metrics.tick") return { ...state, wallboard: event.data };
  if (event.type === "chats.dropped") return dropChats(state, event.data.ids);
  if (event.type === "queues.tick") return { ...state, queues: event.data.queues };
  if (state.guest) return guestEvent(state, event);
  if (family === "agent") return agentEvent(state, event);
  if (family === "offer") return offerEvent(state, event);
  if (family === "chat_log") return logEvent(state, event);
  return chatEvent(state, event);
}

/**
 * A whole desk, true at its cursor. Chats that ended while nobody looked stay until they are acknowledged.
 * @param {State} state
 * @param {DeskView} desk
 * @returns {State}
 */
function loadDesk(state, desk) {
  /** @type {State} */
  let next = {
    ...emptyState(),
    me: { id: desk.agent_id, name: desk.name, role: desk.role },
    status: desk.status,
    offers: Object.fromEntries(desk.offers.map((offer) => [offer.id, offer])),
    logs: Object.fromEntries(desk.logs.map((log) => [log.chat_id, logFromSummary(log)])),
    queues: desk.queues,
    setup: { queues: desk.all_queues, codes: desk.code_lists, reasons: desk.reasons, limit: desk.message_limit },
    wallboard: state.wallboard,
    cursor: desk.cursor,
    floor: desk.cursor,
  };
  for (const chat of desk.chats) next = loadChat(next, chat);
  for (const chat of Object.values(state.chats)) {
    if (next.chats[chat.id]) continue;
    const was = chat.stage === "active" || chat.stage === "ended";
    if (was || chat.stage === "closed") next.chats[chat.id] = was ? { ...chat, stage: "closed", loaded: false } : chat;
  }
  return next;
}

/**
 * Chats that nobody needs on the page any more: a shift is long.
 * @param {State} state
 * @param {string[]} ids
 * @returns {State}
 */
function dropChats(state, ids) {
  const chats = Object.fromEntries(Object.entries(state.chats).filter(([id]) => !ids.includes(id)));
  const marks = Object.fromEntries(Object.entries(state.marks).filter(([register]) => !ids.some((id) => register.endsWith(id))));
  return { ...state, chats, marks };
}

/**
 * @param {State} state
 * @param {Envelope} event
 */
function agentEvent(state, event) {
  const about = event.data?.agent_id ?? state.me?.id;
  if (!state.me || about !== state.me.id) return state;
  switch (event.type) {
    case "agent.status_changed":
      return register(state, "status", event, (next) => ({ ...next, status: statusOf(event.data, state.status) }));
    case "agent.pause_started":
    case "agent.pause_ended":
      return register(state, "rests", event, (next) => setRest(next, event.data?.until));
    case "agent.disconnected":
    case "agent.unreachable":
    case "agent.reconnected":
      return register(state, "connected", event, (next) => setConnected(next, event.type === "agent.reconnected"));
    default:
      return state;
  }
}

/**
 * @param {StatusView & {agent_id?: string}} data
 * @param {StatusView | null} before
 * @returns {StatusView}
 */
function statusOf({ agent_id: _, ...status }, before) {
  return { ...status, connected: status.connected ?? before?.connected ?? true };
}

/**
 * @param {State} state
 * @param {boolean} connected
 * @returns {State}
 */
function setConnected(state, connected) {
  return state.status ? { ...state, status: { ...state.status, connected } } : state;
}

/**
 * Until when no offer comes after one that was missed; undefined when the pause is over.
 * @param {State} state
 * @param {string} [until]
 * @returns {State}
 */
function setRest(state, until) {
  return state.status ? { ...state, status: { ...state.status, rests_until: until } } : state;
}

/**
 * An offer is there from `presented` to whichever end; an end that comes first is remembered by its register.
 * @param {State} state
 * @param {Envelope} event
 * @returns {State}
 */
function offerEvent(state, event) {
  const id = event.data?.offer_id ?? event.data?.id;
  const mine = !state.me || event.data?.agent_id === undefined || event.data.agent_id === state.me.id;
  if (!id || !mine) return state;
  const over = `offer.over:${id}`;
  if (event.type === "offer.presented") {
    if (state.marks[over]) return state;
    const known = { ...state, offers: { ...state.offers, [id]: event.data } };
    return stageByOffer(known, event, event.data.chat_id, "offered");
  }
  const { [id]: _, ...offers } = state.offers;
  const ended = { ...state, offers, marks: { ...state.marks, [over]: event.cursor ?? "local" } };
  return stageByOffer(ended, event, event.data.chat_id, event.type === "offer.accepted" ? "active" : "gone");
}

/**
 * @param {State} state
 * @param {Envelope} event
 * @param {string} chat
 * @param {"offered" | "active" | "gone"} stage
 */
function stageByOffer(state, event, chat, stage) {
  if (!chat || !wins(state, `stage:${chat}`, event)) return state;
  return chatEvent(state, { ...event, type: `stage.${stage}`, chat_id: chat });
}

/**
 * The offer that rings: the server presents one at a time.
 * @param {State} state
 * @returns {OfferView | undefined}
 */
export function currentOffer(state) {
  return Object.values(state.offers).sort((a, b) => (a.presented_at < b.presented_at ? -1 : 1))[0];
}
