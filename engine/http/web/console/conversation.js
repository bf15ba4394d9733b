// The conversation on screen: its header, its lines, and below them the composer or the wrap-up.

/** @import { Chat, Moment, Message } from "../types.js" */

import { html, nothing } from "../vendor/lit.js";
import { icon } from "../shared/icons.js";
import { shortId } from "../shared/text.js";
import { clock, since } from "../shared/time.js";
import { lines, transcript, unsent } from "../shared/transcript.js";
import { acknowledge } from "./actions.js";
import { app, currentChat, nameOf, toast, ui } from "./app.js";
import { endedWords } from "./chats.js";
import { composer } from "./composer.js";
import { setDraft, draftOf } from "./drafts.js";
import { late } from "./late.js";

export function conversation() {
  const chat = currentChat();
  return html`<section class="conversation ${ui.pane === "chat" ? "seen" : ""}" id="conversation" data-region="conversation" tabindex="-1" aria-label="Conversation">
    ${chat ? withChat(chat) : html`<div class="blank"><h2>No chat is open</h2>${welcome()}</div>`}
  </section>`;
}

function welcome() {
  const available = app.state.status?.status === "available";
  return html`<p>${available ? "You are available. An offer appears at the top, with sound." : "Press Alt+S, then 1, to become available."}</p>
    <p class="muted">Press <kbd>?</kbd> for the keyboard shortcuts, <kbd>Ctrl K</kbd> for every command.</p>`;
}

/** @param {Chat} chat */
function withChat(chat) {
  return html`
    <header class="chat-head">
      <button type="button" class="ghost square back" aria-label="Back to the list" @click=${() => app.show({ pane: "chats" })}>${icon("back")}</button>
      <div class="grow">
        <h2><bdi>${nameOf(chat)}</bdi>${chat.view.customer?.vip ? html` <span class="tag vip">VIP</span>` : nothing}</h2>
        <p class="muted">${chat.view.queue_title ?? ""}<span class="sep">·</span>${shortId(chat.id)}<span class="sep">·</span><span aria-live="off">${clock(total(chat))} in all</span>
          ${chat.view.form?.language ? html`<span class="sep">·</span>${chat.view.form.language}` : nothing}
          ${chat.stage === "active" && chat.view.customer_connected === false ? html`<span class="sep">·</span><span class="warn">${icon("warn")}customer's page is away</span>` : nothing}</p>
      </div>
      <button type="button" class="ghost drawer-button" aria-expanded=${ui.drawer} @click=${() => app.show({ drawer: !ui.drawer, pane: "customer" })}>${icon("user")}Customer</button>
    </header>
    ${body(chat)}
    ${foot(chat)}`;
}

/** @param {Chat} chat */
function total(chat) {
  const from = Date.parse(chat.view.accepted_at ?? chat.view.requested_at ?? "");
  if (Number.isNaN(from)) return 0;
  return chat.view.ended_at ? Date.parse(chat.view.ended_at) - from : since(chat.view.accepted_at ?? chat.view.requested_at);
}

/** @param {Chat} chat */
function body(chat) {
  const name = nameOf(chat);
  const look = {
    side: /** @type {const} */ ("agent"),
    author: (/** @type {Message} */ message) => (message.from === "customer" ? name : message.kind === "greeting" || (message.kind === "note" && !message.agent_id) ? "Desk" : message.agent_id === app.state.me?.id || !message.agent_id ? (app.state.me?.name ?? "Agent") : "Colleague"),
    theirs: chat.customer_receipt,
    told: momentWords,
  };
  const question = chat.view.form?.question ?? chat.view.question;
  return html`<div class="transcript" tabindex="0" role="group" aria-label="Transcript">
    ${question ? html`<div class="asked"><span class="muted">Question of the form</span><p dir="auto">${question}</p></div>` : nothing}
    <div role="log" aria-label="Chat with ${name}" aria-busy=${!chat.loaded} aria-live=${chat.loaded ? "polite" : "off"}><ol>
      ${transcript(lines(chat.messages, chat.moments), look)}
      ${unsent(app.outbox?.of(chat.id) ?? [], unsentDoing(chat))}
    </ol></div>
    <p class="typing" aria-live="polite">${chat.typing ? html`<bdi>${name}</bdi> is typing <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>` : nothing}</p>
  </div>`;
}

/** @param {Chat} chat */
function unsentDoing(chat) {
  return {
    retry: (/** @type {string} */ id) => app.outbox?.retry(id),
    copy: async (/** @type {string} */ text) => {
      await navigator.clipboard.writeText(text).then(() => toast("Copied."), () => toast("The browser does not let us copy; select the text instead.", "error"));
    },
    discard: (/** @type {string} */ id) => {
      const item = app.outbox?.items.find((one) => one.client_id === id);
      // What was refused goes back to where it was typed, unless something else is there.
      if (item && chat.stage === "active" && !draftOf(chat.id).text) setDraft(chat.id, item.text);
      app.outbox?.discard(id);
    },
  };
}

/** @param {Moment} moment */
function momentWords(moment) {
  switch (moment.what) {
    case "requested": return "Chat requested";
    case "queued": return `Queued: ${moment.queue}`;
    case "missed": return `${moment.agent} did not take it`;
    case "accepted": return `${moment.agent} accepted`;
    case "transferred": return `${moment.from} transferred it to ${moment.to}`;
    case "requeued": return "Back in the queue";
    case "customer_disconnected": return "The customer's page went away";
    case "customer_returned": return "The customer's page is back";
    case "ended": return `Chat ${endedWords(moment.by ?? "")}`;
    default: return "";
  }
}

/** @param {Chat} chat */
function foot(chat) {
  if (chat.stage === "active") return composer(chat);
  if (chat.stage === "ended") return late((part) => part.wrapUp(chat));
  const asks = chat.view.ended_by && chat.view.ended_by !== "agent" && !ui.acknowledged.has(chat.id) && app.state.chats[chat.id]?.stage === "closed";
  const draft = draftOf(chat.id).text;
  return html`<div class="closed-bar">
    <p>${chat.stage === "gone" ? "This chat is not with you any more." : `Chat ${endedWords(chat.view.ended_by ?? "")}. It is closed.`}</p>
    ${draft ? html`<p class="handed-back">Your unsent text: <q dir="auto">${draft}</q></p>` : nothing}
    ${asks ? html`<button type="button" @click=${() => acknowledge(chat)}>${icon("check")}Acknowledge</button>` : nothing}
  </div>`;
}
