// Queues: what waits and for how long, who is there, and a sign beside each number that is too large.

/** @import { Wallboard, QueueView } from "../types.js" */

import { html, nothing } from "../vendor/lit.js";
import { icon, shape, STATUS_WORDS } from "../shared/icons.js";
import { clock } from "../shared/time.js";
import { readLine } from "./line.js";
import { show, ui } from "./main.js";

/** How long the oldest chat has waited, by the board's own time: a frozen board stands still. @param {QueueView} queue @param {Wallboard} board */
const waited = (queue, board) => (queue.oldest_at && queue.waiting > 0 ? Math.max(0, Date.parse(board.now) - Date.parse(queue.oldest_at)) : 0);

/** @param {number} ms @param {number} target seconds @returns {"" | "near" | "late"} */
function level(ms, target) {
  if (ms > target * 1000) return "late";
  return ms > target * 500 ? "near" : "";
}

/** @param {"" | "near" | "late"} level @param {unknown} text */
const marked = (level, text) => html`<span class=${level}>${level ? icon("warn") : nothing}${text}${level ? html`<span class="hidden"> (${level === "late" ? "over the target" : "near the target"})</span>` : nothing}</span>`;

const SHOWN = ["available", "busy", "post_processing", "on_break", "work_offline"];

/** @param {Wallboard} board */
export function totals(board) {
  const sum = (/** @type {(queue: QueueView) => number} */ of) => board.queues.reduce((total, queue) => total + of(queue), 0);
  const oldest = Math.max(0, ...board.queues.map((queue) => waited(queue, board)));
  const late = board.queues.some((queue) => level(waited(queue, board), queue.service_level_s) === "late");
  const free = board.agents.filter((agent) => agent.status.connected && agent.status.chosen === "available" && !agent.status.stop_new)
    .reduce((total, agent) => total + Math.max(0, agent.status.capacity - agent.status.load), 0);
  const there = board.agents.filter((agent) => agent.status.status !== "logged_out").length;
  /** @type {[string, unknown][]} */
  const tiles = [
    ["Waiting", sum((queue) => queue.waiting)], ["Oldest", oldest ? marked(late ? "late" : "", clock(oldest)) : "none"],
    ["Offering", sum((queue) => queue.offered)], ["In chat", sum((queue) => queue.active)], ["Agents here", there], ["Free slots", free],
  ];
  return html`<dl class="totals" aria-live="off">${tiles.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** @type {[string, string, (queue: QueueView, board: Wallboard) => string | number][]} */
const COLUMNS = [
  ["title", "Queue", (queue) => queue.title.toLowerCase()], ["waiting", "Waiting", (queue) => queue.waiting], ["oldest", "Oldest", waited],
  ["offered", "Offering", (queue) => queue.offered], ["active", "In chat", (queue) => queue.active], ["ready", "Ready", (queue) => queue.ready],
];

/** @param {Wallboard} board */
export function queueTable(board) {
  const column = COLUMNS.find(([name]) => name === ui.sort.by) ?? COLUMNS[0];
  const rows = [...board.queues].sort((a, b) => {
    const [one, other] = [column[2](a, board), column[2](b, board)];
    return (one < other ? -1 : one > other ? 1 : 0) * (ui.sort.down ? -1 : 1);
  });
  return html`<section id="queues" aria-labelledby="queues-title"><h2 id="queues-title">Queues</h2>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="queues-title"><table aria-live="off">
    <thead><tr>${COLUMNS.map(([name, word]) => html`<th scope="col" aria-sort=${ui.sort.by === name ? (ui.sort.down ? "descending" : "ascending") : nothing}>
      <button type="button" class="ghost" @click=${() => show({ sort: { by: name, down: ui.sort.by === name && !ui.sort.down } })}>${word}${ui.sort.by === name ? html`<span aria-hidden="true">${ui.sort.down ? "↓" : "↑"}</span>` : nothing}</button></th>`)}
      ${SHOWN.map((status) => html`<th scope="col"><span class="status-head">${shape(status)}${STATUS_WORDS[status]}</span></th>`)}</tr></thead>
    <tbody>${rows.map((queue) => row(queue, board))}</tbody></table></div>
    ${rows.length === 0 ? html`<p class="muted">No queue is open.</p>` : nothing}</section>`;
}

/** @param {QueueView} queue @param {Wallboard} board */
function row(queue, board) {
  const oldest = waited(queue, board);
  const nobody = queue.ready === 0 && queue.waiting > 0;
  return html`<tr><th scope="row"><bdi>${queue.title}</bdi></th>
    <td>${queue.waiting > 0 ? html`<button type="button" class="link" aria-label="${queue.waiting} waiting in ${queue.title}" @click=${() => readLine(queue)}>${queue.waiting}</button>` : 0}</td>
    <td>${oldest ? marked(level(oldest, queue.service_level_s), clock(oldest)) : html`<span class="muted">none</span>`}</td>
    <td>${queue.offered}</td><td>${queue.active}</td>
    <td>${marked(nobody ? "near" : "", queue.ready)}</td>
    ${SHOWN.map((status) => html`<td>${queue.agents[status] ?? 0}</td>`)}</tr>`;
}
