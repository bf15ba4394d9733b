// The lines of a conversation: days, messages with their ticks, what happened in between, and unsent lines at the end.

/** @import { Message, Moment, Receipt, OutboxItem } from "../types.js" */

import { html, nothing, repeat } from "../vendor/lit.js";
import { linked } from "./text.js";
import { dayOf, sameDay, timeOfDay } from "./time.js";

/**
 * @typedef {object} Look
 * @property {"agent" | "customer"} side whose page it is
 * @property {(message: Message) => string} author
 * @property {Receipt} theirs how far the other side has got
 * @property {(moment: Moment) => string} [told] words for what happened; empty when it is not shown
 */

/** @typedef {{key: string, at: string, message?: Message, moment?: Moment}} Line */

/**
 * Messages by their numbers, and between them what happened, by its place or else by its time.
 * @param {Message[]} messages
 * @param {Moment[]} moments
 * @returns {Line[]}
 */
export function lines(messages, moments) {
  /** @type {Line[]} */
  const all = messages.map((message) => ({ key: `m${message.seq}`, at: message.at, message }));
  for (const moment of moments) {
    const before = (/** @type {Line} */ line) => line.message
      ? (moment.after_seq >= 0 ? line.message.seq <= moment.after_seq : line.at <= moment.at)
      : line.at <= moment.at;
    let place = all.length;
    while (place > 0 && !before(all[place - 1])) place -= 1;
    all.splice(place, 0, { key: `e${moment.at}${moment.what}`, at: moment.at, moment });
  }
  return all;
}

/**
 * @param {Line[]} all
 * @param {Look} look
 */
export function transcript(all, look) {
  const shown = all.filter((line) => line.message || (line.moment && look.told?.(line.moment)));
  return repeat(shown, (line) => line.key, (line, index) => {
    const before = shown[index - 1];
    const day = !before || !sameDay(before.at, line.at) ? html`<li class="day"><span>${dayOf(line.at)}</span></li>` : nothing;
    return html`${day}${line.message ? one(line.message, before?.message, look) : happened(/** @type {Moment} */ (line.moment), look)}`;
  });
}

/**
 * @param {Message} message
 * @param {Message | undefined} before
 * @param {Look} look
 */
function one(message, before, look) {
  const mine = message.from === look.side;
  const follows = before && before.from === message.from && before.kind === message.kind && before.agent_id === message.agent_id;
  return html`<li class="line ${mine ? "mine" : "theirs"} ${message.kind} ${follows ? "follows" : ""}">
    ${follows ? nothing : html`<span class="who"><bdi>${look.author(message)}</bdi>${message.kind === "note" ? html` <span class="tag">private note</span>` : nothing}</span>`}
    <div class="bubble" dir="auto">${linked(message.text)}</div>
    <span class="meta"><time datetime=${message.at}>${timeOfDay(message.at)}</time>${mine && message.kind !== "note" ? tick(message, look.theirs) : nothing}</span>
  </li>`;
}

/**
 * @param {Message} message
 * @param {Receipt} theirs
 */
function tick(message, theirs) {
  const [word, sign] = theirs.read >= message.seq ? ["Read", "✓✓"] : theirs.delivered >= message.seq ? ["Delivered", "✓✓"] : ["Sent", "✓"];
  return html` <span class="tick ${word.toLowerCase()}" role="img" aria-label=${word} title=${word}>${sign}</span>`;
}

/**
 * @param {Moment} moment
 * @param {Look} look
 */
function happened(moment, look) {
  return html`<li class="moment"><span>${look.told?.(moment)}</span> <time datetime=${moment.at}>${timeOfDay(moment.at)}</time></li>`;
}

/**
 * @param {OutboxItem[]} items
 * @param {{retry: (id: string) => void, copy: (text: string) => void, discard: (id: string) => void}} doing
 */
export function unsent(items, doing) {
  return repeat(items, (item) => item.client_id, (item) => html`
    <li class="line mine ${item.kind} ${item.state === "failed" ? "failed" : "pending"}">
      <div class="bubble" dir="auto">${item.text}</div>
      ${item.state !== "failed" ? html`<span class="meta">sending…</span>` : html`
        <span class="meta error">Not sent: ${item.why}
          <button type="button" class="link" @click=${() => doing.retry(item.client_id)}>Retry</button>
          <button type="button" class="link" @click=${() => doing.copy(item.text)}>Copy</button>
          <button type="button" class="link" @click=${() => doing.discard(item.client_id)}>Discard</button>
        </span>`}
    </li>`);
}
