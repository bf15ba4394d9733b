// Chords such as "Alt+A", matched by the key's place, because Option on a Mac types letters of its own.

/** @type {Record<string, string>} */
const CODES = {
  Up: "ArrowUp", Down: "ArrowDown", Left: "ArrowLeft", Right: "ArrowRight", Enter: "Enter", Esc: "Escape", "/": "Slash",
  F6: "F6",
};

/** @param {string} name */
function codeOf(name) {
  if (CODES[name]) return CODES[name];
  return /^[0-9]$/.test(name) ? `Digit${name}` : `Key${name.toUpperCase()}`;
}

/**
 * @param {KeyboardEvent} event
 * @param {string} chord
 */
export function matches(event, chord) {
  const parts = chord.split("+");
  const key = parts.pop() ?? "";
  // On a keyboard where `?` lies elsewhere it is still the character that was typed.
  if (key === "?") return event.key === "?" && !event.altKey && !event.ctrlKey && !event.metaKey;
  const wants = (/** @type {string} */ name) => parts.includes(name);
  const control = event.ctrlKey || event.metaKey;
  return event.code === codeOf(key) && event.altKey === wants("Alt") && control === wants("Ctrl") && event.shiftKey === wants("Shift");
}

/** Whether a printable key would be typed into something. @param {Event} event */
export function isTyping(event) {
  const target = event.composedPath()[0];
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
