// Help before any chat: is somebody there, a search in the articles, one article, and the form that asks for a chat.

import { html, live, nothing } from "../vendor/lit.js";
import { icon, shape } from "../shared/icons.js";
import { markdown } from "../shared/markdown.js";
import { store } from "../shared/page.js";
import { countCharacters } from "../shared/text.js";
import { app, limit, ui } from "./app.js";
import { feedback, openArticle, openForm, search, startChat } from "./asking.js";

/** From how many characters on the counter is shown. */
export const COUNTER_FROM = 0.8;

export function home() {
  const open = ui.widget?.open;
  return html`<main class="sheet" id="main">
    <h1>${ui.widget?.title || "How can we help?"}</h1>
    <p class="availability">${open ? html`${shape("available")}Open now` : html`${shape("work_offline")}${ui.widget ? "Nobody is here at the moment. You can ask, and wait for your turn." : "Looking whether somebody is here…"}`}</p>
    ${problem()}
    ${ui.widget?.faq === false ? nothing : html`
      <label class="search">Search our help
        <input type="search" id="search" autocomplete="off" placeholder="For example: invoice, password, slow internet" .value=${live(ui.query)} @input=${(/** @type {InputEvent} */ event) => search(value(event))}></label>
      <ul class="hits" aria-label="Articles">${ui.hits.map((hit) => html`<li><button type="button" @click=${() => openArticle(hit.id)}><b dir="auto">${hit.title}</b><span dir="auto">${hit.snippet}</span></button></li>`)}</ul>
      <p class="muted" role="status">${ui.searching ? "Searching…" : ui.query && ui.hits.length === 0 ? "No article fits. Ask us instead." : ""}</p>`}
    <button type="button" class="primary big" id="start" @click=${openForm}>${icon("chat")}Start a chat</button>
  </main>`;
}

export function problem() {
  return ui.problem ? html`<p class="alert" role="alert">${ui.problem}</p>` : nothing;
}

/** @param {Event} event */
const value = (event) => /** @type {HTMLInputElement} */ (event.currentTarget).value;

export function article() {
  const shown = ui.article;
  if (!shown) return home();
  return html`<main class="sheet" id="main">
    ${back()}
    <article class="article" lang=${shown.language ?? nothing}><h1 tabindex="-1" dir="auto">${shown.title}</h1><div dir="auto">${markdown(shown.body, 2)}</div></article>
    <section class="helped" aria-label="Did this help?">
      ${ui.helped === null ? html`<p>Did this help?</p><div class="row"><button type="button" @click=${() => feedback(true)}>Yes</button><button type="button" @click=${() => { feedback(false); openForm(); }}>No, start a chat</button></div>`
        : html`<p role="status">${ui.helped ? "Good. Thank you for telling us." : "Sorry to hear that."}</p>`}
    </section>
  </main>`;
}

function back() {
  return html`<button type="button" class="ghost back-button" @click=${() => history.back()}>${icon("back")}Back</button>`;
}

/** @type {{name: string, word: string, type: string, complete: string, must?: boolean, hint?: string}[]} */
const FIELDS = [
  { name: "name", word: "Name", type: "text", complete: "name", must: true },
  { name: "email", word: "E-mail", type: "email", complete: "email" },
  { name: "account", word: "Account number", type: "text", complete: "off", hint: "as on your invoice" },
  { name: "case", word: "Case number", type: "text", complete: "off", hint: "if you have one" },
];

export function form() {
  const queues = ui.widget?.queues ?? [];
  return html`<main class="sheet" id="main">
    ${back()}
    <h1>Start a chat</h1>
    ${problem()}
    <form class="prechat" novalidate @submit=${(/** @type {Event} */ event) => { event.preventDefault(); startChat(); }}>
      ${FIELDS.map(field)}
      ${queues.length > 1 ? topic(queues) : nothing}
      ${question()}
      <button class="primary big" ?disabled=${ui.starting}>${ui.starting ? "One moment…" : "Start the chat"}</button>
      <p class="muted small">Fields with * are needed.</p>
    </form>
  </main>`;
}

/** @param {string} name */
const typed = (name) => (/** @type {Event} */ event) => {
  ui.form[name] = value(event);
  store("hark.form", ui.form);
  if (ui.errors[name]) delete ui.errors[name];
  app.redraw();
};

/** @param {string} name */
function fault(name) {
  return html`<span class="error small" id="fault-${name}">${ui.errors[name] ?? ""}</span>`;
}

/** @param {typeof FIELDS[number]} options */
function field({ name, word, type, complete, must, hint }) {
  return html`<div class="field"><label>${word}${must ? " *" : nothing}${hint ? html` <span class="muted">${hint}</span>` : nothing}
    <input name=${name} type=${type} maxlength="200" autocomplete=${complete} ?required=${must} aria-invalid=${Boolean(ui.errors[name])} aria-describedby="fault-${name}"
      .value=${live(ui.form[name] ?? "")} @input=${typed(name)}></label>${fault(name)}</div>`;
}

/** @param {{queue: string, title: string}[]} queues */
function topic(queues) {
  const chosen = ui.form.queue ?? "";
  return html`<div class="field"><label>Topic *
    <select name="queue" required aria-invalid=${Boolean(ui.errors.queue)} aria-describedby="fault-queue" @change=${typed("queue")}>
      <option value="" ?selected=${!chosen}>Please choose</option>
      ${queues.map(({ queue, title }) => html`<option value=${queue} ?selected=${queue === chosen}>${title}</option>`)}
    </select></label>${fault("queue")}</div>`;
}

function question() {
  const text = ui.form.question ?? "";
  return html`<div class="field"><label>Your question *
    <textarea name="question" rows="4" required dir="auto" aria-invalid=${Boolean(ui.errors.question)} aria-describedby="fault-question count-question" .value=${live(text)} @input=${typed("question")}></textarea></label>
    <div class="under">${fault("question")}${counter(text, "count-question")}</div></div>`;
}

/** Shown when it matters; told at 100, 20 and 0 left. @param {string} text @param {string} id */
export function counter(text, id) {
  const length = countCharacters(text);
  const left = limit() - length;
  const told = left === 100 || left === 20 || left === 0 ? `${left} characters left` : left < 0 ? `${-left} characters too many` : "";
  return html`<span class="counter ${left < 0 ? "error" : "muted"}" id=${id}>${length >= limit() * COUNTER_FROM ? `${length}/${limit()}` : ""}</span><span class="hidden" role="status">${told}</span>`;
}
