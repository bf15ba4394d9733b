// The scripts: whether each answers, how often and how fast, what went wrong last, and who changed it.

/** @import { ScriptView } from "../types.js" */

import { createRef, html, nothing, ref, repeat } from "../vendor/lit.js";
import { explain } from "../net/api.js";
import { icon } from "../shared/icons.js";
import { afterDraw, focusOn } from "../shared/page.js";
import { dateAndTime } from "../shared/time.js";
import { app, attempt, mayChange, redraw, refresh, show, ui } from "./main.js";
import { open, opened } from "./script.js";
import { round, scriptState, took } from "./words.js";

const HEADS = ["State", "Script", "Decides", "Calls/min", "p50", "p95", "Errors 1 h", "Version", "Last change", ""];
const making = { on: false, problem: "" };
const dialog = createRef();

export function scriptTable() {
  const asked = ui.scripts.filter((script) => script.kind === "policy" && script.state !== "not_asked");
  const others = ui.scripts.filter((script) => !asked.includes(script));
  return html`<section id="scripts" aria-labelledby="scripts-title">
    <div class="filters"><h2 id="scripts-title">Scripts <span class="muted">asked in this order</span></h2><span class="space"></span>
      ${mayChange() ? html`<button type="button" id="new-script" aria-haspopup="dialog" @click=${make}>New script</button>` : nothing}</div>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="scripts-title"><table>
      <thead><tr>${HEADS.map((head) => (head ? html`<th scope="col">${head}</th>` : html`<td></td>`))}</tr></thead>
      <tbody>${repeat(asked, ({ name }) => name, row)}</tbody></table>
      ${asked.length === 0 ? html`<p class="muted empty">No script is asked: Hark's own rules answer.</p>` : nothing}</div>
    ${others.length > 0 ? html`<div class="others"><span class="muted small">Drafts, parts and tests</span>
      ${repeat(others, ({ name }) => name, (script) => html`<button type="button" class="link mono" aria-current=${opened.name === script.name ? "true" : nothing} @click=${() => open(script.name)}>${script.name}</button>`)}</div>` : nothing}
  </section>`;
}

/** @param {ScriptView} script */
function row(script) {
  const asked = script.state === "on";
  const last = script.last_error;
  return html`<tr class=${opened.name === script.name ? "current" : ""}><td>${scriptState(script.state)}</td>
    <th scope="row"><button type="button" class="link mono" aria-current=${opened.name === script.name ? "true" : nothing} @click=${() => open(script.name)}>${script.name}</button></th>
    <td class="points muted small">${script.points.map(({ point }) => point).join(", ") || "nothing"}</td>
    <td class="number">${asked ? round(script.calls_per_minute) : "–"}</td><td class="number">${took(script.p50_us)}</td><td class="number">${took(script.p95_us)}</td>
    <td class="number">${script.errors_last_hour > 0 ? html`<span class="late" title=${last ? `${last.file}:${last.line}: ${last.message}` : nothing}>${icon("warn")}${script.errors_last_hour}</span>` : "0"}</td>
    <td class="mono small">${script.version}</td>
    <td class="small">${script.changed_by ? html`<bdi>${script.changed_by}</bdi>, ` : nothing}${dateAndTime(script.changed_at)}${script.changed_by ? nothing : html` <span class="muted">by hand</span>`}</td>
    <td>${mayChange() ? html`<button type="button" @click=${() => turn(script)}>${asked ? "Set aside" : "Let it answer"}<span class="hidden"> ${script.name}</span></button>` : nothing}</td></tr>`;
}

/** Sets a script aside, or lets it answer. @param {ScriptView} script */
export async function turn(script) {
  const verb = script.state === "on" ? "disable" : "enable";
  const done = await attempt(() => app.api.post(`/v1/scripts/${encodeURIComponent(script.name)}/${verb}`, undefined, { deadline: 60_000 }));
  if (!done) return;
  show({ said: verb === "disable" ? `${script.name} is set aside` : `${script.name} answers` });
  await attempt(refresh);
}

function make() {
  Object.assign(making, { on: true, problem: "" });
  redraw();
  afterDraw(() => { if (dialog.value instanceof HTMLDialogElement && !dialog.value.open) dialog.value.showModal(); });
}

export function newScript() {
  if (!making.on) return nothing;
  const close = () => { making.on = false; redraw(); focusOn("#new-script"); };
  return html`<dialog class="reader small-dialog" aria-labelledby="new-title" ${ref(dialog)} @cancel=${close}>
    <header><h2 id="new-title">A new script</h2><span class="space"></span><button type="button" class="ghost square" aria-label="Close" @click=${close}>${icon("close")}</button></header>
    <form class="form" @submit=${create}>
      ${making.problem ? html`<p class="alert" role="alert">${making.problem}</p>` : nothing}
      <label>Name <input name="name" required pattern="[A-Za-z0-9_.\\-]+(/[A-Za-z0-9_.\\-]+)*\\.luau?" placeholder="vip_first.lua" autocomplete="off" spellcheck="false" title="letters, digits, _ and -, ending in .lua; test/vip.lua is a test"></label>
      <p class="muted small">It begins without rules, is asked before the others, and answers nothing until you write and publish its first rule. A name in <code>test/</code> makes a test.</p>
      <div class="actions"><span class="space"></span><button type="button" @click=${close}>Cancel</button><button class="primary">Create</button></div>
    </form></dialog>`;
}

/** @param {SubmitEvent} event */
async function create(event) {
  event.preventDefault();
  const name = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get("name") ?? "").trim();
  const text = name.startsWith("test/") ? `-- Tests: policy("name.lua") loads a script and asks it.\n` : `-- ${name}: what does it decide, and for whom?\n`;
  try {
    await app.api.post("/v1/scripts", { name, text }, { deadline: 60_000 });
    making.on = false;
    show({ said: `${name} is made` });
    await refresh();
    await open(name);
  } catch (error) {
    making.problem = explain(error);
    redraw();
  }
}
