// The Case tab: the customer's cases, the one that this chat belongs to, and a new one.

/** @import { Chat, Case } from "../types.js" */

import { html, nothing } from "../vendor/lit.js";
import { explain } from "../net/api.js";
import { icon } from "../shared/icons.js";
import { dateAndTime } from "../shared/time.js";
import { linkCustomer } from "./actions.js";
import { app, toast, ui } from "./app.js";

/** @param {Chat} chat */
export function casesTab(chat) {
  const customer = chat.view.customer;
  if (!customer) return html`<p class="muted">Link a customer first: their cases are shown here.</p><button type="button" @click=${() => app.show({ tab: "customer" })}>Go to Customer</button>`;
  const known = ui.cases[customer.id];
  if (!known) readCases(customer.id);
  return html`
    <h2>Cases of <bdi>${customer.name}</bdi></h2>
    ${known?.problem ? html`<p class="alert" role="alert">${known.problem}</p>` : nothing}
    ${known?.cases ? (known.cases.length > 0 ? html`<ul class="cases">${known.cases.map((one) => html`<li>${row(chat, one)}</li>`)}</ul>` : html`<p class="muted">No cases yet.</p>`) : html`<p class="muted">Loading…</p>`}
    <form class="new-case" @submit=${(/** @type {SubmitEvent} */ event) => createCase(chat, event)}>
      <label>New case <input name="subject" required maxlength="200" placeholder="What is it about?"></label><button>${icon("pencil")}Create</button></form>`;
}

/** @param {Chat} chat @param {Case} one */
function row(chat, one) {
  const linked = chat.view.case_id === one.id;
  return html`<details ?open=${linked}><summary><span class="tag">${one.number}</span> <span dir="auto">${one.subject}</span> <span class="muted">${one.status}</span></summary>
    ${(one.notes ?? []).map((note) => html`<p class="note-line"><span class="muted">${dateAndTime(note.at)} ${note.author}</span><br><span dir="auto">${note.text}</span></p>`)}
    ${linked ? html`<p class="linked">${icon("check")}This chat belongs to it</p>` : html`<button type="button" @click=${() => linkCustomer(chat.id, chat.view.customer ?? null, one.id)}>${icon("link")}Link this chat</button>`}
  </details>`;
}

/** The cases of a customer, as far as they have been read; asks for them the first time. @param {string} customer @returns {Case[]} */
export function casesOf(customer) {
  if (!ui.cases[customer]) readCases(customer);
  return ui.cases[customer]?.cases ?? [];
}

/** @param {string} customer */
async function readCases(customer) {
  ui.cases[customer] = { cases: null, problem: "" };
  try {
    ui.cases[customer].cases = (await app.api.get(`/v1/customers/${encodeURIComponent(customer)}/cases`)).data;
  } catch (error) {
    ui.cases[customer] = { cases: [], problem: explain(error) };
  }
  app.redraw();
}

/** @param {Chat} chat @param {SubmitEvent} event */
async function createCase(chat, event) {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.currentTarget);
  const customer = chat.view.customer;
  if (!customer) return;
  try {
    const made = await app.api.post("/v1/cases", { customer_id: customer.id, subject: new FormData(form).get("subject") });
    form.reset();
    await linkCustomer(chat.id, customer, made.id);
    await readCases(customer.id);
  } catch (error) {
    toast(explain(error), "error");
  }
}
