// The small part of Markdown that articles use, as Lit templates: headings, lists, paragraphs, code, bold, italics and
// links. Whatever else is there stays text. Nothing here ever makes markup from a string.

import { html } from "../vendor/lit.js";

const INLINE = /\*\*(.+?)\*\*|\*(.+?)\*|_(.+?)_|`(.+?)`|\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/g;

/** @param {string} text @returns {unknown} */
function inline(text) {
  const parts = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    parts.push(text.slice(from, match.index));
    const [, bold, star, underscore, code, label, address] = match;
    if (bold !== undefined) parts.push(html`<strong>${inline(bold)}</strong>`);
    else if (star !== undefined || underscore !== undefined) parts.push(html`<em>${inline(star ?? underscore)}</em>`);
    else if (code !== undefined) parts.push(html`<code>${code}</code>`);
    else parts.push(html`<a href=${address} target="_blank" rel="nofollow noopener noreferrer">${label}</a>`);
    from = match.index + match[0].length;
  }
  return [...parts, text.slice(from)];
}

/** @typedef {{kind: string, lines: string[]}} Block */

/** @param {string} line */
function kindOf(line) {
  if (/^#{1,6}\s/.test(line)) return "heading";
  if (/^\s*[-*]\s/.test(line)) return "bullets";
  if (/^\s*\d+[.)]\s/.test(line)) return "numbers";
  if (/^>\s?/.test(line)) return "quote";
  return line.trim() === "" ? "blank" : "text";
}

/** @param {string} source @returns {Block[]} */
function blocksOf(source) {
  /** @type {Block[]} */
  const blocks = [];
  let fenced = false;
  for (const line of source.replace(/\r\n?/g, "\n").split("\n")) {
    const last = blocks.at(-1);
    if (/^```/.test(line)) {
      fenced = !fenced;
      blocks.push({ kind: fenced ? "code" : "blank", lines: [] });
    } else if (fenced && last) {
      last.lines.push(line);
    } else {
      const kind = kindOf(line);
      const continues = kind === "text" && last && ["bullets", "numbers", "quote"].includes(last.kind);
      if (continues) last.lines.push(`${last.lines.pop() ?? ""} ${line.trim()}`);
      else if (last && last.kind === kind && kind !== "heading") last.lines.push(line);
      else blocks.push({ kind, lines: [line] });
    }
  }
  return blocks.filter((block) => block.kind !== "blank");
}

/**
 * @param {Block} block
 * @param {2 | 3} level
 * @returns {unknown}
 */
function template({ kind, lines }, level) {
  const items = () => lines.map((line) => html`<li>${inline(line.replace(/^\s*([-*]|\d+[.)])\s+/, ""))}</li>`);
  switch (kind) {
    case "heading": {
      const words = inline(lines[0].replace(/^#+\s+/, ""));
      return level === 2 ? html`<h2>${words}</h2>` : html`<h3>${words}</h3>`;
    }
    case "bullets": return html`<ul>${items()}</ul>`;
    case "numbers": return html`<ol>${items()}</ol>`;
    case "quote": return html`<blockquote>${inline(lines.map((line) => line.replace(/^>\s?/, "")).join(" "))}</blockquote>`;
    case "code": return html`<pre><code>${lines.join("\n")}</code></pre>`;
    default: return html`<p>${inline(lines.join(" "))}</p>`;
  }
}

/**
 * @param {string} source
 * @param {2 | 3} level of its headings: one below the article's own title
 */
export function markdown(source, level) {
  return blocksOf(source).map((block) => template(block, level));
}

/** An article as a chat can carry it: the words without their marks. @param {string} source */
export function plainText(source) {
  return source
    .replace(/^#{1,6}\s+/gm, "")
    .replace(/\*\*(.+?)\*\*/g, "$1")
    .replace(/(^|\W)[*_](\S.*?\S|\S)[*_](?=\W|$)/gm, "$1$2")
    .replace(/`(.+?)`/g, "$1")
    .replace(/\[([^\]]+)\]\((https?:\/\/[^\s)]+)\)/g, "$1 ($2)")
    .replace(/^\s*[-*]\s+/gm, "• ")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
