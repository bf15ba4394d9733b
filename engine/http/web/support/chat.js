// The chat as its customer sees it: the place in the queue, the lines, the composer, and the end.

/** @import { Guest, Message, Moment } from "../types.js" */

import { html, live, nothing } from "../vendor/lit.js";
import { icon, shape } from "../shared/icons.js";
import { focusOn } from "../shared/page.js";
import { countCharacters, ordinal } from "../shared/text.js";
import { timeOfDay } from "../shared/time.js";
import { lines, transcript, unsent } from "../shared/transcript.js";
import { isOver } from "../state/guest.js";
import { app, download, endChat, limit, send, setDraft, startAnew, tellTyping, ui } from "./app.js";
import { counter, problem } from "./home.js";

export function chat() {
  const guest = app.state.guest;
  if (!guest) return nothing;
  const over = isOver(guest);
  return html`<main class="sheet chat" id="main">
    <div class="chat-head">
      <div class="grow"><h1>${guest.agent && guest.state !== "waiting" ? html`<bdi>${guest.agent}</bdi>` : guest.queue}</h1>
        <p class="muted">${guest.agent && guest.state !== "waiting" ? guest.queue : over ? "" : "Waiting for somebody"}</p></div>
      ${over ? nothing : ending()}
    </div>
    ${connection()} ${place(guest)} ${problem()}
    <div class="transcript" tabindex="0" role="group" aria-label="Transcript">
      <div class="asked"><span class="muted">Your question</span><p dir="auto">${guest.form.question}</p></div>
      <div role="log" aria-label="Chat"><ol>
        ${transcript(lines(guest.messages, /** @type {Moment[]} */ (guest.lines)), look(guest))}
        ${unsent(app.outbox?.of(guest.id) ?? [], doing)}
      </ol></div>
      <p class="typing" aria-live="polite">${guest.typing && !over ? html`<bdi>${guest.agent || "Somebody"}</bdi> is typing <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>` : nothing}</p>
    </div>
    ${over ? ended(guest) : composer(guest)}
  </main>`;
}

/** @param {Guest} guest */
function look(guest) {
  return {
    side: /** @type {const} */ ("customer"),
    author: (/** @type {Message} */ message) => (message.from === "customer" ? "You" : message.kind === "greeting" ? "Support" : guest.agent || "Agent"),
    theirs: guest.agent_receipt,
    told: (/** @type {any} */ line) => words(line.what, line.detail),
  };
}

/** @param {string} what @param {string} detail */
function words(what, detail) {
  if (what === "connected") return detail ? `${detail} is with you now` : "Somebody is with you now";
  if (what === "transferred") return "You are being handed to a colleague";
  if (what === "requeued") return "Your agent lost the connection. You are first in line for the next one";
  return "";
}

const doing = {
  retry: (/** @type {string} */ id) => app.outbox?.retry(id),
  copy: (/** @type {string} */ text) => { navigator.clipboard.writeText(text).catch(() => setDraft(text)); },
  discard: (/** @type {string} */ id) => app.outbox?.discard(id),
};

function connection() {
  const stream = app.stream;
  const down = stream && stream.downSince > 0 && stream.condition !== "idle" && Date.now() - stream.downSince > 3000;
  if (!down) return nothing;
  return html`<p class="lost" role="status">${icon("warn")}Connection lost. What you write is kept and sent when it is back. <button type="button" class="link" @click=${() => stream.retryNow()}>Try now</button></p>`;
}

/** @param {Guest} guest */
function place(guest) {
  if (guest.state !== "waiting" && guest.state !== "offered") return nothing;
  const text = guest.position ? `You are ${ordinal(guest.position)}` : "You are in the queue";
  return html`<div class="place" role="status">${shape("offered")}<div><b>${text}</b><p class="muted">You can write already: whoever comes will read it.</p></div></div>`;
}

function ending() {
  if (!ui.ending) return html`<button type="button" class="end" @click=${() => { app.show({ ending: true }); focusOn(".sure"); }}>End chat</button>`;
  return html`<span class="row" role="group" aria-label="End this chat?"><button type="button" class="danger sure" @click=${endChat}>End chat</button>
    <button type="button" @click=${() => app.show({ ending: false })}>Go on</button></span>`;
}

/** @param {Guest} guest */
function composer(guest) {
  const over = countCharacters(ui.draft) > limit();
  /** @param {KeyboardEvent} event */
  const keys = (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  return html`<form class="composer" @submit=${(/** @type {Event} */ event) => { event.preventDefault(); send(); }}>
    <label class="hidden" for="write">Message to ${guest.agent || "support"}</label>
    <textarea id="write" rows="2" dir="auto" placeholder="Write here" aria-invalid=${over} aria-describedby="count too-long" .value=${live(ui.draft)} @keydown=${keys}
      @input=${(/** @type {InputEvent} */ event) => { setDraft(/** @type {HTMLTextAreaElement} */ (event.currentTarget).value); if (ui.draft) tellTyping(); }}></textarea>
    <div class="under"><span class="error small" id="too-long">${over ? `At most ${limit()} characters in one message: please shorten it or send it in two.` : ""}</span>${counter(ui.draft, "count")}
      <button class="primary" ?disabled=${over || !ui.draft.trim()}>${icon("send")}Send</button></div>
  </form>`;
}

/** @param {Guest} guest */
function ended(guest) {
  const by = guest.ended_by === "agent" ? `${guest.agent || "The agent"} ended the chat` : guest.ended_by === "customer" ? "You ended the chat" : guest.state === "abandoned" ? "You left before somebody came" : "The chat has ended";
  const last = guest.messages.at(-1)?.at ?? guest.requested_at;
  return html`<section class="ended" aria-label="The chat is over">
    <h2>${by}</h2><p class="muted">Last message ${timeOfDay(last)}</p>
    ${ui.draft.trim() ? html`<div class="handed-back"><p class="muted">You were still writing this. It was not sent:</p><p class="pre" dir="auto" tabindex="0">${ui.draft}</p>
      <button type="button" @click=${() => doing.copy(ui.draft)}>Copy</button></div>` : nothing}
    <div class="row"><span>Transcript</span>
      ${/** @type {const} */ (["txt", "html", "json"]).map((format) => html`<button type="button" @click=${() => download(format)}>${icon("download")}${format}</button>`)}</div>
    <button type="button" class="primary big" @click=${startAnew}>Start a new chat</button>
  </section>`;
}
