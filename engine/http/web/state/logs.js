// What events do to the list of chat logs. The log's own text is read from the server when somebody opens it.

/** @import { State, Envelope, Log, LogSummary } from "../types.js" */

import { register } from "./order.js";

/**
 * @param {LogSummary} summary
 * @returns {Log}
 */
export function logFromSummary(summary) {
  return { summary, fresh: 0 };
}

/**
 * @param {State} state
 * @param {Envelope} event
 * @returns {State}
 */
export function logEvent(state, event) {
  const id = event.chat_id ?? event.data?.chat_id;
  if (!id) return state;
  /** @param {string} name @param {(log: Log) => Log} change */
  const set = (name, change) => register(state, `${name}:${id}`, event, (next) => {
    const log = next.logs[id] ?? { summary: { chat_id: id }, fresh: 0 };
    // `fresh` grows so that whoever shows the log reads it again.
    return { ...next, logs: { ...next.logs, [id]: { ...change(log), fresh: log.fresh + 1 } } };
  });
  /** @param {Partial<LogSummary>} values */
  const told = (values) => (/** @type {Log} */ log) => ({ ...log, summary: { ...log.summary, ...values } });
  const data = event.data ?? {};
  switch (event.type) {
    case "chat_log.opened": {
      const next = set("log", told({ ...pick(data), chat_id: id, status: "open" }));
      return setMode(next, id, data.mode);
    }
    case "chat_log.draft_saved": return set("log", told({ status: data.body === null ? "open" : "draft" }));
    case "chat_log.saved": return set("log", told({ status: "saved", version: data.version, ...subjectOf(data) }));
    case "chat_log.filed": return set("filing", (log) => ({ ...log, filing: { state: "filed", case: data.case?.number ?? data.case } }));
    case "chat_log.filing_failed": return set("filing", (log) => ({ ...log, filing: { state: "failed", why: data.why } }));
    default: return state;
  }
}

/**
 * @param {any} data
 * @returns {Partial<LogSummary>}
 */
function pick(data) {
  const { agent_id, queue, customer, mode, version, started_at, ended_at, updated_at } = data;
  const known = { agent_id, queue, customer, mode, version, started_at, ended_at, updated_at, ...subjectOf(data) };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}

/** @param {any} data */
function subjectOf(data) {
  const subject = data.subject ?? data.body?.subject;
  return subject === undefined ? {} : { subject };
}

/**
 * @param {State} state
 * @param {string} id
 * @param {LogSummary["mode"] | undefined} mode
 */
function setMode(state, id, mode) {
  const chat = state.chats[id];
  if (!chat || !mode) return state;
  return { ...state, chats: { ...state.chats, [id]: { ...chat, view: { ...chat.view, log_mode: mode } } } };
}
