// The plugins: their state, where they run, how fast they answer, and what went wrong last; and the buttons that take one
// out, put it in, and let a new build take its place.

/** @import { PluginView } from "../types.js" */

import { html, nothing, repeat } from "../vendor/lit.js";
import { explain } from "../net/api.js";
import { icon } from "../shared/icons.js";
import { app, mayChange, redraw, refresh, show, ui } from "./main.js";
import { pluginState, short, took } from "./words.js";

const HEADS = ["State", "Plugin", "Provides", "Runs", "Calls", "Median", "p95", "Errors", "Restarts", "ABI", "File", ""];
/** How long a change may take: a build is loaded, started and asked for its health, each with a bound. */
const CHANGE_MS = 60_000;

/** @typedef {"reload" | "unload" | "load"} Verb */
/** @type {Record<Verb, { button: string, busy: string, failed: string }>} */
const VERBS = {
  reload: { button: "Reload", busy: "Reloading…", failed: "Not reloaded" },
  unload: { button: "Unload", busy: "Unloading…", failed: "Not unloaded" },
  load: { button: "Load", busy: "Loading…", failed: "Not loaded" },
};

/** What is being changed, and what came of the last change of each plugin. */
const changes = {
  busy: /** @type {{ name: string, verb: Verb } | null} */ (null),
  outcomes: /** @type {Map<string, { well: boolean, says: string }>} */ (new Map()),
};

export function pluginTable() {
  return html`<section id="plugins" aria-labelledby="plugins-title">
    <h2 id="plugins-title">Plugins <span class="muted">native; one that runs in the engine has the rights of its process</span></h2>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="plugins-title"><table>
      <thead><tr>${HEADS.map((head) => (head ? html`<th scope="col">${head}</th>` : html`<td></td>`))}</tr></thead>
      <tbody>${repeat(ui.plugins, ({ name }) => name, rows)}</tbody></table>
      ${ui.plugins.length === 0 ? html`<p class="muted empty">No plugin is configured.</p>` : nothing}</div></section>`;
}

/** @param {PluginView} plugin */
function rows(plugin) {
  const failed = plugin.errors + plugin.timeouts;
  const outcome = changes.outcomes.get(plugin.name);
  return html`<tr><td>${pluginState(plugin.state)}</td>
    <th scope="row"><span class="mono">${plugin.name}</span> <span class="muted small">${plugin.version}</span></th>
    <td class="points muted small">${plugin.operations.join(", ")}</td>
    <td class="small">${plugin.isolation === "process" ? html`in a child${plugin.pid ? html` <span class="muted">${plugin.pid}${plugin.memory_kib ? `, ${Math.round(plugin.memory_kib / 1024)} MiB` : ""}</span>` : nothing}` : "in the engine"}</td>
    <td class="number">${plugin.calls}</td><td class="number">${took(plugin.median_us)}</td><td class="number">${took(plugin.p95_us)}</td>
    <td class="number">${failed > 0 ? html`<span class="late">${icon("warn")}${failed}</span>` : "0"}</td><td class="number">${plugin.restarts}</td>
    <td class="number">${plugin.abi}</td><td class="mono small" title=${plugin.path}>${short(plugin.sha256)}</td>
    <td class="changes">${mayChange() ? buttons(plugin) : nothing}</td></tr>
    ${outcome ? html`<tr class="below"><td></td><td colspan="11" class="small"><span role=${outcome.well ? "status" : "alert"} class=${outcome.well ? "" : "late"}>${outcome.well ? nothing : icon("warn")}${outcome.says}</span></td></tr>` : nothing}
    ${plugin.last_error ? html`<tr class="below"><td></td><td colspan="11" class="small"><span class="muted">Last error:</span> ${plugin.last_error}</td></tr>` : nothing}`;
}

/** @param {PluginView} plugin */
function buttons({ name, state }) {
  /** @type {Verb[]} */
  const verbs = state === "unloaded" ? ["load"] : ["reload", "unload"];
  return verbs.map((verb) => {
    const busy = changes.busy?.name === name && changes.busy.verb === verb;
    return html`<button type="button" ?disabled=${changes.busy !== null} @click=${() => change(name, verb)}>${busy ? VERBS[verb].busy : VERBS[verb].button}<span class="hidden"> ${name}</span></button>`;
  });
}

/** @param {string} name @param {Verb} verb */
async function change(name, verb) {
  const before = ui.plugins.find((plugin) => plugin.name === name);
  changes.busy = { name, verb };
  changes.outcomes.delete(name);
  redraw();
  try {
    const after = await app.api.post(`/v1/plugins/${encodeURIComponent(name)}/${verb}`, undefined, { deadline: CHANGE_MS });
    changes.outcomes.set(name, { well: true, says: done(verb, before, after) });
    await refresh();
  } catch (error) {
    changes.outcomes.set(name, { well: false, says: `${VERBS[verb].failed}: ${explain(error)}` });
  }
  changes.busy = null;
  show({});
}

/** @param {Verb} verb @param {PluginView | undefined} before @param {PluginView} after */
function done(verb, before, after) {
  if (verb === "unload") return `${after.name} is unloaded: what it provides is unavailable until it is loaded again, or the desk is started`;
  const build = before?.sha256 === after.sha256 ? "the same build" : `${short(before?.sha256)} → ${short(after.sha256)}`;
  return `${after.name} ${after.version} is ${verb}ed: ${build}`;
}
