// Lines on their way out: painted at once, one in flight per chat, repeated under the same client id until the server
// has them or says why not. Nothing typed is ever lost: what cannot be sent is handed back.

/** @import { OutboxItem } from "../types.js" */

import { Problem, explain } from "./api.js";

const PAUSES_S = [0.5, 1, 2, 4, 8, 15, 30];
/** After this long a line is no longer tried: the person decides. */
const GIVE_UP_MS = 60_000;
/** A line left over from an earlier visit that is older than this is never sent by itself. */
const TOO_OLD_MS = 120_000;

export class Outbox {
  /** @type {OutboxItem[]} */
  items = [];
  /** @type {Set<string>} */
  #busy = new Set();

  /**
   * @param {object} options
   * @param {(item: OutboxItem) => Promise<any>} options.send
   * @param {(item: OutboxItem, answer: any) => void} options.onSent
   * @param {(item: OutboxItem, problem: Problem) => void} [options.onRefused] refused for good
   * @param {() => void} options.onChange
   * @param {string} options.storage key under which unsent lines survive a reload
   */
  constructor(options) {
    this.options = options;
    this.items = this.#restore();
    for (const chat of new Set(this.items.map((item) => item.chat_id))) this.#drain(chat);
  }

  /**
   * @param {string} chat
   * @param {string} text
   * @param {OutboxItem["kind"]} [kind]
   */
  add(chat, text, kind = "text") {
    const item = { client_id: crypto.randomUUID(), chat_id: chat, text, kind, at: Date.now(), state: /** @type {const} */ ("waiting"), why: "" };
    this.items = [...this.items, item];
    this.#changed();
    this.#drain(chat);
    return item;
  }

  /** @param {string} chat */
  of(chat) {
    return this.items.filter((item) => item.chat_id === chat);
  }

  /** The server has it: by its answer or by the event, whichever came first. @param {string} id */
  confirm(id) {
    if (this.items.some((item) => item.client_id === id)) this.discard(id);
  }

  /** @param {string} id */
  retry(id) {
    const item = this.items.find((one) => one.client_id === id);
    if (!item) return;
    this.#update(id, { state: "waiting", at: Date.now(), why: "" });
    this.#drain(item.chat_id);
  }

  /** @param {string} id */
  discard(id) {
    this.items = this.items.filter((item) => item.client_id !== id);
    this.#changed();
  }

  /** The chat is over: what has not left is handed back. @param {string} chat @param {string} why */
  fail(chat, why) {
    for (const item of this.of(chat)) this.#update(item.client_id, { state: "failed", why });
  }

  /** @param {string} chat */
  async #drain(chat) {
    if (this.#busy.has(chat)) return;
    this.#busy.add(chat);
    try {
      for (;;) {
        const item = this.of(chat).find((one) => one.state !== "failed");
        if (!item) return;
        await this.#deliver(item.client_id);
      }
    } finally {
      this.#busy.delete(chat);
    }
  }

  /** @param {string} id */
  async #deliver(id) {
    for (let tries = 0; ; tries += 1) {
      const item = this.items.find((one) => one.client_id === id);
      if (!item || item.state === "failed") return;
      this.#update(id, { state: "sending" });
      try {
        const answer = await this.options.send(item);
        this.discard(id);
        this.options.onSent(item, answer);
        return;
      } catch (error) {
        const problem = error instanceof Problem ? error : new Problem(0, "unknown", explain(error));
        if (!problem.passing) return this.#refused(item, problem);
        if (Date.now() - item.at > GIVE_UP_MS) return this.#update(id, { state: "failed", why: problem.detail });
        await pause(Math.max(problem.retryAfter, PAUSES_S[Math.min(tries, PAUSES_S.length - 1)]));
      }
    }
  }

  /**
   * @param {OutboxItem} item
   * @param {Problem} problem
   */
  #refused(item, problem) {
    this.#update(item.client_id, { state: "failed", why: problem.detail });
    this.options.onRefused?.(item, problem);
  }

  /**
   * @param {string} id
   * @param {Partial<OutboxItem>} values
   */
  #update(id, values) {
    this.items = this.items.map((item) => (item.client_id === id ? { ...item, ...values } : item));
    this.#changed();
  }

  #changed() {
    const kept = this.items.map(({ client_id, chat_id, text, kind, at }) => ({ client_id, chat_id, text, kind, at }));
    if (kept.length > 0) localStorage.setItem(this.options.storage, JSON.stringify(kept));
    else localStorage.removeItem(this.options.storage);
    this.options.onChange();
  }

  /** @returns {OutboxItem[]} */
  #restore() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.options.storage) ?? "[]");
      return kept.map((/** @type {OutboxItem} */ item) => {
        const old = Date.now() - item.at > TOO_OLD_MS;
        return { ...item, state: old ? "failed" : "waiting", why: old ? "It is older than two minutes." : "" };
      });
    } catch {
      return [];
    }
  }
}

/** @param {number} seconds */
function pause(seconds) {
  const wait = seconds * 1000 * (0.8 + Math.random() * 0.4);
  return new Promise((done) => {
    const timer = setTimeout(finish, wait);
    addEventListener("online", finish, { once: true });
    function finish() {
      clearTimeout(timer);
      removeEventListener("online", finish);
      done(undefined);
    }
  });
}
