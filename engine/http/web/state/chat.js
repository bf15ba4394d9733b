// What events do to a chat on the desk, and what can be said of it. Pure; decides nothing that the server decides.

/** @import { State, Envelope, Chat, ChatView, Message, Receipt, Moment } from "../types.js" */

import { compareCursors, register } from "./order.js";

const NOTHING_READ = Object.freeze({ delivered: 0, read: 0 });

/**
 * @param {string} id
 * @returns {Chat}
 */
export function unknownChat(id) {
  return {
    id, loaded: false, stage: "unknown", messages: [], moments: [], view: {},
    customer_receipt: NOTHING_READ, agent_receipt: NOTHING_READ, typing: 0,
  };
}

/**
 * @param {State} state
 * @param {string} id
 * @param {(chat: Chat) => Chat} change
 * @returns {State}
 */
function withChat(state, id, change) {
  return { ...state, chats: { ...state.chats, [id]: change(state.chats[id] ?? unknownChat(id)) } };
}

/**
 * Messages are a set ordered by sequence number.
 * @param {Message[]} known
 * @param {Message[]} more
 */
export function mergeMessages(known, more) {
  const fresh = more.filter((message) => !known.some((other) => other.seq === message.seq));
  if (fresh.length === 0) return known;
  return [...known, ...fresh].sort((one, other) => one.seq - other.seq);
}

/**
 * Receipts only grow.
 * @param {Receipt} one
 * @param {Receipt} other
 * @returns {Receipt}
 */
export function furthest(one, other) {
  return { delivered: Math.max(one.delivered, other.delivered), read: Math.max(one.read, other.read) };
}

/**
 * @param {Moment[]} known
 * @param {Moment[]} more
 */
function mergeMoments(known, more) {
  const key = (/** @type {Moment} */ m) => `${m.at} ${m.what} ${m.agent ?? m.queue ?? m.to ?? m.by ?? ""}`;
  const fresh = more.filter((moment) => !known.some((other) => key(other) === key(moment)));
  if (fresh.length === 0) return known;
  return [...known, ...fresh].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

/** Fields that events set by themselves, by their registers. @type {Record<string, (keyof ChatView)[]>} */
const TOLD = {
  codes: ["codes", "note"], customer: ["customer", "case_id"], pop: ["screen_pop"], draft: ["draft"],
  post: ["post_processing", "extends_left"], ended: ["ended_by", "ended_at"], here: ["customer_connected"],
};

/**
 * What events told after the view was asked for.
 * @param {State} state
 * @param {string} id
 * @param {string} after
 * @returns {Partial<ChatView>}
 */
function toldSince(state, id, after) {
  const known = state.chats[id]?.view ?? {};
  const newer = Object.keys(TOLD).filter((name) => compareCursors(state.marks[`${name}:${id}`] ?? "c_0", after) > 0);
  return Object.fromEntries(newer.flatMap((name) => TOLD[name]).map((field) => [field, known[field]]));
}

/**
 * The whole view of a chat, as just read from the server.
 * @param {State} state
 * @param {ChatView} view
 * @param {string} [after] the last event that was known when it was asked for
 * @returns {State}
 */
export function loadChat(state, view, after) {
  const newer = after === undefined ? {} : toldSince(state, view.id, after);
  return withChat(state, view.id, (chat) => ({
    ...chat,
    loaded: true,
    stage: stageOf(state, chat, view),
    messages: mergeMessages(chat.messages, view.transcript ?? []),
    moments: mergeMoments(view.moments ?? [], chat.moments),
    view: { ...view, ...newer, transcript: [], moments: [] },
    customer_receipt: furthest(chat.customer_receipt, view.customer_receipt ?? NOTHING_READ),
    agent_receipt: furthest(chat.agent_receipt, view.agent_receipt ?? NOTHING_READ),
  }));
}

/** @type {Record<string, number>} */
const RANK = { unknown: 0, waiting: 1, offered: 1, gone: 1, active: 2, ended: 3, closed: 4, abandoned: 4 };

/**
 * A view that was asked for before the chat ended must not wake it up again.
 * @param {State} state
 * @param {Chat} chat
 * @param {ChatView} view
 * @returns {Chat["stage"]}
 */
function stageOf(state, chat, view) {
  const mine = !state.me || !view.agent_id || view.agent_id === state.me.id;
  const shown = view.state === "active" && !mine ? "gone" : view.state;
  return RANK[chat.stage] > RANK[shown] && chat.stage !== "gone" ? chat.stage : shown;
}

/**
 * Supervisors hear of everybody's chats; on their own desk are only their own.
 * @param {State} state
 * @param {string} id
 * @param {Envelope} event
 */
function concerns(state, id, event) {
  const agent = event.type.startsWith("stage.") ? undefined : event.data?.agent_id;
  if (event.type === "message.created" || !state.me || agent === undefined || agent === state.me.id) {
    return state.me?.role === "agent" || state.chats[id] !== undefined || event.type.startsWith("stage.");
  }
  return false;
}

/**
 * @param {State} state
 * @param {Envelope} event
 * @returns {State}
 */
export function chatEvent(state, event) {
  const id = event.chat_id ?? event.data?.chat_id;
  if (!id) return state;
  const data = event.data ?? {};
  if (!concerns(state, id, event)) return state;
  /** @param {string} name @param {Partial<ChatView>} values */
  const set = (name, values) => register(state, `${name}:${id}`, event, (next) =>
    withChat(next, id, (chat) => ({ ...chat, view: { ...chat.view, ...values } })));
  /** @param {Chat["stage"]} stage @param {Partial<ChatView>} [values] */
  const stage = (stage, values = {}) => register(state, `stage:${id}`, event, (next) =>
    withChat(next, id, (chat) => ({ ...chat, stage, typing: 0, view: { ...chat.view, ...values } })));

  switch (event.type) {
    case "message.created":
      return withChat(state, id, (chat) => ({
        ...chat,
        messages: mergeMessages(chat.messages, [data.message ?? data]),
        typing: (data.message ?? data).from === "customer" ? 0 : chat.typing,
      }));
    case "message.read":
      return withChat(state, id, (chat) => withReceipt(chat, data));
    case "typing.started":
    case "typing.stopped":
      if (data.side === "agent") return state;
      return withChat(state, id, (chat) => ({ ...chat, typing: event.type === "typing.started" ? (data.at ?? 1) : 0 }));
    case "stage.offered": return stage("offered");
    case "stage.active": return stage("active");
    case "stage.gone": return stage("gone");
    case "chat.ended": return ended(stage("ended"), id, event);
    case "chat.closed": return stage("closed");
    case "chat.abandoned": return stage("gone");
    case "chat.requeued": return addMoment(stage("gone"), id, event, "requeued", {});
    case "chat.transferred": return stage("gone");
    case "participant.disconnected":
      return addMoment(set("here", { customer_connected: false }), id, event, "customer_disconnected", {});
    case "participant.returned":
      return addMoment(set("here", { customer_connected: true }), id, event, "customer_returned", {});
    case "screen_pop.requested": return set("pop", { screen_pop: data });
    case "customer.linked": return set("customer", { customer: data.customer ?? undefined, case_id: data.case_id ?? undefined });
    case "disposition.set": return set("codes", { codes: data.codes, note: data.note });
    case "draft.updated": return set("draft", { draft: data.text == null ? undefined : (data.draft ?? { text: data.text, updated_at: event.ts ?? "" }) });
    case "post_processing.started":
    case "post_processing.extended": return set("post", postOf(state, id, event));
    default: return state;
  }
}

/**
 * By whom and when is worth knowing even where the stage has moved on.
 * @param {State} state
 * @param {string} id
 * @param {Envelope} event
 */
function ended(state, id, event) {
  const by = event.data?.by;
  const known = register(state, `ended:${id}`, event, (next) =>
    withChat(next, id, (chat) => ({ ...chat, view: { ...chat.view, ended_by: by, ended_at: event.ts } })));
  return addMoment(known, id, event, "ended", { by });
}

/**
 * @param {Chat} chat
 * @param {{side: string, delivered: number, read: number}} data
 * @returns {Chat}
 */
function withReceipt(chat, data) {
  const which = data.side === "customer" ? "customer_receipt" : "agent_receipt";
  return { ...chat, [which]: furthest(chat[which], data) };
}

/**
 * @param {State} state
 * @param {string} id
 * @param {Envelope} event
 * @returns {Partial<ChatView>}
 */
function postOf(state, id, event) {
  const before = state.chats[id]?.view;
  const extended = event.data.extended ?? 0;
  const since = before?.post_processing?.since ?? "";
  const used = extended - (before?.post_processing?.extended ?? 0);
  return {
    post_processing: { since, until: event.data.until, extended, held: false },
    extends_left: event.data.extends_left ?? Math.max(0, (before?.extends_left ?? 0) - used),
  };
}

/**
 * @param {State} state
 * @param {string} id
 * @param {Envelope} event
 * @param {string} what
 * @param {Partial<Moment>} more
 */
function addMoment(state, id, event, what, more) {
  // Its place among the messages follows from the time: which of them are known yet must not matter.
  const moment = { at: event.ts ?? "", after_seq: -1, what, ...more };
  return withChat(state, id, (chat) => ({ ...chat, moments: mergeMoments(chat.moments, [moment]) }));
}
