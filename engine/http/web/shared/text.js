// Small things about text, the same on all pages as on the server.

import { html } from "../vendor/lit.js";

/** Unicode scalar values after NFC: what the server counts. @param {string} text */
export function countCharacters(text) {
  return [...text.normalize("NFC")].length;
}

const ordinals = new Intl.PluralRules("en", { type: "ordinal" });
/** @type {Record<string, string>} */
const SUFFIX = { one: "st", two: "nd", few: "rd", other: "th" };

/** 1st, 2nd, 3rd. @param {number} n */
export function ordinal(n) {
  return `${n}${SUFFIX[ordinals.select(n)]}`;
}

/** @param {number} n @param {string} one @param {string} [many] */
export function plural(n, one, many = `${one}s`) {
  return `${n} ${n === 1 ? one : many}`;
}

const LINK = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;

/**
 * Text with its addresses as links; never markup.
 * @param {string} text
 */
export function linked(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    parts.push(text.slice(from, match.index));
    parts.push(html`<a href=${match[0]} target="_blank" rel="nofollow noopener noreferrer">${match[0]}</a>`);
    from = match.index + match[0].length;
  }
  if (from === 0) return text;
  return [...parts, text.slice(from)];
}

/** A stable number from 0 to 7, for the colour of a queue. @param {string} name */
export function hue(name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 997;
  return sum % 8;
}

/** The last characters of an id: enough to read it out. @param {string} id */
export function shortId(id) {
  return `chat ${id.slice(-6)}`;
}

/** @param {string} name */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  const first = [...(words[0] ?? "")][0] ?? "?";
  const last = words.length > 1 ? ([...words[words.length - 1]][0] ?? "") : "";
  return (first + last).toLocaleUpperCase();
}
