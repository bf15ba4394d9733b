// Post-processing, in the place of the composer: codes, a note, the time left by the server's deadline, and Done.

/** @import { Chat } from "../types.js" */

import { html, live, nothing } from "../vendor/lit.js";
import { icon, shape } from "../shared/icons.js";
import { debounce } from "../shared/page.js";
import { clock, secondsLeft, until } from "../shared/time.js";
import { draftOf } from "./drafts.js";
import { extendWrapUp, finishWrapUp, setDisposition } from "./actions.js";
import { app, ui } from "./app.js";
import { endedWords } from "./chats.js";
import { codePicker, listTitle, missingLists } from "./codes.js";
import { showTab } from "./context.js";
import { flushLog } from "./log.js";

const WARN_S = 20;
const noting = debounce(800);

/** @param {string} chat */
function wrapOf(chat) {
  return (ui.wrapUps[chat] ??= { query: "", note: null, busy: false, problem: "" });
}

/** @param {Chat} chat */
export function wrapUp(chat) {
  const wrap = wrapOf(chat.id);
  const { post_processing: post, code_rules: rules = [], codes = [], extends_left: extendsLeft = 0, ended_by: by = "" } = chat.view;
  const left = until(post?.until);
  const over = left < 0;
  const missing = missingLists(rules, codes);
  const unsent = draftOf(chat.id).text;
  return html`<section class="wrapup" data-region="composer" aria-label="Post-processing">
    <div class="wrap-head">
      ${shape("post_processing")}<strong>Post-processing</strong>
      <span class="timer ${over ? "over" : secondsLeft(left) <= WARN_S ? "short" : ""}" aria-live="off">${over ? "+" : ""}${clock(left)}</span>
      <span class="muted">${over && missing.length > 0 ? "time is over; held until the codes are there" : endedWords(by)}</span>
      <span class="space"></span>
      <button type="button" aria-keyshortcuts="Alt+Shift+W" ?disabled=${extendsLeft === 0} title=${extendsLeft === 0 ? "No extension left" : `${extendsLeft} left`} @click=${() => extendWrapUp(chat)}>Extend</button>
    </div>
    ${unsent ? html`<p class="handed-back">Not sent when the chat ended: <q dir="auto">${unsent}</q></p>` : nothing}
    ${codePicker({
      id: `w${chat.id}`, rules, chosen: codes, query: wrap.query,
      onQuery: (query) => { wrap.query = query; app.redraw(); },
      onChange: (next) => setDisposition(chat, next, wrap.note ?? chat.view.note ?? ""),
    })}
    <label>Note <input .value=${live(wrap.note ?? chat.view.note ?? "")} maxlength="20000"
      @input=${(/** @type {InputEvent} */ event) => typedNote(chat, /** @type {HTMLInputElement} */ (event.currentTarget).value)}></label>
    <div class="actions">
      <button type="button" class="ghost" aria-keyshortcuts="Alt+L" @click=${() => showTab("log")}>${icon("pencil")}Chat log</button>
      <span class="space"></span>
      ${missing.length > 0 ? html`<span id="why-not-done" class="error small">Choose from: ${missing.map(listTitle).join(", ")}</span>` : nothing}
      <button type="button" class="primary" aria-keyshortcuts="Alt+W" ?disabled=${missing.length > 0} aria-describedby=${missing.length > 0 ? "why-not-done" : nothing} @click=${() => done(chat)}>${icon("check")}Done <kbd>Alt W</kbd></button>
    </div>
  </section>`;
}

/** @param {Chat} chat @param {string} note */
function typedNote(chat, note) {
  wrapOf(chat.id).note = note;
  app.redraw();
  noting.later(chat.id, () => {
    const now = app.state.chats[chat.id];
    if (now) setDisposition(now, now.view.codes ?? [], note);
  });
}

/** What was typed last is kept first. @param {Chat} chat */
export async function done(chat) {
  const missing = missingLists(chat.view.code_rules ?? [], chat.view.codes ?? []);
  if (missing.length > 0) return;
  noting.flush(chat.id);
  await flushLog(chat.id);
  await finishWrapUp(app.state.chats[chat.id] ?? chat);
}
