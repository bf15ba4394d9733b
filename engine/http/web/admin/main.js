// The admin's page: the scripts that decide, how they do and who changed them; and the plugins behind the desk.

/** @import { ScriptView, PluginView, ReactionView, Deed } from "../types.js" */

import { html, nothing } from "../vendor/lit.js";
import { Api, explain } from "../net/api.js";
import { loginForm, loginState, whoIsThere } from "../shared/login.js";
import { drawing, stored, useTheme } from "../shared/page.js";
import { icon } from "../shared/icons.js";
import { deeds } from "./audit.js";
import { newScript, scriptTable } from "./list.js";
import { pluginTable } from "./plugins.js";
import { publishDialog } from "./publish.js";
import { reactionTable } from "./reactions.js";
import { openNamed, panel } from "./script.js";

/** How often the numbers are read again. */
const AGAIN_MS = 4000;

export const ui = {
  phase: /** @type {"starting" | "login" | "board" | "denied"} */ ("starting"),
  login: loginState(),
  scripts: /** @type {ScriptView[]} */ ([]),
  plugins: /** @type {PluginView[]} */ ([]),
  /** Told to admins alone. */
  reactions: /** @type {ReactionView[]} */ ([]),
  deeds: /** @type {Deed[]} */ ([]),
  problem: "",
  /** What was done, for people who hear the page. */
  said: "",
};

export const app = { api: new Api(), me: { name: "", role: "" } };

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
export const redraw = drawing(root, page);

/** @param {Partial<typeof ui>} values */
export function show(values) {
  Object.assign(ui, values);
  redraw();
}

/** Whether the person may change anything. */
export function mayChange() {
  return app.me.role === "admin";
}

function page() {
  if (ui.phase === "login") return loginForm({ title: "Sign in as an admin", api: app.api, state: ui.login, redraw, onDone: start });
  if (ui.phase === "starting") return html`<main><p class="starting" role="status">Opening the scripts…</p></main>`;
  if (ui.phase === "denied") return html`<main class="login"><div class="card"><h1>For supervisors and admins</h1><p>Your account may not see this page.</p><p><a href="/console">To the console</a></p></div></main>`;
  return html`
    <div class="skips"><a href="#scripts">To the scripts</a><a href="#plugins">To the plugins</a></div>
    <header class="topbar"><p class="brand"><span class="logo" aria-hidden="true"></span>Scripts and plugins</p><span class="space"></span>
      ${mayChange() ? nothing : html`<span class="tag">You may look; admins change</span>`}
      <button type="button" class="ghost square" aria-label="Theme" @click=${nextTheme}>${icon("theme")}</button>
      <a class="button" href="/supervisor">Live</a><span class="muted"><bdi>${app.me.name}</bdi></span></header>
    <main class="board" id="main">
      <h1 class="hidden">Scripts and plugins</h1>
      ${ui.problem ? html`<p class="alert" role="alert">${ui.problem}</p>` : nothing}
      <p class="hidden" role="status">${ui.said}</p>
      ${scriptTable()}${panel()}${reactionTable()}${pluginTable()}${deeds()}
    </main>
    ${publishDialog()}${newScript()}`;
}

function nextTheme() {
  const now = stored("hark.theme", "system");
  useTheme(now === "system" ? "dark" : now === "dark" ? "light" : "system");
}

/** Reads the lists again. */
export async function refresh() {
  const policies = mayChange() ? app.api.get("/v1/policies") : { reactions: [] };
  const [scripts, plugins, audit, { reactions }] = await Promise.all([app.api.get("/v1/scripts"), app.api.get("/v1/plugins"), app.api.get("/v1/audit?limit=20"), policies]);
  show({ scripts: scripts.data, plugins: plugins.data, deeds: audit.data, reactions });
}

/** Does something and tells what went wrong. @template T @param {() => Promise<T>} work @returns {Promise<T | null>} */
export async function attempt(work) {
  try {
    const done = await work();
    if (ui.problem) show({ problem: "" });
    return done;
  } catch (error) {
    show({ problem: explain(error) });
    return null;
  }
}

async function start() {
  try {
    app.me = await app.api.get("/v1/me");
    if (app.me.role === "agent") return show({ phase: "denied" });
    await refresh();
  } catch (error) {
    ui.login.problem = explain(error);
    return show({ phase: "login" });
  }
  show({ phase: "board" });
  openNamed();
  setInterval(() => {
    // Numbers that nobody sees are not read; a server that is away is told of when somebody does something.
    if (document.visibilityState === "visible" && ui.phase === "board") refresh().catch(() => {});
  }, AGAIN_MS);
}

addEventListener("hashchange", () => { if (ui.phase === "board") openNamed(); });

useTheme();
redraw();
whoIsThere(app.api, ui.login).then((person) => (person ? start() : show({ phase: "login" })));
