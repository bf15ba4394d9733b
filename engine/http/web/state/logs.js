// What events do to the list of chat logs. The log's own text is read from the server when somebody opens it.

/** @import { State, Envelope, Log, LogSummary } from "../types.js" */

import { register } from "./order.js";

/**
 * @param {LogSummary} summary
 * @returns {Log}
 */
export function logFromSummary(summary) {
  return { summary };
}

/**
 * Which state of the log on the server is the latest that was heard of: whoever shows an older one reads it again.
 * @param {State} state
 * @param {string} id
 */
export function logVersion(state, id) {
  return `${state.marks[`log:${id}`] ?? ""} ${state.marks[`filing:${id}`] ?? ""}`;
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
  const set = (name, change) => register(state, `${name}:${id}`, event, (next) => withLog(next, id, change));
  /** @param {Partial<LogSummary>} values */
  const told = (values) => (/** @type {Log} */ log) => ({ ...log, summary: { ...log.summary, ...values } });
  const data = event.data ?? {};
  switch (event.type) {
    case "chat_log.opened": {
      const opened = set("opened", told({ ...pick(data), chat_id: id }));
      return register(opened, `log:${id}`, event, (one) => withLog(one, id, told({ status: "open", version: data.version, ...subjectOf(data) })));
    }
    case "chat_log.draft_saved": return set("log", told({ status: data.body === null ? "open" : "draft" }));
    case "chat_log.saved": return set("log", told({ status: "saved", version: data.version, ...subjectOf(data) }));
    case "chat_log.filed": return set("filing", (log) => ({ ...log, filing: { state: "filed", case: data.case?.number ?? data.case } }));
    case "chat_log.filing_failed": return set("filing", (log) => ({ ...log, filing: { state: "failed", why: data.why } }));
    default: return state;
  }
}

/**
 * @param {State} state
 * @param {string} id
 * @param {(log: Log) => Log} change
 * @returns {State}
 */
function withLog(state, id, change) {
  return { ...state, logs: { ...state.logs, [id]: change(state.logs[id] ?? { summary: { chat_id: id } }) } };
}

/**
 * @param {any} data
 * @returns {Partial<LogSummary>}
 */
function pick(data) {
  const { agent_id, queue, customer, mode, started_at, ended_at } = data;
  const known = { agent_id, queue, customer, mode, started_at, ended_at };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}

/** @param {any} data */
function subjectOf(data) {
  const subject = data.subject ?? data.body?.subject;
  return subject === undefined ? {} : { subject };
}
