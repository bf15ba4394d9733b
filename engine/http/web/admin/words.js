// Numbers and states of scripts and plugins in words. It draws small things and knows nothing of the page.

/** @import { ScriptView } from "../types.js" */

import { html } from "../vendor/lit.js";
import { shape } from "../shared/icons.js";

/** `12 µs`, `3.4 ms`, `1.2 s`; a dash for nothing yet. @param {number} us */
export function took(us) {
  if (!us) return "–";
  if (us < 1000) return `${round(us)} µs`;
  return us < 1_000_000 ? `${round(us / 1000)} ms` : `${round(us / 1_000_000)} s`;
}

/** @param {number} value */
export function round(value) {
  return value < 10 ? String(Math.round(value * 10) / 10) : String(Math.round(value));
}

/** @type {Record<ScriptView["state"], [string, string]>} */
const STATES = {
  on: ["available", "Answers"],
  off: ["on_break", "Set aside"],
  set_aside: ["missed", "Failed too often"],
  not_asked: ["work_offline", "Not asked"],
};

/** @param {ScriptView["state"]} state */
export function scriptState(state) {
  const [sign, word] = STATES[state] ?? STATES.not_asked;
  return html`<span class="with-shape">${shape(sign)}${word}</span>`;
}

/** @type {Record<string, string>} */
const PLUGIN_SHAPES = { serving: "available", failing: "offered", half_open: "offered", starting: "busy", restarting: "offered", open: "missed", refused: "missed", unloaded: "on_break", stopped: "logged_out" };

/** @param {string} state */
export function pluginState(state) {
  const word = state === "open" ? "resting after failures" : state.replaceAll("_", " ");
  return html`<span class="with-shape">${shape(PLUGIN_SHAPES[state] ?? "work_offline")}${word}</span>`;
}

/** The beginning of a hash, as much as tells it from others. @param {string | undefined} hash */
export function short(hash) {
  return hash ? hash.slice(0, 12) : "–";
}
