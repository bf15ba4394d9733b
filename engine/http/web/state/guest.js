// What events do to the one chat of a customer's page.

/** @import { State, Envelope, Guest, GuestChat } from "../types.js" */

import { furthest, mergeMessages } from "./chat.js";
import { register } from "./order.js";

/**
 * The chat as just read from the server. What was told in between stays.
 * @param {State} state
 * @param {GuestChat} view
 * @returns {State}
 */
export function loadGuest(state, view) {
  const before = state.guest?.id === view.id ? state.guest : null;
  /** @type {Guest} */
  const guest = {
    id: view.id,
    state: before && isOver(before) ? before.state : view.state,
    queue: view.queue,
    position: view.position ?? 0,
    agent: view.agent ?? before?.agent ?? "",
    form: view.form,
    messages: mergeMessages(before?.messages ?? [], view.transcript),
    agent_receipt: furthest(before?.agent_receipt ?? { delivered: 0, read: 0 }, view.agent_receipt),
    typing: before?.typing ?? 0,
    ended_by: view.ended_by ?? before?.ended_by ?? "",
    message_limit: view.message_limit,
    requested_at: view.requested_at,
    lines: before?.lines ?? [],
  };
  const same = before !== null;
  return { ...state, guest, cursor: view.cursor, floor: view.cursor, marks: same ? state.marks : {} };
}

/** @param {Pick<Guest, "state">} guest */
export function isOver(guest) {
  return guest.state === "ended" || guest.state === "abandoned" || guest.state === "closed";
}

/**
 * @param {State} state
 * @param {Envelope} event
 * @returns {State}
 */
export function guestEvent(state, event) {
  const guest = state.guest;
  if (!guest || (event.chat_id && event.chat_id !== guest.id)) return state;
  const data = event.data ?? {};
  /** @param {string} name @param {Partial<Guest>} values @param {State} [from] */
  const set = (name, values, from = state) => register(from, name, event, (next) => ({ ...next, guest: { .../** @type {Guest} */ (next.guest), ...values } }));
  /** @param {Partial<Guest>} values */
  const merge = (values) => ({ ...state, guest: { ...guest, ...values } });
  switch (event.type) {
    case "message.created": {
      const message = data.message ?? data;
      const typing = message.from === "agent" ? 0 : guest.typing;
      return merge({ messages: mergeMessages(guest.messages, [message]), typing });
    }
    case "message.read":
      return data.side === "customer" ? state : merge({ agent_receipt: furthest(guest.agent_receipt, data) });
    case "typing.started": return data.side === "customer" ? state : merge({ typing: data.at ?? 1 });
    case "typing.stopped": return data.side === "customer" ? state : merge({ typing: 0 });
    case "chat.queued":
    case "chat.position_changed":
      return data.position ? set("position", { position: data.position }) : state;
    case "chat.connected":
      return line(set("stage", { state: "active" }, set("agent", { agent: data.agent ?? guest.agent })), event, "connected", data.agent ?? "");
    case "chat.transferred": return line(set("stage", { state: "waiting", typing: 0 }), event, "transferred", "");
    case "chat.requeued": return line(set("stage", { state: "waiting", typing: 0 }), event, "requeued", "");
    case "chat.ended": return line(set("stage", { state: "ended", ended_by: data.by, typing: 0 }), event, "ended", data.by ?? "");
    case "chat.abandoned": return set("stage", { state: "abandoned", ended_by: data.by ?? "customer", typing: 0 });
    default: return state;
  }
}

/**
 * @param {State} state
 * @param {Envelope} event
 * @param {string} what
 * @param {string} detail
 * @returns {State}
 */
function line(state, event, what, detail) {
  const guest = state.guest;
  if (!guest || !event.ts || guest.lines.some((other) => other.at === event.ts && other.what === what)) return state;
  const lines = [...guest.lines, { at: event.ts, after_seq: -1, what, detail }];
  lines.sort((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : one.what < other.what ? -1 : 1));
  return { ...state, guest: { ...guest, lines } };
}
