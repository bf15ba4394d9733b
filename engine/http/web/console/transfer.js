// Handing a chat to a queue or to a colleague. A refusal is shown where it was asked for, in the server's words.

import { html, nothing } from "../vendor/lit.js";
import { transferChat } from "./actions.js";
import { app, currentChat, ui } from "./app.js";

/** @type {{id: string, name: string, status: string}[] | null} */
let colleagues = null;
let askedAt = -Infinity;
/** For how long the list of colleagues is good enough. */
const FRESH_MS = 30_000;

/** Who else works at the moment, from the server. */
async function readColleagues() {
  askedAt = performance.now();
  try {
    const { data } = await app.api.get("/v1/agents");
    colleagues = data.filter((/** @type {any} */ agent) => agent.id !== app.state.me?.id && agent.status.status !== "logged_out")
      .map((/** @type {any} */ agent) => ({ id: agent.id, name: agent.name, status: agent.status.status }));
  } catch {
    colleagues = [];
  }
  app.redraw();
}

export function transferBox() {
  if (performance.now() - askedAt > FRESH_MS) readColleagues();
  const here = currentChat()?.view.queue;
  const queues = Object.entries(app.state.setup.queues);
  return html`<div class="popover transfer" role="dialog" aria-label="Transfer this chat">
    <h2>Transfer</h2>
    ${ui.transfer.problem ? html`<p class="alert" role="alert">${ui.transfer.problem}</p>` : nothing}
    <label>Note for whoever takes it <input .value=${ui.transfer.note} @input=${(/** @type {InputEvent} */ event) => { ui.transfer.note = /** @type {HTMLInputElement} */ (event.currentTarget).value; }}></label>
    <h3>To a queue</h3>
    <ul class="choices">${queues.map(([name, title]) => html`<li><button type="button" ?disabled=${ui.transfer.busy} @click=${() => transferChat({ to_queue: name })}>${title}${name === here ? html` <span class="muted">this one, to somebody else</span>` : nothing}</button></li>`)}</ul>
    ${colleagues && colleagues.length > 0 ? html`<h3>To a colleague</h3>
      <ul class="choices">${colleagues.map((agent) => html`<li><button type="button" ?disabled=${ui.transfer.busy} @click=${() => transferChat({ to_agent: agent.id })}><bdi>${agent.name}</bdi> <span class="muted">${agent.status.replaceAll("_", " ")}</span></button></li>`)}</ul>` : nothing}
  </div>`;
}
