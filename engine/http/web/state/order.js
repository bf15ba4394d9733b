// Which of two events came later, and registers that keep the later one: what makes the reducer indifferent to the
// order and the number of times in which events arrive.

/** @import { State, Envelope } from "../types.js" */

/**
 * Cursors are `c_<turn>_<event>`; one without an event stands for the end of its turn.
 * @param {string} one
 * @param {string} other
 */
export function compareCursors(one, other) {
  const [a, b] = [places(one), places(other)];
  return a[0] - b[0] || a[1] - b[1] || 0;
}

/** @param {string} cursor @returns {[number, number]} */
function places(cursor) {
  const [, turn, event] = cursor.split("_");
  return [Number(turn ?? -1), event === undefined ? Number.MAX_SAFE_INTEGER : Number(event)];
}

/**
 * Whether the snapshot already contains it. Ephemeral and local events have no cursor and are always news.
 * @param {State} state
 * @param {Envelope} event
 */
export function isKnown(state, event) {
  return event.cursor !== undefined && state.floor !== "" && compareCursors(event.cursor, state.floor) <= 0;
}

/**
 * Whether the event may set this register: nothing later has. An event without a cursor is an answer just received.
 * @param {State} state
 * @param {string} register
 * @param {Envelope} event
 */
export function wins(state, register, event) {
  const mark = state.marks[register];
  return event.cursor === undefined || mark === undefined || compareCursors(event.cursor, mark) >= 0;
}

/**
 * @param {State} state
 * @param {string} register
 * @param {Envelope} event
 * @returns {State}
 */
export function mark(state, register, event) {
  if (event.cursor === undefined) return state;
  return { ...state, marks: { ...state.marks, [register]: event.cursor } };
}

/**
 * Sets a register through `change`, unless a later event has set it.
 * @param {State} state
 * @param {string} register
 * @param {Envelope} event
 * @param {(state: State) => State} change
 * @returns {State}
 */
export function register(state, register, event, change) {
  return wins(state, register, event) ? change(mark(state, register, event)) : state;
}
