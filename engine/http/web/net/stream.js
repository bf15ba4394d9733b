// What happens, as it happens: one envelope over WebSocket, else server-sent events, else long polling; always from the
// last cursor on, so that nothing is missed and nothing is asked for by time.

/** @import { Envelope } from "../types.js" */

import { everySecond } from "./pulse.js";
import { followEvents, followPoll, followSocket } from "./transports.js";

/** Without a frame for this long the connection is dead, whatever the browser thinks. */
const SILENCE_MS = 45_000;
/** Without a frame for this long it is shown as stale. */
const STALE_MS = 30_000;
/** How long a transport may take to say hello. */
const HELLO_MS = 5_000;
/** Pauses between tries; half of each is left to chance so that a thousand pages do not return at once. */
const PAUSES_S = [0.5, 2, 4, 8, 15, 30];
/** Handshakes that may fail before the next transport is tried. */
const FAILURES_PER_TRANSPORT = 2;

const TRANSPORTS = [followSocket, followEvents, followPoll];

/** @typedef {"idle" | "connecting" | "catching_up" | "live" | "stale" | "reconnecting" | "offline" | "refused"} Condition */

/**
 * @typedef {object} Link what a transport gets
 * @property {import("./api.js").Api} api
 * @property {() => string} after
 * @property {(event: Envelope) => void} onEvent
 * @property {() => void} onAlive
 * @property {AbortSignal} signal
 */

export class Stream {
  /** @type {Condition} */
  condition = "idle";
  /** When the next try starts, in page time. */
  retryAt = 0;
  /** Since when it is not live, in page time; 0 while it is. */
  downSince = 0;
  #transport = 0;
  #failures = 0;
  #tries = 0;
  #heard = 0;
  #greeted = false;
  #running = false;
  /** @type {AbortController | null} */
  #abort = null;
  /** @type {((frame: unknown) => void) | null} */
  #send = null;

  /**
   * @param {object} options
   * @param {import("./api.js").Api} options.api
   * @param {() => string} options.after the cursor to go on from
   * @param {(event: Envelope) => void} options.onEvent
   * @param {() => Promise<void>} options.onReset the cursor is too old: read everything anew
   * @param {() => void} options.onCondition
   * @param {(error: unknown) => void} [options.onRefused] we may not listen any more
   */
  constructor(options) {
    this.options = options;
  }

  start() {
    if (this.#running) return;
    this.#running = true;
    everySecond(() => this.#tick());
    addEventListener("online", () => this.retryNow());
    addEventListener("offline", () => this.#lost());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.retryNow());
    this.#connect();
  }

  stop() {
    this.#running = false;
    this.#abort?.abort();
    this.#set("idle");
  }

  /** Tells the other side something that is not kept; dropped when there is no socket. @param {object} frame */
  tell(frame) {
    if (!this.#send) return false;
    this.#send(frame);
    return true;
  }

  retryNow() {
    if (!this.#running || this.condition === "live" || this.condition === "catching_up") return;
    if (this.condition === "connecting" && Date.now() - this.#heard < HELLO_MS) return;
    this.#tries = 0;
    this.#connect();
  }

  async #connect() {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#greeted = false;
    this.#heard = Date.now();
    this.#set("connecting");
    const link = {
      api: this.options.api,
      after: this.options.after,
      signal: abort.signal,
      onAlive: () => { this.#heard = Date.now(); if (this.condition === "stale") this.#set("live"); },
      onEvent: (/** @type {Envelope} */ event) => { if (this.#abort === abort) this.#receive(event); },
      onSend: (/** @type {(frame: unknown) => void} */ send) => { this.#send = send; },
    };
    try {
      await TRANSPORTS[this.#transport](link);
    } catch (error) {
      if (abort.signal.aborted) return;
      const status = /** @type {any} */ (error)?.status;
      if (status === 401 || status === 403) return this.#refuse(error);
    }
    if (this.#abort === abort && this.#running) this.#lost();
  }

  /** @param {Envelope} event */
  #receive(event) {
    this.#heard = Date.now();
    if (event.type === "stream.hello") {
      this.#greeted = true;
      this.#failures = 0;
      this.#set("catching_up");
    }
    if (event.type === "stream.reset_required") {
      this.options.onReset().then(() => this.#connect(), () => this.#lost());
      return;
    }
    if (event.type === "stream.caught_up") {
      this.#tries = 0;
      this.#set("live");
    }
    this.options.onEvent(event);
  }

  /** @param {unknown} error */
  #refuse(error) {
    this.stop();
    this.#set("refused");
    this.options.onRefused?.(error);
  }

  #lost() {
    this.#send = null;
    this.#abort?.abort();
    this.#abort = null;
    if (!this.#greeted) this.#failures += 1;
    if (this.#failures >= FAILURES_PER_TRANSPORT && navigator.onLine) {
      this.#failures = 0;
      this.#transport = (this.#transport + 1) % TRANSPORTS.length;
    }
    const most = PAUSES_S[Math.min(this.#tries, PAUSES_S.length - 1)] * 1000;
    this.#tries += 1;
    this.retryAt = Date.now() + most / 2 + Math.random() * (most / 2);
    this.#set(navigator.onLine ? "reconnecting" : "offline");
  }

  #tick() {
    if (!this.#running) return;
    const now = Date.now();
    const silent = now - this.#heard;
    const up = this.condition === "live" || this.condition === "stale" || this.condition === "catching_up";
    if (this.condition === "connecting" && !this.#greeted && silent > HELLO_MS) this.#lost();
    else if (up && silent > SILENCE_MS) this.#lost();
    else if (this.condition === "live" && silent > STALE_MS) this.#set("stale");
    else if (this.condition === "reconnecting" && now >= this.retryAt) this.#connect();
    if (this.#send && up && Math.floor(now / 1000) % 15 === 0) this.#send({ type: "ping" });
  }

  /** @param {Condition} condition */
  #set(condition) {
    if (condition === "live") this.downSince = 0;
    else if (this.downSince === 0) this.downSince = Date.now();
    if (this.condition === condition) return;
    this.condition = condition;
    this.options.onCondition();
  }
}
