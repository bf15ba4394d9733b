// Who waits in a queue, in the order in which they will be served: each can be read and explained.

/** @import { QueueView, ChatSummary } from "../types.js" */

import { createRef, html, nothing, ref } from "../vendor/lit.js";
import { explain } from "../net/api.js";
import { icon } from "../shared/icons.js";
import { afterDraw } from "../shared/page.js";
import { clock } from "../shared/time.js";
import { app, show, ui } from "./main.js";
import { read } from "./reader.js";

const dialog = createRef();

/** @param {QueueView} queue */
export async function readLine(queue) {
  try {
    const page = await app.api.get(`/v1/queues/${queue.id}/waiting`);
    show({ line: { title: queue.title, chats: page.data, more: page.has_more }, problem: "" });
    afterDraw(() => { if (dialog.value instanceof HTMLDialogElement && !dialog.value.open) dialog.value.showModal(); });
  } catch (error) {
    show({ problem: explain(error) });
  }
}

export function line() {
  if (!ui.line || ui.reading) return nothing;
  const { title, chats, more } = ui.line;
  const close = () => show({ line: null });
  return html`<dialog class="reader" aria-labelledby="line-title" ${ref(dialog)} @cancel=${close}>
    <header><h2 id="line-title">Waiting in <bdi>${title}</bdi></h2><span class="space"></span>
      <button type="button" class="ghost square" aria-label="Close" @click=${close}>${icon("close")}</button></header>
    ${chats.length > 0 ? html`<ol>${chats.map(one)}</ol>` : html`<p class="muted">Nobody waits any more.</p>`}
    ${more ? html`<p class="muted">These are the first in line; more wait behind them.</p>` : nothing}</dialog>`;
}

/** @param {ChatSummary} chat */
function one(chat) {
  const waited = clock(Math.max(0, Date.now() - Date.parse(chat.requested_at)));
  return html`<li><button type="button" class="link" @click=${() => read(chat.id)}>${icon("chat")}<bdi>${chat.name}</bdi></button>
    <span class="muted">priority ${chat.priority}, for ${waited}</span></li>`;
}
