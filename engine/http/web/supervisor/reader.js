// One chat to read, from the side: nothing can be written here.

/** @import { Message, Moment } from "../types.js" */

import { createRef, html, nothing, ref } from "../vendor/lit.js";
import { explain } from "../net/api.js";
import { icon } from "../shared/icons.js";
import { lines, transcript } from "../shared/transcript.js";
import { afterDraw } from "../shared/page.js";
import { app, show, ui } from "./main.js";
import { askWhy, story } from "./why.js";

const dialog = createRef();

/** @param {string} chat */
export async function read(chat) {
  try {
    const view = await app.api.get(`/v1/chats/${chat}`);
    show({ reading: view, line: null, why: null, problem: "" });
    afterDraw(() => { if (dialog.value instanceof HTMLDialogElement && !dialog.value.open) dialog.value.showModal(); });
  } catch (error) {
    show({ problem: explain(error) });
  }
}

export function reader() {
  const chat = ui.reading;
  if (!chat) return nothing;
  const agent = app.state.wallboard?.agents.find((one) => one.id === chat.agent_id)?.name ?? "Agent";
  const waits = chat.state === "waiting" || chat.state === "offered";
  const look = {
    side: /** @type {const} */ ("agent"),
    author: (/** @type {Message} */ message) => (message.from === "customer" ? chat.name : message.kind === "greeting" ? "Desk" : agent),
    theirs: chat.customer_receipt,
    told: (/** @type {Moment} */ moment) => moment.what.replaceAll("_", " "),
  };
  return html`<dialog class="reader" aria-labelledby="reader-title" ${ref(dialog)} @cancel=${() => show({ reading: null, why: null })}>
    <header><h2 id="reader-title"><bdi>${chat.name}</bdi>${waits ? nothing : html` with <bdi>${agent}</bdi>`}</h2><span class="muted">${chat.queue_title}, ${chat.state}</span><span class="space"></span>
      <button type="button" @click=${() => read(chat.id)}>${ui.why ? "Transcript" : "Read again"}</button>
      <button type="button" aria-pressed=${ui.why !== null} @click=${() => askWhy(chat.id)}>${waits ? "Why does it wait?" : "Why this agent?"}</button>
      <button type="button" class="ghost square" aria-label="Close" @click=${() => show({ reading: null, why: null })}>${icon("close")}</button></header>
    ${ui.why ? story(ui.why) : html`<div class="transcript" tabindex="0" role="group" aria-label="Transcript">
      ${chat.question ? html`<p class="muted" dir="auto">“${chat.question}”</p>` : nothing}
      <ol>${transcript(lines(chat.transcript, chat.moments), look)}</ol></div>`}</dialog>`;
}
