// The Customer tab: the record that popped, a list to choose from, a blank form for a new customer, or why there is none.

/** @import { Chat, Customer, Match } from "../types.js" */

import { html, live, nothing } from "../vendor/lit.js";
import { explain } from "../net/api.js";
import { icon } from "../shared/icons.js";
import { plural } from "../shared/text.js";
import { linkCustomer } from "./actions.js";
import { app, ui } from "./app.js";
import { withRest } from "./late.js";

/** @param {Chat} chat */
export function customerTab(chat) {
  const linked = chat.view.customer;
  const pop = chat.view.screen_pop;
  return html`
    ${linked ? record(linked, chat) : pop ? popped(chat) : nothing}
    ${given(chat)}`;
}

/** @param {Customer} customer @param {Chat} chat */
function record(customer, chat) {
  const open = chat.view.screen_pop?.matches?.find((match) => match.customer.id === customer.id)?.open_cases ?? 0;
  return html`<section class="record" aria-label="Customer">
    <div class="record-head"><h2><bdi>${customer.name}</bdi></h2>${customer.vip ? html`<span class="tag vip">VIP</span>` : nothing}
      <span class="space"></span><button type="button" @click=${() => withRest((part) => part.openPick(chat.id, "link"))}>Pick another</button></div>
    ${facts([
      ["E-mail", customer.email], ["Phone", customer.phone], ["Account", customer.account], ["Company", customer.company],
      ["Language", customer.language], ["Customer since", customer.since], ...Object.entries(customer.fields ?? {}),
    ])}
    ${open ? html`<p><button type="button" class="link" @click=${() => app.show({ tab: "case" })}>${plural(open, "open case")}</button></p>` : nothing}
    ${customer.notes ? html`<div class="notes"><h3>Notes</h3><p dir="auto">${customer.notes}</p></div>` : nothing}
  </section>`;
}

/** @param {[string, string | undefined][]} rows */
export function facts(rows) {
  const known = rows.filter(([, value]) => value);
  if (known.length === 0) return nothing;
  return html`<dl class="facts">${known.map(([name, value]) => html`<div><dt>${name.charAt(0).toUpperCase() + name.slice(1)}</dt><dd dir="auto">${value}</dd></div>`)}</dl>`;
}

/** @param {Chat} chat */
function popped(chat) {
  const pop = /** @type {import("../types.js").ScreenPop} */ (chat.view.screen_pop);
  const matches = pop.matches ?? [];
  const why = pop.why ? html`<p class="alert" role="status">${icon("warn")} The customer's record could not be read: ${pop.why}</p>` : nothing;
  if (pop.kind === "pending") return html`<p class="muted" role="status">Looking for the customer's record…</p>`;
  if (pop.kind === "record" || pop.kind === "case") return matches[0] ? choice(chat, matches[0], true) : why;
  if (pop.kind === "list") {
    return html`<h2>${plural(matches.length, "possible record")}</h2><p class="muted">Choose who it is:</p>
      <ul class="matches">${matches.map((match) => html`<li>${choice(chat, match, false)}</li>`)}</ul>${pickButton(chat)}`;
  }
  if (pop.kind === "url") return html`<p><a href=${/^https?:/.test(pop.url ?? "") ? pop.url : nothing} target="_blank" rel="noopener noreferrer">${icon("link")}Open the record</a></p>${pickButton(chat)}`;
  return html`${why}${pop.kind === "blank" || pop.why ? blank(chat) : html`<p class="muted">No record.</p>`}${pickButton(chat)}`;
}

/** @param {Chat} chat */
function pickButton(chat) {
  return html`<p><button type="button" @click=${() => withRest((part) => part.openPick(chat.id, "link"))}>${icon("search")}Pick a customer</button></p>`;
}

/** @param {Chat} chat @param {Match} match @param {boolean} alone */
function choice(chat, match, alone) {
  const { customer, case: found } = match;
  return html`<section class="record ${alone ? "" : "small"}">
    <div class="record-head"><h2><bdi>${customer.name}</bdi></h2>${customer.vip ? html`<span class="tag vip">VIP</span>` : nothing}<span class="space"></span>
      <button type="button" @click=${() => linkCustomer(chat.id, customer, found?.id)}>${icon("link")}Link</button></div>
    ${facts([["E-mail", customer.email], ["Phone", customer.phone], ["Account", customer.account], ["Company", customer.company], ...(alone ? /** @type {[string, string][]} */ (Object.entries(customer.fields ?? {})) : [])])}
    ${found ? html`<p><span class="tag">${found.number}</span> ${found.subject} <span class="muted">${found.status}</span></p>` : nothing}
    <p class="muted small">found by ${match.by}${match.open_cases ? `, ${plural(match.open_cases, "open case")}` : ""}</p>
  </section>`;
}

/** @type {[string, string, string][]} */
export const FIELDS = [["name", "Name", "text"], ["email", "E-mail", "email"], ["phone", "Phone", "tel"], ["account", "Account", "text"], ["company", "Company", "text"]];

/** A form for a customer whom the CRM does not know, begun with what they told us. @param {Chat} chat */
function blank(chat) {
  const state = (ui.blanks[chat.id] ??= { values: { ...(chat.view.screen_pop?.fields ?? {}) }, busy: false, problem: "" });
  return html`<form class="record" @submit=${(/** @type {SubmitEvent} */ event) => create(chat, event)}>
    <h2>New customer</h2>
    ${state.problem ? html`<p class="alert" role="alert">${state.problem}</p>` : nothing}
    ${FIELDS.map(([field, word, type]) => html`<label>${word} <input name=${field} type=${type} ?required=${field === "name"} autocomplete="off" .value=${live(state.values[field] ?? "")}
      @input=${(/** @type {InputEvent} */ event) => { state.values[field] = /** @type {HTMLInputElement} */ (event.currentTarget).value; }}></label>`)}
    <button class="primary" ?disabled=${state.busy}>Create and link</button>
  </form>`;
}

/** @param {Chat} chat @param {SubmitEvent} event */
async function create(chat, event) {
  event.preventDefault();
  const state = ui.blanks[chat.id];
  Object.assign(state, { busy: true, problem: "" });
  app.redraw();
  try {
    const customer = await createCustomer(state.values);
    await linkCustomer(chat.id, customer);
  } catch (error) {
    state.problem = explain(error);
  }
  state.busy = false;
  app.redraw();
}

/** @param {Record<string, string>} values @returns {Promise<Customer>} */
export function createCustomer(values) {
  const given = Object.entries(values).filter(([, value]) => value.trim() !== "");
  return app.api.post("/v1/customers", Object.fromEntries(given));
}

/** What the customer filled in, whatever the CRM says. @param {Chat} chat */
function given(chat) {
  const form = chat.view.form;
  if (!form) return nothing;
  return html`<section class="given"><h3>From the form</h3>${facts([
    ["Name", form.name], ["E-mail", form.email], ["Phone", form.phone], ["Account", form.account], ["Case", form.case],
    ["Language", form.language], ["Article read", form.faq], ["Page", form.page],
  ])}</section>`;
}
