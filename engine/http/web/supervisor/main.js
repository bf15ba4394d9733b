// The supervisor's page: queues and agents as they are this second, with what is late marked by a sign and a word.

/** @import { Wallboard, ChatView, ChatSummary, Explanation } from "../types.js" */

import { html, nothing } from "../vendor/lit.js";
import { Api, explain } from "../net/api.js";
import { everySecond } from "../net/pulse.js";
import { Stream } from "../net/stream.js";
import { emptyState, reduce } from "../state/reducer.js";
import { loginForm, loginState, whoIsThere } from "../shared/login.js";
import { drawing, stored, useTheme } from "../shared/page.js";
import { learnClock } from "../shared/time.js";
import { icon, shape } from "../shared/icons.js";
import { agentGrid } from "./agents.js";
import { line } from "./line.js";
import { queueTable, totals } from "./queues.js";
import { reader } from "./reader.js";

export const ui = {
  phase: /** @type {"starting" | "login" | "board" | "denied"} */ ("starting"),
  login: loginState(),
  /** What is shown while frozen; null when live. */
  frozen: /** @type {Wallboard | null} */ (null),
  updated: 0,
  sort: { by: "title", down: false },
  search: "",
  status: "",
  menu: "",
  /** Who waits in the queue that was opened. */
  line: /** @type {{ title: string, chats: ChatSummary[], more: boolean } | null} */ (null),
  reading: /** @type {ChatView | null} */ (null),
  /** Why the chat that is read went where it went; null while its transcript is shown. */
  why: /** @type {Explanation | null} */ (null),
  problem: "",
};

export const app = { state: emptyState(), api: new Api(), me: { name: "" } };

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
export const redraw = drawing(root, page);

/** @param {Partial<typeof ui>} values */
export function show(values) {
  Object.assign(ui, values);
  redraw();
}

/** @type {Stream | null} */
let stream = null;

export function board() {
  return ui.frozen ?? app.state.wallboard;
}

function page() {
  if (ui.phase === "login") return loginForm({ title: "Sign in as a supervisor", api: app.api, state: ui.login, redraw, onDone: start });
  if (ui.phase === "starting") return html`<main><p class="starting" role="status">Opening the wallboard…</p></main>`;
  if (ui.phase === "denied") return html`<main class="login"><div class="card"><h1>For supervisors</h1><p>Your account may not see this page.</p><p><a href="/console">To the console</a></p></div></main>`;
  const shown = board();
  return html`
    <div class="skips"><a href="#queues">To the queues</a><a href="#agents">To the agents</a></div>
    <header class="topbar"><p class="brand"><span class="logo" aria-hidden="true"></span>Live</p><span class="space"></span>
      <span class="muted" aria-live="off">${ui.frozen ? "Frozen" : age()}</span>
      ${stream && stream.condition !== "live" ? html`<span class="chip bad">${icon("warn")}${stream.condition.replaceAll("_", " ")}</span>` : nothing}
      <button type="button" aria-pressed=${ui.frozen !== null} @click=${() => show({ frozen: ui.frozen ? null : app.state.wallboard })}>${ui.frozen ? "Go live" : "Freeze"}</button>
      <button type="button" class="ghost square" aria-label="Theme" @click=${nextTheme}>${icon("theme")}</button>
      <a class="button" href="/admin">Scripts and plugins</a><a class="button" href="/console">Console</a><span class="muted"><bdi>${app.me.name}</bdi></span></header>
    <main class="board" id="main">
      <h1 class="hidden">Queues and agents</h1>
      ${ui.problem ? html`<p class="alert" role="alert">${ui.problem}</p>` : nothing}
      ${shown ? html`${totals(shown)}${queueTable(shown)}${agentGrid(shown)}` : html`<p class="starting" role="status">${shape("work_offline")} Waiting for the first numbers…</p>`}
    </main>
    ${line()}${reader()}`;
}

function age() {
  if (!ui.updated) return "";
  const seconds = Math.round((Date.now() - ui.updated) / 1000);
  return seconds <= 2 ? "Updated just now" : `Updated ${seconds} s ago`;
}

function nextTheme() {
  const now = stored("hark.theme", "system");
  useTheme(now === "system" ? "dark" : now === "dark" ? "light" : "system");
}

async function readBoard() {
  const data = await app.api.get("/v1/metrics/realtime");
  take(data);
}

/** @param {Wallboard} data */
function take(data) {
  learnClock(data.now);
  ui.updated = Date.now();
  app.state = reduce(app.state, { type: "metrics.tick", data });
  redraw();
}

async function start() {
  try {
    const me = await app.api.get("/v1/me");
    app.me = me;
    if (me.role === "agent") return show({ phase: "denied" });
    await readBoard();
  } catch (error) {
    ui.login.problem = explain(error);
    return show({ phase: "login" });
  }
  ui.phase = "board";
  // The numbers are whole each time: nothing of the past is needed, so the stream begins now.
  let cursor = "";
  stream = new Stream({
    api: app.api,
    after: () => cursor,
    onEvent: (event) => {
      cursor = event.cursor ?? cursor;
      if (event.type === "metrics.tick") take(event.data);
    },
    onReset: async () => { cursor = ""; await readBoard(); },
    onCondition: redraw,
    onRefused: () => show({ phase: "login" }),
  });
  stream.start();
  everySecond(redraw);
  redraw();
}

addEventListener("keydown", (event) => {
  if (event.key === "Escape" && (ui.menu || ui.line || ui.reading)) show({ menu: "", line: null, reading: null, why: null });
});
document.addEventListener("pointerdown", (event) => {
  if (ui.menu && !(event.target instanceof Element && event.target.closest(".anchor"))) show({ menu: "" });
});

useTheme();
redraw();
whoIsThere(app.api, ui.login).then((person) => (person ? start() : show({ phase: "login" })));
