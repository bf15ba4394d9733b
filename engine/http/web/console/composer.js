// Where an agent writes. It belongs to one chat: its text, its note switch and its search never follow to another one.

/** @import { Chat } from "../types.js" */

import { html, live, nothing } from "../vendor/lit.js";
import { icon } from "../shared/icons.js";
import { focusOn } from "../shared/page.js";
import { countCharacters } from "../shared/text.js";
import { endChat, sendDraft, tellTyping } from "./actions.js";
import { app, nameOf, ui } from "./app.js";
import { draftOf, setDraft, toggleNote } from "./drafts.js";
import { closeFaq, faqBox, faqKeys, searchFaq } from "./faq.js";
import { togglePopover } from "./topbar.js";
import { late } from "./late.js";

/** Enter does nothing right after a switch: the line was meant for the other customer. */
const SWITCH_GUARD_MS = 400;
const COUNTER_FROM = 0.8;

/** @param {Chat} chat */
export function composer(chat) {
  const draft = draftOf(chat.id);
  const limit = app.state.setup.limit;
  const length = countCharacters(draft.text);
  const over = length > limit;
  const name = nameOf(chat);
  return html`<form class="composer ${draft.note ? "note" : ""}" data-region="composer" @submit=${(/** @type {Event} */ event) => { event.preventDefault(); sendDraft(); }}>
    ${ui.faq.open ? faqBox(chat.id) : nothing}
    <div class="modes" role="group" aria-label="Kind of message">
      <button type="button" aria-pressed=${!draft.note} @click=${() => draft.note && toggleNote(chat.id)}>Reply</button>
      <button type="button" aria-pressed=${draft.note} aria-keyshortcuts="Alt+N" @click=${() => !draft.note && toggleNote(chat.id)}>Private note <kbd>Alt N</kbd></button>
      <span class="space"></span>
      <button type="button" class="ghost" aria-keyshortcuts="Alt+F" @click=${() => openFaq(chat.id)}>${icon("search")}FAQ <kbd>/</kbd></button>
    </div>
    <label class="hidden" for="write">${draft.note ? "Private note about" : "Message to"} ${name}</label>
    <textarea id="write" dir="auto" rows="3" aria-describedby="write-hint" aria-invalid=${over} .value=${live(draft.text)} data-chat=${chat.id}
      placeholder=${draft.note ? "A note that no customer ever sees" : "Write to the customer; / searches the FAQ"}
      @input=${(/** @type {InputEvent} */ event) => typed(chat.id, event)} @keydown=${(/** @type {KeyboardEvent} */ event) => keys(chat, event)}></textarea>
    <div class="actions">
      <span id="write-hint" class="muted small" aria-live="off">to <bdi>${name}</bdi>${length > limit * COUNTER_FROM
        ? html` · <span class=${over ? "error" : ""}>${length}/${limit}${over ? ": too long to send" : ""}</span>` : nothing}</span>
      <span class="space"></span>
      <div class="anchor up">
        <button type="button" data-popover="transfer" aria-haspopup="dialog" aria-expanded=${ui.popover === "transfer"} @click=${() => togglePopover("transfer", ".transfer button")}>${icon("swap")}Transfer</button>
        ${ui.popover === "transfer" ? late((part) => part.transferBox()) : nothing}
      </div>
      ${ending(chat)}
      <button class="primary" ?disabled=${over || !draft.text.trim()}>${icon(draft.note ? "pencil" : "send")}${draft.note ? "Save note" : "Send"}</button>
    </div>
  </form>`;
}

/** Ending asks in its own place: no dialog, and Enter alone never ends anything. @param {Chat} chat */
function ending(chat) {
  if (ui.ending !== chat.id) {
    return html`<button type="button" class="end" aria-keyshortcuts="Alt+E" @click=${() => askEnd(chat.id)}>End <kbd>Alt E</kbd></button>`;
  }
  return html`<span class="confirm" role="group" aria-label="End this chat?">
    <button type="button" class="danger sure" @click=${endChat}>End chat <kbd>Enter</kbd></button>
    <button type="button" @click=${() => { app.show({ ending: "" }); focusOn(".composer textarea"); }}>Keep</button></span>`;
}

/** @param {string} chat */
export function askEnd(chat) {
  app.show({ ending: chat });
  focusOn(".confirm .sure");
}

// Enter confirms also before the focus has got to the button; whoever turns to something else has changed their mind.
addEventListener("keydown", (event) => {
  const elsewhere = event.target instanceof Element && !event.target.closest(".confirm");
  if (!ui.ending || event.key !== "Enter" || !elsewhere || event.shiftKey || event.ctrlKey || event.altKey) return;
  event.preventDefault();
  event.stopPropagation();
  endChat();
}, true);
addEventListener("focusin", ({ target }) => {
  if (ui.ending && target instanceof Element && !target.closest(".confirm")) app.show({ ending: "" });
});

/** @param {string} chat */
export function openFaq(chat) {
  ui.faq = { open: true, query: "", hits: [], at: 0, busy: false };
  app.redraw();
  focusOn(".faq-box input");
  searchFaq(chat, "");
}

/** @param {string} chat @param {InputEvent} event */
function typed(chat, event) {
  const field = /** @type {HTMLTextAreaElement} */ (event.currentTarget);
  if (field.dataset.chat !== chat) return;
  setDraft(chat, field.value);
  ui.ending = "";
  if (field.value) tellTyping(chat);
  const slash = slashQuery(field);
  if (slash !== null) {
    if (!ui.faq.open) ui.faq = { open: true, query: "", hits: [], at: 0, busy: false };
    searchFaq(chat, slash);
  } else if (ui.faq.open) closeFaq();
  app.redraw();
}

/** What follows a `/` at the beginning of the line that the caret is in; null when there is none. @param {HTMLTextAreaElement} field */
export function slashQuery(field) {
  const before = field.value.slice(0, field.selectionStart);
  const line = before.slice(before.lastIndexOf("\n") + 1);
  return line.startsWith("/") ? line.slice(1) : null;
}

/** @param {Chat} chat @param {KeyboardEvent} event */
function keys(chat, event) {
  if (event.isComposing) return;
  if (ui.faq.open && faqKeys(event)) return;
  if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (performance.now() - ui.switchedAt < SWITCH_GUARD_MS) return;
  sendDraft();
}
