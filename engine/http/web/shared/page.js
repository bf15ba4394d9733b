// What every page has: drawing at most once per frame, and ways to find things and to move the focus.

import { render } from "../vendor/lit.js";

/**
 * Draws the template whenever asked, at most once per frame. A hidden page gets no frames, so it is drawn at once there.
 * @param {HTMLElement} root
 * @param {() => unknown} template
 * @param {() => void} [after]
 */
export function drawing(root, template, after = () => {}) {
  let asked = false;
  const draw = () => {
    asked = false;
    render(template(), root);
    after();
  };
  return () => {
    if (asked) return;
    asked = true;
    if (document.visibilityState === "hidden") queueMicrotask(draw);
    else requestAnimationFrame(draw);
  };
}

/** After the next drawing. @param {() => void} work */
export function afterDraw(work) {
  requestAnimationFrame(() => requestAnimationFrame(work));
}

/** @param {string} selector */
export function focusOn(selector) {
  afterDraw(() => {
    const target = document.querySelector(selector);
    if (target instanceof HTMLElement) target.focus();
  });
}

/** @param {string} key @param {unknown} [otherwise] @returns {any} */
export function stored(key, otherwise = null) {
  try {
    const text = localStorage.getItem(key);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/** @param {string} key @param {unknown} value */
export function store(key, value) {
  if (value === null || value === undefined) localStorage.removeItem(key);
  else localStorage.setItem(key, JSON.stringify(value));
}

/** The theme that the person chose, or the system's. @param {string} [theme] */
export function useTheme(theme) {
  const chosen = theme ?? stored("hark.theme", "system");
  if (theme) store("hark.theme", theme);
  if (chosen === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  return chosen;
}

/** Runs the work when nothing has asked again for a while. @param {number} ms */
export function debounce(ms) {
  /** @type {Map<string, {timer: number, work: () => void}>} */
  const waiting = new Map();
  /** @param {string} key @param {() => void} work */
  const later = (key, work) => {
    const before = waiting.get(key);
    if (before) clearTimeout(before.timer);
    const timer = window.setTimeout(() => { waiting.delete(key); work(); }, ms);
    waiting.set(key, { timer, work });
  };
  /** @param {string} [key] */
  const flush = (key) => {
    for (const [name, { timer, work }] of waiting) {
      if (key !== undefined && name !== key) continue;
      clearTimeout(timer);
      waiting.delete(name);
      work();
    }
  };
  /** @param {string} key */
  const cancel = (key) => {
    clearTimeout(waiting.get(key)?.timer);
    waiting.delete(key);
  };
  return { later, flush, cancel };
}
