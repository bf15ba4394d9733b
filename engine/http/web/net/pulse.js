// One tick per second for the whole page, also while it is hidden.

/** Trusted Types want to know where scripts come from; ours come from beside this file. */
const scripts = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("hark-worker", {
  createScriptURL: (/** @type {string} */ url) => {
    if (new URL(url).origin !== location.origin) throw new TypeError("workers come from our own origin");
    return url;
  },
}) ?? { createScriptURL: (/** @type {string} */ url) => url };

/** @type {Set<() => void>} */
const listeners = new Set();
let started = false;

/** @param {() => void} listener */
export function everySecond(listener) {
  listeners.add(listener);
  if (!started) start();
  return () => listeners.delete(listener);
}

function start() {
  started = true;
  const tell = () => listeners.forEach((listener) => listener());
  try {
    const worker = new Worker(scripts.createScriptURL(new URL("./pulse.worker.js", import.meta.url).href));
    worker.onmessage = tell;
  } catch {
    setInterval(tell, 1000);
  }
}
