// The pages' reducer: a whole shift's events, in any order and as often as one likes, give the same state.

import assert from "node:assert/strict";
import { test } from "node:test";
import { compareCursors } from "../../../engine/http/web/state/order.js";
import { currentOffer, emptyState, reduce } from "../../../engine/http/web/state/reducer.js";

/** @typedef {import("../../../engine/http/web/types.js").Envelope} Envelope */
/** @typedef {import("../../../engine/http/web/types.js").State} State */

const CHAT = "int_01";
const ME = "agt_01";
const at = (/** @type {number} */ second) => new Date(Date.UTC(2026, 10, 22, 12, 0, second)).toISOString();

/** @param {number} turn @param {number} event @param {string} type @param {any} data @returns {Envelope} */
const told = (turn, event, type, data) => ({ v: 1, cursor: `c_${turn}_${event}`, type, ts: at(turn), chat_id: type.startsWith("agent.") ? undefined : CHAT, data });

/** @param {number} seq @param {string} from @param {string} text @param {number} second */
const message = (seq, from, text, second) => ({ id: `msg_${seq}`, seq, from, kind: "text", client_id: `c${seq}`, text, at: at(second) });

const status = (/** @type {string} */ word) => ({ agent_id: ME, status: word, chosen: "available", stop_new: false, missed: false, since: at(0), capacity: 3, load: 1, connected: true });

/** One chat from its offer to its log, as the stream tells it. */
const SHIFT = [
  told(9, 0, "agent.status_changed", status("available")),
  told(10, 0, "offer.presented", { id: "off_1", chat_id: CHAT, agent_id: ME, queue: "support", queue_title: "Support", name: "Maria", presented_at: at(10), expires_at: at(30), can_reject: true, screen_pop: { kind: "pending" } }),
  told(11, 0, "screen_pop.requested", { kind: "record", on: "offered", matches: [] }),
  told(12, 0, "offer.accepted", { offer_id: "off_1", chat_id: CHAT, agent_id: ME }),
  told(12, 1, "agent.status_changed", status("busy")),
  told(13, 0, "message.created", message(1, "customer", "hello", 13)),
  told(14, 0, "message.read", { side: "agent", delivered: 1, read: 0 }),
  told(15, 0, "message.read", { side: "agent", delivered: 1, read: 1 }),
  told(16, 0, "message.created", message(2, "agent", "good day", 16)),
  told(17, 0, "message.read", { side: "customer", delivered: 2, read: 2 }),
  told(18, 0, "participant.disconnected", { side: "customer" }),
  told(19, 0, "participant.returned", { side: "customer" }),
  told(20, 0, "customer.linked", { customer: { id: "1", name: "Maria Lopez" }, case_id: null }),
  told(21, 0, "disposition.set", { codes: [{ list: "topic", code: "11" }], note: "" }),
  told(22, 0, "disposition.set", { codes: [{ list: "topic", code: "12" }], note: "wrong amount" }),
  told(23, 0, "chat.ended", { agent_id: ME, by: "customer" }),
  told(23, 1, "chat_log.opened", { chat_id: CHAT, agent_id: ME, queue: "support", customer: "Maria", subject: "Invoice", status: "open", mode: "view", version: 1, started_at: at(1), ended_at: at(23), updated_at: at(23) }),
  told(23, 2, "post_processing.started", { agent_id: ME, until: at(53), extended: 0 }),
  told(23, 3, "agent.status_changed", status("post_processing")),
  told(24, 0, "post_processing.extended", { agent_id: ME, until: at(113 % 60), extended: 1 }),
  told(25, 0, "chat_log.draft_saved", { body: { subject: "Invoice wrong" } }),
  told(26, 0, "chat_log.saved", { version: 2, body: { subject: "Invoice wrong" } }),
  told(27, 0, "chat_log.filed", { case: { number: "CS-1" } }),
  told(28, 0, "chat.closed", { agent_id: ME }),
  told(28, 1, "agent.status_changed", status("available")),
];

const DESK = {
  agent_id: ME, name: "Ana", role: "agent", status: status("on_break"), offers: [], chats: [], logs: [], queues: [],
  all_queues: {}, code_lists: {}, reasons: {}, message_limit: 5000, now: at(5), cursor: "c_5",
};

/** @param {Envelope[]} events @param {State} [from] */
const replay = (events, from = reduce(emptyState(), { type: "desk.loaded", data: DESK })) => events.reduce(reduce, from);

/** A small generator with a seed, so that what fails can be run again (mulberry32). @param {number} seed */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** @template T @param {T[]} list @param {() => number} draw */
function shuffled(list, draw) {
  const copy = [...list];
  for (let i = copy.length - 1; i > 0; i -= 1) {
    const j = Math.floor(draw() * (i + 1));
    [copy[i], copy[j]] = [copy[j], copy[i]];
  }
  return copy;
}

/** What people see of a state; marks are its memory, and have their own order of keys. @param {State} state */
const seen = ({ marks, ...rest }) => JSON.parse(JSON.stringify({ ...rest, marks: Object.fromEntries(Object.entries(marks).sort()) }));

test("a chat goes from its offer to its log", () => {
  const state = replay(SHIFT);
  const chat = state.chats[CHAT];
  assert.equal(chat.stage, "closed");
  assert.deepEqual(chat.messages.map((one) => one.text), ["hello", "good day"]);
  assert.deepEqual(chat.customer_receipt, { delivered: 2, read: 2 });
  assert.equal(chat.view.customer?.name, "Maria Lopez");
  assert.deepEqual(chat.view.codes, [{ list: "topic", code: "12" }]);
  assert.equal(chat.view.ended_by, "customer");
  assert.equal(state.logs[CHAT].summary.version, 2);
  assert.deepEqual(state.logs[CHAT].filing, { state: "filed", case: "CS-1" });
  assert.equal(state.status?.status, "available");
  assert.deepEqual(state.offers, {});
  assert.equal(state.cursor, "c_28_1");
});

test("an offer rings until it is over, and not again when its beginning comes late", () => {
  const offered = replay(SHIFT.slice(0, 3));
  assert.equal(currentOffer(offered)?.id, "off_1");
  assert.equal(offered.chats[CHAT].stage, "offered");
  const accepted = replay(SHIFT.slice(0, 5));
  assert.equal(currentOffer(accepted), undefined);
  assert.equal(currentOffer(reduce(accepted, SHIFT[1])), undefined);
});

test("any order and any repetition of the events gives the same state", () => {
  const expected = seen(replay(SHIFT));
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  console.log(`seed ${seed}`);
  const draw = random(seed);
  for (let round = 0; round < 2000; round += 1) {
    const twice = SHIFT.filter(() => draw() < 0.4);
    assert.deepEqual(seen(replay(shuffled([...SHIFT, ...twice], draw))), expected, `seed ${seed}, round ${round}`);
  }
});

test("what a snapshot contains already changes nothing", () => {
  const late = { ...DESK, cursor: "c_28" };
  const from = reduce(emptyState(), { type: "desk.loaded", data: late });
  assert.deepEqual(replay(SHIFT, from), from);
  assert.notDeepEqual(reduce(from, told(29, 0, "message.created", message(3, "customer", "more", 29))), from);
});

test("a supervisor's own desk is not filled with other people's chats", () => {
  const from = reduce(emptyState(), { type: "desk.loaded", data: { ...DESK, agent_id: "agt_99", role: "supervisor" } });
  const state = replay(SHIFT, from);
  assert.deepEqual(state.chats, {});
  assert.deepEqual(state.offers, {});
  assert.equal(state.status?.status, "on_break");
});

test("a customer's chat: place, agent, lines and end, in any order", () => {
  const guest = { id: CHAT, state: "waiting", queue: "Support", position: 3, form: { name: "Zoë" }, transcript: [], last_seq: 0, agent_receipt: { delivered: 0, read: 0 }, requested_at: at(1), message_limit: 500, now: at(1), cursor: "c_5" };
  const from = reduce(emptyState(), { type: "guest.loaded", data: guest });
  const events = [
    told(12, 0, "chat.connected", { agent: "Ana" }),
    told(13, 0, "message.created", message(1, "customer", "hello", 13)),
    told(14, 0, "message.created", message(2, "agent", "good day", 14)),
    told(15, 0, "message.read", { side: "agent", delivered: 1, read: 1 }),
    told(16, 0, "chat.ended", { by: "agent" }),
  ];
  const expected = seen(replay(events, from));
  const draw = random(7);
  for (let round = 0; round < 300; round += 1) assert.deepEqual(seen(replay(shuffled([...events, ...events], draw), from)), expected);
  assert.equal(expected.guest.state, "ended");
  assert.equal(expected.guest.agent, "Ana");
  assert.deepEqual(expected.guest.messages.map((/** @type {any} */ one) => one.seq), [1, 2]);
});

test("cursors sort as numbers, and a bare turn is its end", () => {
  const sorted = ["c_9_0", "c_9_2", "c_9_10", "c_9", "c_10_0", "c_100"];
  assert.deepEqual([...sorted].reverse().sort(compareCursors), sorted);
});
