// The support page's one place for state, and what a customer can do.

/** @import { State, Envelope, Article, FaqHit, Form } from "../types.js" */

import { Api, Problem, explain } from "../net/api.js";
import { Outbox } from "../net/outbox.js";
import { Stream } from "../net/stream.js";
import { isOver } from "../state/guest.js";
import { emptyState, reduce } from "../state/reducer.js";
import { focusOn, store, stored } from "../shared/page.js";
import { countCharacters } from "../shared/text.js";
import { learnClock } from "../shared/time.js";
import { search } from "./asking.js";

/**
 * @typedef {object} Widget
 * @property {string} title
 * @property {boolean} open
 * @property {{queue: string, title: string}[]} queues
 * @property {{fields?: any}} form
 * @property {number} message_limit
 * @property {boolean} faq
 */

export const ui = {
  screen: /** @type {"loading" | "home" | "article" | "form" | "chat"} */ ("loading"),
  widget: /** @type {Widget | null} */ (null),
  problem: "",
  query: "",
  hits: /** @type {FaqHit[]} */ ([]),
  searching: false,
  article: /** @type {Article | null} */ (null),
  helped: /** @type {boolean | null} */ (null),
  /** What is typed into the form, kept until a chat has begun. */
  form: /** @type {Record<string, string>} */ (stored("hark.form", {})),
  errors: /** @type {Record<string, string>} */ ({}),
  starting: false,
  draft: stored("hark.guest.draft", ""),
  ending: false,
  said: "",
};

/** Names the installation's page for customers; the address may name another one. */
export const KEY = new URLSearchParams(location.search).get("key") ?? document.querySelector('meta[name="hark-widget-key"]')?.getAttribute("content") ?? "main";

let draw = () => {};
/** @param {() => void} redraw */
export function connect(redraw) {
  draw = redraw;
}

export const app = {
  /** @type {State} */
  state: emptyState(),
  api: new Api(stored("hark.guest.token", "")),
  stream: /** @type {Stream | null} */ (null),
  outbox: /** @type {Outbox | null} */ (null),
  redraw: () => draw(),
  /** @param {Partial<typeof ui>} values */
  show(values) {
    Object.assign(ui, values);
    draw();
  },
  /** @param {Envelope} event */
  dispatch(event) {
    const before = app.state.guest;
    app.state = reduce(app.state, event);
    const guest = app.state.guest;
    if (guest && event.type === "message.created") {
      const message = event.data.message ?? event.data;
      app.outbox?.confirm(message.client_id);
      if (message.from === "agent") tellRead();
      if (message.from === "agent" && document.hidden) document.title = `● ${guest.agent || "Agent"} wrote`;
    }
    if (guest && before && !isOver(before) && isOver(guest)) over();
    draw();
  },
};

export async function open() {
  try {
    ui.widget = await app.api.get(`/v1/widget/${encodeURIComponent(KEY)}`);
  } catch (error) {
    ui.problem = explain(error);
  }
  if (app.api.token && (await resume())) return;
  if (ui.screen === "loading") app.show({ screen: "home" });
  search("");
}

/** Goes on with the chat that this browser already has. */
export async function resume() {
  try {
    await readChat();
  } catch (error) {
    if (error instanceof Problem && [401, 403, 404, 410].includes(error.status)) forget();
    else if (error instanceof Problem && error.passing) setTimeout(() => app.api.token && !app.state.guest && resume(), 3000);
    ui.problem = app.api.token ? explain(error) : "";
    return false;
  }
  app.show({ screen: "chat", problem: "" });
  follow();
  return true;
}

async function readChat() {
  const chat = await app.api.get("/v1/guest/chat");
  learnClock(chat.now);
  app.dispatch({ type: "guest.loaded", data: chat });
  tellRead();
}

export function follow() {
  const guest = app.state.guest;
  if (!guest) return;
  app.outbox = new Outbox({
    storage: `hark.guest.outbox.${guest.id}`,
    send: (item) => app.api.post("/v1/guest/messages", { client_id: item.client_id, text: item.text }),
    onSent: (item, answer) => app.dispatch({ type: "message.created", chat_id: item.chat_id, data: answer.message }),
    onChange: app.redraw,
  });
  if (isOver(guest)) return over();
  app.stream = new Stream({
    api: app.api,
    after: () => app.state.cursor,
    onEvent: (event) => { if (event.type === "stream.hello") learnClock(event.ts); else if (!event.type.startsWith("stream.")) app.dispatch(event); },
    onReset: readChat,
    onCondition: app.redraw,
    onRefused: () => readChat().catch(() => {}),
  });
  app.stream.start();
}

/** The chat is over: nothing leaves any more, and what was typed is handed back. */
function over() {
  app.stream?.stop();
  const guest = app.state.guest;
  if (guest) app.outbox?.fail(guest.id, "The chat has ended.");
  ui.ending = false;
  ui.said = "The chat has ended.";
}

export function forget() {
  app.stream?.stop();
  app.stream = null;
  app.outbox = null;
  app.api.token = "";
  store("hark.guest.token", null);
  store("hark.guest.draft", null);
  ui.draft = "";
  app.state = reduce(app.state, { type: "guest.forgotten" });
}

export function startAnew() {
  forget();
  delete ui.form.question;
  store("hark.form", ui.form);
  Object.assign(ui, { errors: {}, problem: "", helped: null });
  app.show({ screen: "home" });
  search("");
  focusOn("#search");
}

export const limit = () => app.state.guest?.message_limit ?? ui.widget?.message_limit ?? 500;

export function send() {
  const guest = app.state.guest;
  const text = ui.draft.trimEnd();
  if (!guest || isOver(guest) || !text.trim() || countCharacters(text) > limit()) return;
  app.outbox?.add(guest.id, text);
  setDraft("");
  stopTyping();
}

/** @param {string} text */
export function setDraft(text) {
  ui.draft = text;
  store("hark.guest.draft", text || null);
  app.redraw();
}

const TYPING_AGAIN_MS = 5000;
const TYPING_OVER_MS = 6000;
const typing = { told: 0, timer: 0 };

export function tellTyping() {
  clearTimeout(typing.timer);
  typing.timer = window.setTimeout(stopTyping, TYPING_OVER_MS);
  if (Date.now() - typing.told < TYPING_AGAIN_MS) return;
  typing.told = Date.now();
  tell(true);
}

function stopTyping() {
  clearTimeout(typing.timer);
  if (typing.told === 0) return;
  typing.told = 0;
  tell(false);
}

/** @param {boolean} on */
function tell(on) {
  const guest = app.state.guest;
  if (!guest || guest.state !== "active") return;
  app.stream?.tell({ type: "typing", chat_id: guest.id, on }) || app.api.post("/v1/guest/typing", { on }).catch(() => {});
}

const told = { delivered: 0, read: 0 };

/** What is on screen while somebody looks at it has been read. */
export function tellRead() {
  const guest = app.state.guest;
  if (!guest || isOver(guest)) return;
  const last = guest.messages.filter((message) => message.from === "agent").at(-1)?.seq ?? 0;
  const read = !document.hidden && document.hasFocus() ? last : told.read;
  if (last <= told.delivered && read <= told.read) return;
  Object.assign(told, { delivered: last, read });
  if (read === last) document.title = ui.widget?.title ?? "Support";
  app.api.post("/v1/guest/read", { delivered: last, read }).catch(() => Object.assign(told, { delivered: 0, read: 0 }));
}

export async function endChat() {
  try {
    await app.api.post("/v1/guest/end");
    await readChat();
    app.show({ ending: false, problem: "" });
  } catch (error) {
    app.show({ ending: false, problem: explain(error) });
  }
}

/** @param {"txt" | "html" | "json"} format */
export async function download(format) {
  try {
    const response = await fetch(`/v1/guest/transcript?format=${format}`, { headers: app.api.credentials });
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    const address = URL.createObjectURL(await response.blob());
    const link = document.createElement("a");
    link.href = address;
    link.download = `chat-transcript.${format}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  } catch (error) {
    app.show({ problem: explain(error) });
  }
}
