// Lines on their way out: order, repetition under one id, and text that is handed back.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Problem } from "../../../engine/http/web/net/api.js";
import { Outbox } from "../../../engine/http/web/net/outbox.js";

/** What the browser has and Node does not: storage that outlives a page. */
class Storage {
  #kept = new Map();
  /** @param {string} key */ getItem(key) { return this.#kept.get(key) ?? null; }
  /** @param {string} key @param {string} value */ setItem(key, value) { this.#kept.set(key, value); }
  /** @param {string} key */ removeItem(key) { this.#kept.delete(key); }
}

beforeEach(() => {
  Object.assign(globalThis, { localStorage: new Storage(), addEventListener: () => {}, removeEventListener: () => {} });
});

/** @typedef {import("../../../engine/http/web/types.js").OutboxItem} OutboxItem */

/** @param {(item: OutboxItem) => Promise<any>} send */
function outbox(send) {
  /** @type {{sent: OutboxItem[], refused: string[], wake: () => void}} */
  const seen = { sent: [], refused: [], wake: () => {} };
  const box = new Outbox({
    storage: "test", send,
    onSent: (item) => { seen.sent.push(item); },
    onRefused: (item, problem) => { seen.refused.push(problem.code); },
    onChange: () => seen.wake(),
  });
  /** @param {() => boolean} reached */
  const until = (reached) => new Promise((done) => {
    seen.wake = () => queueMicrotask(() => reached() && done(undefined));
    seen.wake();
  });
  return { box, seen, until };
}

test("lines of a chat go one at a time and in order, and a lost answer repeats the same id", async () => {
  /** @type {string[]} */
  const arrived = [];
  let fails = 1;
  let inFlight = 0;
  const { box, seen, until } = outbox(async (item) => {
    assert.equal(inFlight, 0, "two lines of one chat at once");
    inFlight += 1;
    await Promise.resolve();
    inFlight -= 1;
    arrived.push(`${item.text} ${item.client_id}`);
    if (fails-- > 0) throw new Problem(0, "unreachable", "gone");
    return {};
  });
  const [one, two, three] = ["one", "two", "three"].map((text) => box.add("int_1", text));
  await until(() => box.items.length === 0);
  assert.deepEqual(arrived, [one, one, two, three].map((item) => `${item.text} ${item.client_id}`));
  assert.deepEqual(seen.sent.map((item) => item.text), ["one", "two", "three"]);
});

test("what is refused for good stays, with why, and the next line goes on", async () => {
  const { box, seen, until } = outbox(async (item) => {
    if (item.text === "long") throw new Problem(422, "too_long", "5001 characters, at most 5000 are allowed");
    return {};
  });
  box.add("int_1", "long");
  box.add("int_1", "short");
  await until(() => box.items.length === 1);
  assert.deepEqual(seen.refused, ["too_long"]);
  assert.equal(box.items[0].state, "failed");
  assert.match(box.items[0].why, /at most 5000/);
});

test("when the chat is over nothing more leaves, and all is handed back", async () => {
  const { box, until } = outbox(() => Promise.reject(new Problem(503, "busy", "later")));
  box.add("int_1", "one");
  box.add("int_1", "two");
  box.fail("int_1", "The chat has ended.");
  await until(() => box.items.every((item) => item.state === "failed"));
  assert.deepEqual(box.items.map((item) => [item.text, item.why]), [["one", "The chat has ended."], ["two", "The chat has ended."]]);
});

test("an unsent line survives a reload; an old one is not sent by itself", async () => {
  const kept = [
    { client_id: "new", chat_id: "int_1", text: "now", kind: "text", at: Date.now() },
    { client_id: "old", chat_id: "int_1", text: "then", kind: "text", at: Date.now() - 600_000 },
  ];
  localStorage.setItem("test", JSON.stringify(kept));
  const { box, seen, until } = outbox(async () => ({}));
  await until(() => box.items.length === 1);
  assert.deepEqual(seen.sent.map((item) => item.client_id), ["new"]);
  assert.equal(box.items[0].client_id, "old");
  assert.equal(box.items[0].state, "failed");
});
