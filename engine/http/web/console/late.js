// Loads the late part of the console: with the first offer or chat, or the first time that somebody asks for it. An
// empty desk opens without it.

import { app } from "./app.js";

const AGAIN_MS = 2000;

/** The late part, once it is there. @type {typeof import("./rest.js") | null} */
export let rest = null;
let asked = false;

export async function loadRest() {
  if (asked) return;
  asked = true;
  try {
    rest = await import("./rest.js");
  } catch {
    // The server is away; whoever draws next asks again.
    setTimeout(() => { asked = false; app.redraw(); }, AGAIN_MS);
  }
  app.redraw();
}

/**
 * Draws with the late part, and asks for it when it is not there yet.
 * @template T
 * @param {(part: typeof import("./rest.js")) => T} draw
 * @returns {T | ""}
 */
export function late(draw) {
  if (rest) return draw(rest);
  loadRest();
  return "";
}

/** Runs with the late part as soon as it is there. @param {(part: typeof import("./rest.js")) => void} work */
export async function withRest(work) {
  await loadRest();
  if (rest) work(rest);
}
