// The panel beside the conversation: who the customer is, their cases, the FAQ, the chat log, and what came before.

import { html, nothing } from "../vendor/lit.js";
import { icon } from "../shared/icons.js";
import { focusOn, store } from "../shared/page.js";
import { dateAndTime } from "../shared/time.js";
import { app, currentChat, ui } from "./app.js";
import { faqShelf } from "./faq.js";
import { late } from "./late.js";
import { customerTab } from "./record.js";

/** @type {[typeof ui.tab, string][]} */
const TABS = [["customer", "Customer"], ["case", "Case"], ["faq", "FAQ"], ["log", "Log"], ["history", "History"]];

/** @param {typeof ui.tab} tab */
export function showTab(tab) {
  app.show({ tab, drawer: true, contextWide: true, pane: window.innerWidth < 768 ? "customer" : ui.pane });
  focusOn(`#tab-${tab}`);
}

export function context() {
  return html`<section class="context ${ui.drawer ? "open" : ""} ${ui.pane === "customer" ? "seen" : ""}" id="context" data-region="context" tabindex="-1" aria-label="Customer and case">
    <div class="tabs"><div role="tablist" aria-label="Context" @keydown=${tabKeys}>
      ${TABS.map(([tab, word]) => html`<button type="button" role="tab" id="tab-${tab}" aria-selected=${ui.tab === tab} aria-controls="panel" tabindex=${ui.tab === tab ? 0 : -1}
        @click=${() => app.show({ tab })}>${word}</button>`)}</div>
      <span class="space"></span>
      <button type="button" class="ghost square close-drawer" aria-label="Close this panel" @click=${() => app.show({ drawer: false, pane: "chat" })}>${icon("close")}</button>
    </div>
    <div class="panel" id="panel" role="tabpanel" aria-labelledby="tab-${ui.tab}" tabindex="0">${panel()}</div>
  </section>`;
}

/** @param {KeyboardEvent} event */
function tabKeys(event) {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const turn = document.dir === "rtl" ? -step : step;
  const at = TABS.findIndex(([tab]) => tab === ui.tab);
  showTab(TABS[(at + turn + TABS.length) % TABS.length][0]);
}

function panel() {
  if (ui.tab === "faq") return faqShelf();
  const chat = currentChat();
  if (!ui.current) return html`<p class="muted">Open a chat to see who it is with.</p>`;
  if (ui.tab === "log") return late((part) => part.logTab(ui.current));
  if (!chat) return html`<p class="muted">Loading…</p>`;
  if (ui.tab === "customer") return customerTab(chat);
  if (ui.tab === "case") return late((part) => part.casesTab(chat));
  return historyTab();
}

/** Earlier chats with the same customer, as far as their logs are on this desk. */
function historyTab() {
  const chat = currentChat();
  const name = chat?.view.customer?.name ?? chat?.view.name;
  const logs = Object.values(app.state.logs).filter((log) => log.summary.chat_id !== ui.current && log.summary.customer === name);
  return html`<h2>Earlier chats</h2>
    ${logs.length === 0 ? html`<p class="muted">None on your desk with ${name || "this customer"}.</p>` : nothing}
    <ul class="rows">${logs.map(({ summary }) => html`<li><button type="button" @click=${() => { app.show({ current: summary.chat_id, tab: "log" }); }}>
      <b dir="auto">${summary.subject}</b><span class="muted">${dateAndTime(summary.ended_at)} · ${summary.status}</span></button></li>`)}</ul>`;
}

/** Remembers whether the panel is wanted on wide screens. */
export function toggleContext() {
  store("hark.context", !ui.contextWide);
  app.show({ contextWide: !ui.contextWide });
}
