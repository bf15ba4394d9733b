// The plugins: their state, where they run, how fast they answer, and what went wrong last.

/** @import { PluginView } from "../types.js" */

import { html, nothing, repeat } from "../vendor/lit.js";
import { icon } from "../shared/icons.js";
import { ui } from "./main.js";
import { pluginState, short, took } from "./words.js";

const HEADS = ["State", "Plugin", "Provides", "Runs", "Calls", "Median", "p95", "Errors", "Restarts", "ABI", "File"];

export function pluginTable() {
  return html`<section id="plugins" aria-labelledby="plugins-title">
    <h2 id="plugins-title">Plugins <span class="muted">native; one that runs in the engine has the rights of its process</span></h2>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="plugins-title"><table>
      <thead><tr>${HEADS.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
      <tbody>${repeat(ui.plugins, ({ name }) => name, rows)}</tbody></table>
      ${ui.plugins.length === 0 ? html`<p class="muted empty">No plugin is configured.</p>` : nothing}</div></section>`;
}

/** @param {PluginView} plugin */
function rows(plugin) {
  const failed = plugin.errors + plugin.timeouts;
  return html`<tr><td>${pluginState(plugin.state)}</td>
    <th scope="row"><span class="mono">${plugin.name}</span> <span class="muted small">${plugin.version}</span></th>
    <td class="points muted small">${plugin.operations.join(", ")}</td>
    <td class="small">${plugin.isolation === "process" ? html`in a child${plugin.pid ? html` <span class="muted">${plugin.pid}${plugin.memory_kib ? `, ${Math.round(plugin.memory_kib / 1024)} MiB` : ""}</span>` : nothing}` : "in the engine"}</td>
    <td class="number">${plugin.calls}</td><td class="number">${took(plugin.median_us)}</td><td class="number">${took(plugin.p95_us)}</td>
    <td class="number">${failed > 0 ? html`<span class="late">${icon("warn")}${failed}</span>` : "0"}</td><td class="number">${plugin.restarts}</td>
    <td class="number">${plugin.abi}</td><td class="mono small" title=${plugin.path}>${short(plugin.sha256)}</td></tr>
    ${plugin.last_error ? html`<tr class="below"><td></td><td colspan="10" class="small"><span class="muted">Last error:</span> ${plugin.last_error}</td></tr>` : nothing}`;
}
