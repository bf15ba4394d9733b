// The FAQ in the agent's hands: a search that opens at `/` in the composer, and the shelf in the context panel. An
// article is inserted as its words; the search's own text is replaced in one step that can be undone.

/** @import { FaqHit, Article } from "../types.js" */

import { html, live, nothing } from "../vendor/lit.js";
import { explain } from "../net/api.js";
import { icon } from "../shared/icons.js";
import { markdown, plainText } from "../shared/markdown.js";
import { afterDraw, debounce, focusOn } from "../shared/page.js";
import { sendDraft } from "./actions.js";
import { app, currentChat, toast, ui } from "./app.js";
import { draftOf, setDraft } from "./drafts.js";

const HITS = 8;
const typing = debounce(120);
/** @type {AbortController | null} */
let asked = null;

/** @param {string} query @param {AbortSignal} [signal] @returns {Promise<FaqHit[]>} */
async function find(query, signal) {
  const answer = await app.api.get(`/v1/faq?q=${encodeURIComponent(query)}&limit=${HITS}`, { signal });
  return answer.hits;
}

/** @param {string} chat @param {string} query */
export function searchFaq(chat, query) {
  ui.faq.query = query;
  ui.faq.busy = true;
  app.redraw();
  typing.later("box", async () => {
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    try {
      // Nothing typed yet: what the customer asked is the best guess.
      const about = query || app.state.chats[chat]?.view.question || "";
      const hits = await find(about, signal);
      Object.assign(ui.faq, { hits, at: 0, busy: false });
    } catch (error) {
      if (signal.aborted) return;
      Object.assign(ui.faq, { hits: [], busy: false });
      toast(explain(error), "error");
    }
    app.redraw();
  });
}

export function closeFaq() {
  typing.cancel("box");
  ui.faq = { open: false, query: "", hits: [], at: 0, busy: false };
  app.redraw();
}

/** @param {string} chat */
export function faqBox(chat) {
  const { hits, at, busy, query } = ui.faq;
  // Opened by a key, it has a field of its own; opened by `/`, the composer is the field.
  const own = !draftOf(chat).text.split("\n").some((line) => line.startsWith("/"));
  return html`<div class="faq-box" role="group" aria-label="FAQ search" tabindex="0">
    ${own ? html`<input type="search" aria-label="Search the FAQ" role="combobox" aria-expanded="true" aria-controls="faq-hits" aria-activedescendant=${hits[at] ? `faq-hit-${at}` : nothing}
      .value=${live(query)} @input=${(/** @type {InputEvent} */ event) => searchFaq(chat, /** @type {HTMLInputElement} */ (event.currentTarget).value)}
      @keydown=${(/** @type {KeyboardEvent} */ event) => faqKeys(event)}>` : nothing}
    <ul id="faq-hits" role="listbox" aria-label="Articles">
      ${hits.map((hit, index) => html`<li id="faq-hit-${index}" role="option" aria-selected=${index === at} @click=${() => insert(index, false)}>
        <b dir="auto">${hit.title}</b> <span class="muted">${hit.category ?? ""}</span><span class="snippet" dir="auto">${hit.snippet}</span></li>`)}
    </ul>
    ${hits.length === 0 ? html`<p class="muted small">${busy ? "Searching…" : "No article fits."}</p>` : nothing}
    <p class="hint"><kbd>↑</kbd><kbd>↓</kbd> choose <kbd>Enter</kbd> insert <kbd>Ctrl Enter</kbd> insert and send <kbd>Esc</kbd> close</p>
    <span class="hidden" role="status">${hits.length > 0 ? `${hits.length} articles, ${hits[at]?.title} chosen` : ""}</span>
  </div>`;
}

/** @param {KeyboardEvent} event @returns {boolean} whether the key was ours */
export function faqKeys(event) {
  const { hits, at } = ui.faq;
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step !== 0 && hits.length > 0) ui.faq.at = (at + step + hits.length) % hits.length;
  else if (event.key === "Enter" && hits.length > 0) insert(at, event.ctrlKey || event.metaKey);
  else if (event.key === "Escape") { closeFaq(); focusOn(".composer textarea"); }
  else return false;
  event.preventDefault();
  event.stopPropagation();
  app.redraw();
  return true;
}

/** @param {number} index @param {boolean} send */
async function insert(index, send) {
  const hit = ui.faq.hits[index];
  const chat = currentChat()?.id;
  if (!hit || !chat) return;
  try {
    const article = await app.api.get(`/v1/faq/${encodeURIComponent(hit.id)}`);
    if (currentChat()?.id !== chat) return;
    closeFaq();
    put(chat, plainText(article.body));
    if (send) sendDraft("faq");
  } catch (error) {
    toast(explain(error), "error");
  }
}

/** Replaces the search's text, or what is selected, as one step of the field's own undo. @param {string} chat @param {string} text */
function put(chat, text) {
  const field = document.querySelector(".composer textarea");
  if (!(field instanceof HTMLTextAreaElement) || field.dataset.chat !== chat) return;
  field.focus();
  const line = field.value.lastIndexOf("\n", field.selectionStart - 1) + 1;
  if (field.value[line] === "/") field.setSelectionRange(line, Math.max(field.selectionStart, field.selectionEnd));
  // The only way into the browser's undo history; where it is missing the text is set outright.
  if (!document.execCommand("insertText", false, text)) field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  setDraft(chat, field.value);
  app.redraw();
  afterDraw(() => field.focus());
}

export function faqShelf() {
  const { query, hits, article, busy, problem } = ui.shelf;
  const chat = currentChat();
  return html`<div class="shelf">
    <label>Search the FAQ <input type="search" id="shelf" .value=${live(query)} @input=${(/** @type {InputEvent} */ event) => searchShelf(/** @type {HTMLInputElement} */ (event.currentTarget).value)}></label>
    ${problem ? html`<p class="alert" role="alert">${problem}</p>` : nothing}
    ${article ? html`<article class="article"><button type="button" class="ghost" @click=${() => { ui.shelf.article = null; app.redraw(); }}>${icon("back")}All articles</button>
        <h2 dir="auto">${article.title}</h2><div dir="auto">${markdown(article.body, 3)}</div>
        <button type="button" ?disabled=${chat?.stage !== "active"} @click=${() => chat && put(chat.id, plainText(article.body))}>Insert into the message</button></article>`
      : html`<ul class="hits">${hits.map((hit) => html`<li><button type="button" @click=${() => openArticle(hit.id)}><b dir="auto">${hit.title}</b><span class="snippet" dir="auto">${hit.snippet}</span></button></li>`)}</ul>
        ${hits.length === 0 ? html`<p class="muted">${busy ? "Searching…" : query ? "No article fits." : "Type a word or two."}</p>` : nothing}`}
  </div>`;
}

/** @param {string} query */
function searchShelf(query) {
  Object.assign(ui.shelf, { query, busy: true, article: null });
  app.redraw();
  typing.later("shelf", async () => {
    try {
      Object.assign(ui.shelf, { hits: query ? await find(query) : [], busy: false, problem: "" });
    } catch (error) {
      Object.assign(ui.shelf, { busy: false, problem: explain(error) });
    }
    app.redraw();
  });
}

/** @param {string} id */
async function openArticle(id) {
  try {
    ui.shelf.article = /** @type {Article} */ (await app.api.get(`/v1/faq/${encodeURIComponent(id)}`));
    ui.shelf.problem = "";
  } catch (error) {
    ui.shelf.problem = explain(error);
  }
  app.redraw();
}
