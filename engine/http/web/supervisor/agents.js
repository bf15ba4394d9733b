// Agents: who does what and since when, and the ways to steer them.

/** @import { Wallboard, AgentView } from "../types.js" */

import { html, live, nothing, repeat } from "../vendor/lit.js";
import { explain } from "../net/api.js";
import { icon, shape, STATUS_WORDS } from "../shared/icons.js";
import { focusOn } from "../shared/page.js";
import { clock } from "../shared/time.js";
import { app, show, ui } from "./main.js";
import { read } from "./reader.js";

/** @param {AgentView} agent */
function stateOf(agent) {
  if (!agent.status.connected && agent.status.status !== "logged_out") return "disconnected";
  return agent.status.missed && agent.status.status === "on_break" ? "missed" : agent.status.status;
}

const ORDER = ["disconnected", "missed", "busy", "post_processing", "available", "on_break", "work_offline", "logged_out"];

/** @param {Wallboard} board */
export function agentGrid(board) {
  const wanted = ui.search.trim().toLowerCase();
  const agents = board.agents.filter((agent) => (!ui.status || stateOf(agent) === ui.status) && (!wanted || `${agent.name} ${agent.login} ${agent.queues.join(" ")}`.toLowerCase().includes(wanted)));
  agents.sort((a, b) => ORDER.indexOf(stateOf(a)) - ORDER.indexOf(stateOf(b)) || (a.name < b.name ? -1 : 1));
  return html`<section id="agents" aria-labelledby="agents-title">
    <div class="filters"><h2 id="agents-title">Agents <span class="muted">${agents.length}</span></h2><span class="space"></span>
      <label>Status <select @change=${(/** @type {Event} */ event) => show({ status: /** @type {HTMLSelectElement} */ (event.currentTarget).value })}>
        <option value="">All</option>${ORDER.map((status) => html`<option value=${status}>${STATUS_WORDS[status]}</option>`)}</select></label>
      <label>Search <input type="search" placeholder="name or queue" .value=${live(ui.search)} @input=${(/** @type {Event} */ event) => show({ search: /** @type {HTMLInputElement} */ (event.currentTarget).value })}></label></div>
    <ul class="agents">${repeat(agents, (agent) => agent.id, (agent) => html`<li>${card(agent, board)}</li>`)}</ul>
    ${agents.length === 0 ? html`<p class="muted">Nobody fits.</p>` : nothing}</section>`;
}

/** @param {AgentView} agent @param {Wallboard} board */
function card(agent, board) {
  const state = stateOf(agent);
  const { status } = agent;
  const elapsed = Math.max(0, Date.parse(board.now) - Date.parse(status.since));
  const chats = [...agent.chats, ...agent.wrap_ups];
  return html`<article class="agent" aria-label=${agent.name}>
    <div class="agent-top"><bdi class="name">${agent.name}</bdi><span class="muted">${status.load}/${status.capacity}</span></div>
    <p class="state s-${state}">${shape(state)}<span>${STATUS_WORDS[state]}${status.reason ? `: ${status.reason}` : ""}</span><span class="elapsed" aria-live="off">${clock(elapsed)}</span></p>
    <p class="muted small">${agent.queues.join(", ") || "no queue"}${status.stop_new ? " · no new chats" : ""}${agent.missed_today ? ` · missed ${agent.missed_today} today` : ""}</p>
    ${chats.length > 0 ? html`<p class="chats-of">${chats.map((chat) => html`<button type="button" class="link" @click=${() => read(chat)}>${icon("chat")}${chat.slice(-6)}${agent.wrap_ups.includes(chat) ? " (wrap-up)" : ""}</button>`)}</p>` : nothing}
    <div class="anchor"><button type="button" id="force-${agent.id}" aria-haspopup="menu" aria-expanded=${ui.menu === agent.id} @click=${() => toggle(agent)}>Set status${icon("down")}</button>
      ${ui.menu === agent.id ? menu(agent) : nothing}</div>
  </article>`;
}

/** @param {AgentView} agent */
function toggle(agent) {
  const open = ui.menu !== agent.id;
  show({ menu: open ? agent.id : "" });
  if (open) focusOn(".menu button");
}

/** @param {AgentView} agent */
function menu(agent) {
  return html`<div class="menu" role="menu" aria-label="Status of ${agent.name}">
    ${["available", "on_break", "work_offline", "logged_out"].map((status) => html`<button type="button" role="menuitem" @click=${() => force(agent, status)}>${shape(status)}<span>${STATUS_WORDS[status]}</span></button>`)}</div>`;
}

/** @param {AgentView} agent @param {string} status */
async function force(agent, status) {
  show({ menu: "" });
  focusOn(`#force-${agent.id}`);
  try {
    await app.api.put(`/v1/agents/${agent.id}/status`, { status });
    show({ problem: "" });
  } catch (error) {
    show({ problem: `${agent.name}: ${explain(error)}` });
  }
}
