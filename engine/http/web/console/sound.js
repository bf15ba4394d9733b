// The desk's sounds, made of a few tones by Web Audio: nothing to load, nothing to decode. Browsers let a page sound only
// after somebody has clicked; until then the chip in the top bar is red.

import { store, stored } from "../shared/page.js";

/** @typedef {{frequency: number, at: number, length: number}} Tone */

/** @type {Record<"offer" | "message" | "warning" | "lost", Tone[]>} */
const SOUNDS = {
  offer: [{ frequency: 659, at: 0, length: 0.16 }, { frequency: 880, at: 0.18, length: 0.16 }, { frequency: 1319, at: 0.36, length: 0.3 }],
  message: [{ frequency: 784, at: 0, length: 0.09 }, { frequency: 1047, at: 0.09, length: 0.14 }],
  warning: [{ frequency: 330, at: 0, length: 0.25 }, { frequency: 330, at: 0.35, length: 0.25 }],
  lost: [{ frequency: 523, at: 0, length: 0.18 }, { frequency: 392, at: 0.2, length: 0.18 }, { frequency: 262, at: 0.4, length: 0.35 }],
};

/** @type {AudioContext | null} */
let context = null;
/** @type {GainNode | null} */
let output = null;

/** @returns {"on" | "muted" | "blocked"} */
export function soundState() {
  if (stored("hark.muted", false)) return "muted";
  return context?.state === "running" ? "on" : "blocked";
}

/** Must run inside what a person did. @param {() => void} [changed] */
export function unlockSound(changed = () => {}) {
  resumeSound(changed);
  if ("Notification" in window && Notification.permission === "default") Notification.requestPermission().then(changed, () => {});
}

/** Must run inside what a person did. @param {() => void} [changed] */
export function resumeSound(changed = () => {}) {
  try {
    context ??= new AudioContext();
    context.onstatechange = changed;
    output ??= makeOutput(context);
    context.resume().then(changed, changed);
  } catch {
    // No audio device: the chip stays red and says so.
  }
}

/** @param {AudioContext} context */
function makeOutput(context) {
  const gain = context.createGain();
  gain.gain.value = 0.22;
  gain.connect(context.destination);
  return gain;
}

/** @param {boolean} muted */
export function mute(muted) {
  store("hark.muted", muted || null);
}

/** @param {keyof typeof SOUNDS} name */
export function play(name) {
  if (soundState() !== "on" || !context || !output) return;
  const start = context.currentTime + 0.02;
  for (const tone of SOUNDS[name]) {
    const oscillator = context.createOscillator();
    const envelope = context.createGain();
    oscillator.type = "triangle";
    oscillator.frequency.value = tone.frequency;
    // A soft edge on both ends: a bare tone would click.
    envelope.gain.setValueAtTime(0, start + tone.at);
    envelope.gain.linearRampToValueAtTime(1, start + tone.at + 0.015);
    envelope.gain.exponentialRampToValueAtTime(0.001, start + tone.at + tone.length);
    oscillator.connect(envelope).connect(output);
    oscillator.start(start + tone.at);
    oscillator.stop(start + tone.at + tone.length + 0.02);
  }
}
