// The chat log: read it, or edit it and save it as its next version. What is typed is kept as a draft by itself; a save
// that comes too late shows both versions and lets the person choose.

/** @import { Chat, LogBody, LogView, Customer } from "../types.js" */
/** @import { OpenLog } from "./app.js" */

import { html, live, nothing } from "../vendor/lit.js";
import { explain } from "../net/api.js";
import { icon } from "../shared/icons.js";
import { debounce, focusOn } from "../shared/page.js";
import { clock, dateAndTime } from "../shared/time.js";
import { logVersion } from "../state/logs.js";
import { isStale, setDisposition } from "./actions.js";
import { app, ui } from "./app.js";
import { casesOf } from "./cases.js";
import { codePicker, codeTitle, listTitle } from "./codes.js";
import { openPick } from "./pick.js";
import { facts } from "./record.js";

const DRAFT_MS = 2000;
const keeping = debounce(DRAFT_MS);

/** @param {string} chat @returns {OpenLog} */
function logOf(chat) {
  return (ui.logs[chat] ??= { view: null, etag: "", body: null, theirs: null, doing: "", problem: "", fresh: "none" });
}

/** @param {string} chat */
export function logTab(chat) {
  const log = logOf(chat);
  const fresh = logVersion(app.state, chat);
  const stage = app.state.chats[chat]?.stage;
  if (stage === "active") return codesBefore(app.state.chats[chat]);
  if (log.fresh !== fresh && log.doing !== "loading" && !log.body) readLog(chat, fresh);
  if (!log.view) return html`<p class="muted" role="status">${log.problem || "Loading the log…"}</p>`;
  return html`<section class="log" aria-label="Chat log">
    ${times(chat, log.view)}
    ${log.theirs ? conflict(chat, log) : nothing}
    ${log.problem ? html`<p class="alert" role="alert">${log.problem}</p>` : nothing}
    ${log.body ? editor(chat, log, log.body) : reader(chat, log, log.view)}
  </section>`;
}

/** While the chat runs there are its codes to choose; the rest of the log comes with its end. @param {Chat} chat */
function codesBefore(chat) {
  const wrap = (ui.wrapUps[chat.id] ??= { query: "", note: null, busy: false, problem: "" });
  return html`<section class="log" aria-label="Codes">
    ${codePicker({
      id: `a${chat.id}`, rules: chat.view.code_rules ?? [], chosen: chat.view.codes ?? [], query: wrap.query,
      onQuery: (query) => { wrap.query = query; app.redraw(); }, onChange: (codes) => setDisposition(chat, codes, chat.view.note ?? ""),
    })}
    <p class="muted">The log opens when the chat ends.</p></section>`;
}

/** @param {string} chat @param {string} fresh */
async function readLog(chat, fresh) {
  const log = logOf(chat);
  const first = log.view === null;
  const before = log.doing;
  Object.assign(log, { doing: "loading", fresh });
  try {
    const answer = await app.api.send("GET", `/v1/chat-logs/${chat}`);
    take(log, answer.data, answer.headers.get("etag"));
    log.problem = "";
    const mode = answer.data.mode;
    // A log that opens to be edited does so once; a draft goes on where it was left.
    if (first && answer.data.editable && (answer.data.draft || (mode === "edit" && answer.data.status === "open"))) startEditing(chat);
  } catch (error) {
    log.problem = explain(error);
  }
  log.doing = before === "saved" ? "saved" : "";
  app.redraw();
}

/** @param {OpenLog} log @param {LogView} view @param {string | null} etag */
function take(log, view, etag) {
  log.view = view;
  log.etag = etag ?? `"v${view.version}"`;
}

/** @param {string} chat @param {LogView} view */
function times(chat, view) {
  const accepted = app.state.chats[chat]?.view.accepted_at;
  const wait = accepted ? Date.parse(accepted) - Date.parse(view.started_at) : 0;
  const length = Date.parse(view.ended_at) - Date.parse(accepted ?? view.started_at);
  const filed = view.filing.state === "filed" ? `in the CRM as a note of ${view.filing.case}` : view.filing.state === "failed" ? `not in the CRM: ${view.filing.why}`
    : view.filing.state === "pending" ? "on its way to the CRM" : "";
  return html`<p class="log-times">Requested ${dateAndTime(view.started_at)} · ${accepted ? `waited ${clock(wait)} · ` : ""}lasted ${clock(length)} · <span class="tag">${view.status}${view.version > 1 ? ` v${view.version}` : ""}</span>
    ${filed ? html`<br><span class=${view.filing.state === "failed" ? "error" : "muted"}>${filed}</span>` : nothing}</p>`;
}

/** @param {string} chat @param {OpenLog} log @param {LogView} view */
function reader(chat, log, view) {
  const { body } = view;
  return html`
    <h2 dir="auto">${body.subject || "No subject"}</h2>
    ${facts([["Customer", body.customer_name ?? view.customer], ["Case", body.case_id]])}
    ${body.codes.length > 0 ? html`<ul class="code-tags">${body.codes.map((code) => html`<li class="tag">${listTitle(code.list)}: ${codeTitle(code)}</li>`)}</ul>` : html`<p class="muted">No codes.</p>`}
    <p class="pre" dir="auto">${body.notes || "No notes."}</p>
    <div class="actions"><button type="button" class="edit" ?disabled=${!view.editable} title=${view.editable ? nothing : "It can no longer be changed"} @click=${() => { startEditing(chat); focusOn(".log input"); }}>${icon("pencil")}Edit</button>
      ${log.doing === "saved" ? html`<span class="muted" role="status">Saved.</span>` : nothing}</div>`;
}

/** @param {string} chat */
function startEditing(chat) {
  const log = logOf(chat);
  if (!log.view) return;
  log.body = structuredClone(log.view.draft?.body ?? log.view.body);
  app.redraw();
}

/** @param {string} chat @param {OpenLog} log @param {LogBody} body */
function editor(chat, log, body) {
  /** @param {"subject" | "notes"} field */
  const typed = (field) => (/** @type {InputEvent} */ event) => {
    body[field] = /** @type {HTMLInputElement} */ (event.currentTarget).value;
    changed(chat);
  };
  const rules = log.view?.code_rules ?? [];
  const wrap = (ui.wrapUps[`log ${chat}`] ??= { query: "", note: null, busy: false, problem: "" });
  return html`<form @submit=${(/** @type {Event} */ event) => { event.preventDefault(); saveLog(chat); }}>
    <label>Subject <input name="subject" dir="auto" required maxlength="200" .value=${live(body.subject)} @input=${typed("subject")}></label>
    <div class="who-is-it"><span>Customer: ${body.customer_name ? html`<b><bdi>${body.customer_name}</bdi></b>` : html`<span class="warn">none picked</span>`}</span>
      <button type="button" @click=${() => openPick(chat, "log")}>${icon("search")}Pick a customer</button></div>
    <label>Notes <textarea name="notes" dir="auto" rows="6" .value=${live(body.notes)} @input=${typed("notes")}></textarea></label>
    ${caseChoice(chat, body)}
    ${app.state.chats[chat]?.stage === "ended" ? html`<p class="muted small">Codes are those chosen in post-processing.</p>` : codePicker({
      id: `l${chat}`, rules, chosen: body.codes, query: wrap.query,
      onQuery: (query) => { wrap.query = query; app.redraw(); }, onChange: (codes) => { body.codes = codes; changed(chat); },
    })}
    <div class="actions">
      <button type="button" class="ghost discard" @click=${() => discardLog(chat)}>Discard</button>
      <span class="space"></span>
      <span class="muted small" role="status">${log.doing === "draft" ? "Draft kept" : ""}</span>
      <button type="button" @click=${() => flushLog(chat, true)}>Save draft</button>
      <button class="primary" ?disabled=${log.doing === "saving"}>Save</button>
    </div></form>`;
}

/** The cases of the picked customer, to file the log with. @param {string} chat @param {LogBody} body */
function caseChoice(chat, body) {
  if (!body.customer_id) return nothing;
  const cases = casesOf(body.customer_id);
  const choose = (/** @type {Event} */ event) => {
    body.case_id = /** @type {HTMLSelectElement} */ (event.currentTarget).value || undefined;
    changed(chat);
  };
  return html`<label>Case <select name="case" @change=${choose}><option value="" ?selected=${!body.case_id}>as the CRM chooses</option>
    ${cases.map((one) => html`<option value=${one.id} ?selected=${one.id === body.case_id}>${one.number} ${one.subject}</option>`)}</select></label>`;
}

/** @param {string} chat */
function changed(chat) {
  logOf(chat).doing = "";
  keeping.later(chat, () => keepDraft(chat));
  app.redraw();
}

/** @param {string} chat */
async function keepDraft(chat) {
  const log = logOf(chat);
  if (!log.body) return;
  try {
    await app.api.put(`/v1/chat-logs/${chat}/draft`, log.body);
    Object.assign(log, { doing: "draft", problem: "" });
  } catch (error) {
    log.problem = `The draft is on this page only: ${explain(error)}`;
  }
  app.redraw();
}

/** Keeps what is typed now. @param {string} chat @param {boolean} [asked] */
export async function flushLog(chat, asked = false) {
  const log = ui.logs[chat];
  if (!log?.body) return;
  const same = JSON.stringify(log.body) === JSON.stringify(log.view?.draft?.body ?? log.view?.body);
  keeping.cancel(chat);
  if (asked || !same) await keepDraft(chat);
}

/** @param {string} chat */
async function discardLog(chat) {
  const log = logOf(chat);
  keeping.cancel(chat);
  await app.api.delete(`/v1/chat-logs/${chat}/draft`).catch(() => {});
  Object.assign(log, { body: null, theirs: null, problem: "", doing: "" });
  if (log.view) delete log.view.draft;
  app.redraw();
}

/** A log belongs to a customer: saving asks for one when none is picked. @param {string} chat */
export async function saveLog(chat) {
  const log = logOf(chat);
  if (!log.body || log.doing === "saving") return;
  if (!log.body.customer_id) return openPick(chat, "log", true);
  const live = app.state.chats[chat];
  if (live?.stage === "ended") log.body.codes = live.view.codes ?? log.body.codes;
  keeping.cancel(chat);
  Object.assign(log, { doing: "saving", problem: "" });
  app.redraw();
  try {
    const answer = await app.api.send("PUT", `/v1/chat-logs/${chat}`, { body: log.body, headers: { "if-match": log.etag } });
    take(log, answer.data, answer.headers.get("etag"));
    Object.assign(log, { body: null, theirs: null, doing: "saved" });
    focusOn(".log .edit");
  } catch (error) {
    log.doing = "";
    if (isStale(error)) await readTheirs(chat);
    else log.problem = explain(error);
  }
  app.redraw();
}

/** @param {string} chat */
async function readTheirs(chat) {
  const log = logOf(chat);
  try {
    const answer = await app.api.send("GET", `/v1/chat-logs/${chat}`);
    log.theirs = answer.data;
    log.etag = answer.headers.get("etag") ?? `"v${answer.data.version}"`;
  } catch (error) {
    log.problem = explain(error);
  }
}

/** @param {string} chat @param {OpenLog} log */
function conflict(chat, log) {
  const theirs = /** @type {LogView} */ (log.theirs);
  return html`<div class="conflict" role="alert"><p><b>Somebody saved this log while you were writing</b> (version ${theirs.version}).</p>
    <div class="versions"><div><h3>Yours</h3><p dir="auto"><b>${log.body?.subject}</b></p><p class="pre" dir="auto">${log.body?.notes}</p></div>
      <div><h3>Theirs</h3><p dir="auto"><b>${theirs.body.subject}</b></p><p class="pre" dir="auto">${theirs.body.notes}</p></div></div>
    <div class="actions"><button type="button" @click=${() => { Object.assign(log, { view: theirs, body: structuredClone(theirs.body), theirs: null }); app.redraw(); }}>Take theirs</button>
      <button type="button" class="primary" @click=${() => { log.theirs = null; saveLog(chat); }}>Save mine over it</button></div></div>`;
}

/** The dialog has an answer. @param {string} chat @param {Customer} customer */
export function pickedForLog(chat, customer) {
  const log = logOf(chat);
  if (!log.body) startEditing(chat);
  if (!log.body) return;
  log.body.customer_id = customer.id;
  log.body.customer_name = customer.name;
  changed(chat);
}
