// Before the chat: the search in the articles, the form, and asking for a chat, once however often it is pressed.

import { Problem, explain } from "../net/api.js";
import { debounce, focusOn, store, stored } from "../shared/page.js";
import { countCharacters } from "../shared/text.js";
import { learnClock } from "../shared/time.js";
import { app, follow, KEY, limit, ui } from "./app.js";

const searching = debounce(200);
/** @type {AbortController | null} */
let asked = null;

/** @param {string} query */
export function search(query) {
  Object.assign(ui, { query, searching: query !== "" });
  app.redraw();
  searching.later("faq", async () => {
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    const path = `/v1/widget/${encodeURIComponent(KEY)}/faq?q=${encodeURIComponent(query)}&limit=6`;
    try {
      ui.hits = (await app.api.get(path, { signal })).hits;
    } catch (error) {
      if (signal.aborted) return;
      ui.hits = [];
    }
    app.show({ searching: false });
  });
}

/** @param {string} id */
export async function openArticle(id) {
  try {
    const article = await app.api.get(`/v1/faq/${encodeURIComponent(id)}`);
    ui.form.faq = article.id;
    history.pushState({ article: id }, "");
    app.show({ article, helped: null, screen: "article", problem: "" });
    focusOn("h1");
  } catch (error) {
    app.show({ problem: explain(error) });
  }
}

/** @param {boolean} helpful */
export function feedback(helpful) {
  app.show({ helped: helpful });
  if (ui.article) app.api.post(`/v1/faq/${encodeURIComponent(ui.article.id)}/feedback`, { helpful }).catch(() => {});
}

export function openForm() {
  history.pushState({ form: true }, "");
  app.show({ screen: "form", errors: {}, problem: "" });
  focusOn(".prechat input, .prechat textarea");
}

/** @returns {Record<string, string>} */
function faults() {
  const { name = "", email = "", question = "", queue = "" } = ui.form;
  /** @type {Record<string, string>} */
  const found = {};
  if (!name.trim()) found.name = "Please tell us your name.";
  if (email.trim() && !/^\S+@\S+\.\S+$/.test(email.trim())) found.email = "This does not look like an e-mail address.";
  if ((ui.widget?.queues.length ?? 0) > 1 && !queue) found.queue = "Please choose a topic.";
  if (!question.trim()) found.question = "Please tell us what it is about.";
  else if (countCharacters(question) > limit()) found.question = `At most ${limit()} characters; these are ${countCharacters(question)}.`;
  return found;
}

/** Pressing twice, or two tabs, begins one chat: the same key and the same token say so. */
export async function startChat() {
  if (ui.starting) return;
  ui.errors = faults();
  const first = Object.keys(ui.errors)[0];
  if (first) {
    app.redraw();
    return focusOn(`.prechat [name="${first}"]`);
  }
  app.show({ starting: true, problem: "" });
  const key = stored("hark.start") ?? crypto.randomUUID();
  store("hark.start", key);
  /** @type {Record<string, string>} */
  const body = { language: navigator.language, page: location.href.slice(0, 2000) };
  for (const [field, value] of Object.entries(ui.form)) if (value.trim()) body[field] = field === "question" ? value : value.trim();
  try {
    const answer = await app.api.post(`/v1/widget/${encodeURIComponent(KEY)}/chats`, body, { key });
    began(answer);
  } catch (error) {
    refused(error);
  }
  app.show({ starting: false });
}

/** @param {{chat: any, token: string}} answer */
function began({ chat, token }) {
  app.api.token = token;
  store("hark.guest.token", token);
  store("hark.start", null);
  delete ui.form.faq;
  learnClock(chat.now);
  app.dispatch({ type: "guest.loaded", data: chat });
  app.show({ screen: "chat" });
  follow();
  focusOn("#write");
}

/** Everything typed stays. @param {unknown} error */
function refused(error) {
  ui.problem = explain(error);
  if (!(error instanceof Problem) || error.passing) return;
  // Another attempt is another request, which needs another key.
  store("hark.start", null);
  for (const { pointer = "", detail = "" } of error.errors) {
    const field = pointer.replace(/^\//, "");
    if (field) ui.errors[field] = detail;
  }
  const first = Object.keys(ui.errors)[0];
  if (first) focusOn(`.prechat [name="${first}"]`);
}
