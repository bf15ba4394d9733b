// The dialog that asks which customer it is: a search by name, e-mail, phone or account, or a new record.

/** @import { Customer, Match } from "../types.js" */

import { createRef, html, live, nothing, ref } from "../vendor/lit.js";
import { explain } from "../net/api.js";
import { debounce, focusOn } from "../shared/page.js";
import { plural } from "../shared/text.js";
import { linkCustomer } from "./actions.js";
import { app, ui } from "./app.js";
import { pickedForLog, saveLog } from "./log.js";
import { createCustomer, FIELDS } from "./record.js";

const searching = debounce(150);
let saveAfter = false;
/** @type {Element | null} */
let before = null;

/** @param {string} chat @param {"link" | "log"} purpose @param {boolean} [save] whether the log is saved once somebody is picked */
export function openPick(chat, purpose, save = false) {
  before = document.activeElement;
  saveAfter = save;
  const form = app.state.chats[chat]?.view.form;
  const query = form?.email ?? form?.account ?? form?.name ?? "";
  app.show({ popover: "", pick: { chat, purpose, query, hits: [], at: 0, busy: true, creating: false, problem: "" } });
  search();
  focusOn(".pick input");
}

export function closePick() {
  app.show({ pick: null });
  if (before instanceof HTMLElement) before.focus();
}

function search() {
  const pick = ui.pick;
  if (!pick) return;
  pick.busy = true;
  searching.later("pick", async () => {
    const query = pick.query.trim();
    try {
      const hits = query ? (await app.api.get(`/v1/customers?q=${encodeURIComponent(query)}`)).data : [];
      if (pick.query.trim() === query) Object.assign(pick, { hits, at: 0, busy: false, problem: "" });
    } catch (error) {
      Object.assign(pick, { hits: [], busy: false, problem: explain(error) });
    }
    app.redraw();
  });
}

/** @param {Customer} customer */
async function choose(customer) {
  const pick = ui.pick;
  if (!pick) return;
  closePick();
  if (pick.purpose === "link") return void linkCustomer(pick.chat, customer);
  pickedForLog(pick.chat, customer);
  if (saveAfter) await saveLog(pick.chat);
}

const dialog = createRef();

/** A modal dialog must be told so after it is in the page. */
export function settlePick() {
  const element = dialog.value;
  if (element instanceof HTMLDialogElement && !element.open) element.showModal();
}

export function pickDialog() {
  const pick = ui.pick;
  if (!pick) return nothing;
  return html`<dialog class="pick" aria-labelledby="pick-title" ${ref(dialog)} @cancel=${(/** @type {Event} */ event) => { event.preventDefault(); closePick(); }}>
    <h2 id="pick-title">${pick.creating ? "New customer" : "Pick a customer"}</h2>
    ${saveAfter && !pick.creating ? html`<p class="muted">A log belongs to a customer. Whose is it?</p>` : nothing}
    ${pick.problem ? html`<p class="alert" role="alert">${pick.problem}</p>` : nothing}
    ${pick.creating ? newForm() : results()}
  </dialog>`;
}

function results() {
  const pick = /** @type {import("./app.js").Picking} */ (ui.pick);
  return html`
    <label>Name, e-mail, phone or account <input type="search" role="combobox" aria-expanded="true" aria-controls="pick-hits" aria-activedescendant=${pick.hits[pick.at] ? `pick-${pick.at}` : nothing}
      autocomplete="off" .value=${live(pick.query)} @keydown=${keys} @input=${(/** @type {InputEvent} */ event) => { pick.query = /** @type {HTMLInputElement} */ (event.currentTarget).value; search(); app.redraw(); }}></label>
    <ul id="pick-hits" role="listbox" aria-label="Customers">${pick.hits.map((match, index) => html`<li id="pick-${index}" role="option" aria-selected=${index === pick.at} @click=${() => choose(match.customer)}>${hit(match)}</li>`)}</ul>
    <p class="muted small" role="status">${pick.busy ? "Searching…" : pick.hits.length === 0 ? "Nobody found." : plural(pick.hits.length, "customer")}</p>
    <div class="actions"><button type="button" @click=${() => { pick.creating = true; app.redraw(); focusOn(".pick input"); }}>Create new customer</button><span class="space"></span><button type="button" class="ghost" @click=${closePick}>Cancel</button></div>`;
}

/** @param {Match} match */
function hit({ customer, open_cases: open }) {
  const more = [customer.email, customer.phone, customer.account && `account ${customer.account}`, customer.company].filter(Boolean).join(" · ");
  return html`<b><bdi>${customer.name}</bdi></b>${customer.vip ? html` <span class="tag vip">VIP</span>` : nothing}${open ? html` <span class="tag">${plural(open, "open case")}</span>` : nothing}<span class="muted"><bdi>${more}</bdi></span>`;
}

/** @param {KeyboardEvent} event */
function keys(event) {
  const pick = ui.pick;
  if (!pick) return;
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step !== 0 && pick.hits.length > 0) pick.at = (pick.at + step + pick.hits.length) % pick.hits.length;
  else if (event.key === "Enter" && pick.hits[pick.at]) choose(pick.hits[pick.at].customer);
  // A search field would take Escape for itself, to be emptied.
  else if (event.key === "Escape") closePick();
  else return;
  event.preventDefault();
  app.redraw();
}

function newForm() {
  const pick = /** @type {import("./app.js").Picking} */ (ui.pick);
  const form = app.state.chats[pick.chat]?.view.form;
  /** @type {Record<string, string | undefined>} */
  const known = { name: form?.name, email: form?.email, phone: form?.phone, account: form?.account };
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    const values = Object.fromEntries([...new FormData(/** @type {HTMLFormElement} */ (event.currentTarget))].map(([name, value]) => [name, String(value)]));
    try {
      await choose(await createCustomer(values));
    } catch (error) {
      pick.problem = explain(error);
      app.redraw();
    }
  };
  return html`<form @submit=${submit}>
    ${FIELDS.map(([field, word, type]) => html`<label>${word} <input name=${field} type=${type} ?required=${field === "name"} autocomplete="off" value=${known[field] ?? ""}></label>`)}
    <div class="actions"><button type="button" class="ghost" @click=${() => { pick.creating = false; app.redraw(); focusOn(".pick input"); }}>${"Back to the search"}</button><span class="space"></span><button class="primary">Create</button></div>
  </form>`;
}
