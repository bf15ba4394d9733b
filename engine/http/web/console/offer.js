// The offer bar: one chat held out to this agent, with what is known of its customer. It pulses for five seconds, then
// stands still; it never takes the focus, and only the server decides when it is over.

/** @import { OfferView, ScreenPop, Match } from "../types.js" */

import { html, nothing } from "../vendor/lit.js";
import { currentOffer } from "../state/reducer.js";
import { icon, shape } from "../shared/icons.js";
import { plural } from "../shared/text.js";
import { clock, secondsLeft, since, until } from "../shared/time.js";
import { acceptOffer, rejectOffer } from "./actions.js";
import { app, ui } from "./app.js";

/** How long the bar pulses: five seconds at 1 Hz stay under both limits of WCAG (2.2.2, 2.3.1). */
const PULSE_MS = 5000;

export function offerBar() {
  const offer = currentOffer(app.state);
  // The region is always there, so that the way to it and its place in the order stay the same.
  return html`<section class="offer-place" id="offer" data-region="offer" aria-label="Offer" tabindex="-1">${offer ? bar(offer) : nothing}</section>`;
}

/** @param {OfferView} offer */
function bar(offer) {
  const left = until(offer.expires_at);
  const whole = Date.parse(offer.expires_at) - Date.parse(offer.presented_at);
  const pulses = since(offer.presented_at) < PULSE_MS;
  const why = offer.reject_reason || "not permitted";
  // The CRM may answer after the offer was made: what popped last is true.
  const pop = app.state.chats[offer.chat_id]?.view.screen_pop ?? offer.screen_pop;
  return html`<div class="offer ${pulses ? "pulse" : ""}">
    <div class="offer-main">
      <p class="offer-title">${shape("offered")}<strong>Chat offer</strong> <span class="queue">${offer.queue_title}</span>
        <bdi class="name">${offer.name || "No name"}</bdi> ${known(pop)}
        <span class="muted" aria-live="off">waiting ${clock(since(offer.requested_at))}</span></p>
      ${offer.question ? html`<p class="question" dir="auto">“${offer.question}”</p>` : nothing}
      ${preview(pop)}
    </div>
    <div class="offer-side">
      <span class="left" aria-live="off">${secondsLeft(left)} s left</span>
      <div class="row">
        <button type="button" class="primary accept" aria-keyshortcuts="Alt+A" ?disabled=${ui.offer.busy} @click=${acceptOffer}>${icon("check")}Accept <kbd>Alt A</kbd></button>
        <button type="button" class="reject" aria-keyshortcuts="Alt+X" ?disabled=${!offer.can_reject || ui.offer.busy}
          aria-describedby=${offer.can_reject ? nothing : "why-no-reject"} @click=${rejectOffer}>Reject <kbd>Alt X</kbd></button>
      </div>
      ${offer.can_reject ? nothing : html`<span id="why-no-reject" class="muted small">Reject: ${why}</span>`}
    </div>
    <progress aria-hidden="true" max=${Math.max(1, whole)} .value=${Math.max(0, left)}></progress>
  </div>`;
}

/** A word or two beside the name. @param {ScreenPop} pop */
function known(pop) {
  const match = pop.matches?.[0];
  if (pop.kind === "pending") return html`<span class="tag">looking up…</span>`;
  if (pop.kind === "list") return html`<span class="tag">${plural(pop.matches?.length ?? 0, "possible record")}</span>`;
  if (!match) return html`<span class="tag">${pop.why ? "record unknown" : "new customer"}</span>`;
  return html`${match.customer.vip ? html`<span class="tag vip">VIP</span>` : nothing}
    <span class="tag">known${match.customer.since ? ` since ${match.customer.since.slice(0, 4)}` : ""}</span>
    ${match.open_cases ? html`<span class="tag">${plural(match.open_cases, "open case")}</span>` : nothing}`;
}

/** What pops, short enough to be read before accepting. @param {ScreenPop} pop */
function preview(pop) {
  const matches = pop.matches ?? [];
  switch (pop.kind) {
    case "record":
    case "case": return matches[0] ? html`<p class="preview">${facts(matches[0])}</p>` : nothing;
    case "list": return html`<ul class="preview">${matches.slice(0, 4).map((match) => html`<li>${facts(match)}</li>`)}${matches.length > 4 ? html`<li>and ${matches.length - 4} more</li>` : nothing}</ul>`;
    case "blank": {
      const given = Object.entries(pop.fields ?? {}).map(([field, value]) => `${field}: ${value}`).join(" · ");
      return html`<p class="preview">${pop.why ? html`No record: ${pop.why}. ` : "No record found. "}<span class="muted">${given}</span></p>`;
    }
    case "url": return html`<p class="preview"><a href=${/^https?:/.test(pop.url ?? "") ? pop.url : nothing} target="_blank" rel="noopener noreferrer">Open the record</a></p>`;
    default: return pop.why ? html`<p class="preview">${icon("warn")} No record: ${pop.why}</p>` : nothing;
  }
}

/** @param {Match} match */
function facts({ customer, case: found }) {
  const parts = [customer.name, customer.company, customer.account && `account ${customer.account}`, customer.email, customer.fields?.plan];
  const text = parts.filter(Boolean).join(" · ");
  return html`<bdi>${text}</bdi>${found ? html` <span class="tag">${found.number} ${found.status}</span> <bdi>${found.subject}</bdi>` : nothing}`;
}
