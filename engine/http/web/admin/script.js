// The script that is open: its text in the editor, what was tried with it, its versions and its numbers.

/** @import { ScriptText, ScriptFault, Trial, VersionView } from "../types.js" */

import { html, nothing } from "../vendor/lit.js";
import "./editor.js";
import { debounce, focusOn, store, stored } from "../shared/page.js";
import { icon } from "../shared/icons.js";
import { dateAndTime } from "../shared/time.js";
import { plural } from "../shared/text.js";
import { app, attempt, mayChange, redraw, show, ui } from "./main.js";
import { turn } from "./list.js";
import { publish } from "./publish.js";
import { found } from "./trial.js";
import { round, took } from "./words.js";

/** How long a trial may take: all tests of all scripts. */
export const TRIAL_MS = 60_000;
const DRAFT = "hark.script.";

/** @typedef {"code" | "versions" | "numbers"} Tab */

export const opened = {
  name: "",
  /** As the server has it. */
  script: /** @type {ScriptText | null} */ (null),
  /** As it is in the editor. */
  text: "",
  tab: /** @type {Tab} */ ("code"),
  trial: /** @type {Trial | null} */ (null),
  /** What is being tried. */
  busy: "",
  versions: /** @type {VersionView[]} */ ([]),
};

const NO_FAULTS = /** @type {ScriptFault[]} */ ([]);
const keep = debounce(400);

// What was typed last must not be lost with the page.
addEventListener("pagehide", () => keep.flush());

/** Whether there is something to publish. */
export function changed() {
  return opened.script !== null && opened.text !== opened.script.text;
}

/** @param {string} name */
const path = (name) => `/v1/scripts/${encodeURIComponent(name)}`;

/** Opens a script with what was typed into it last. @param {string} name */
export async function open(name) {
  keep.flush();
  const script = await attempt(() => app.api.get(path(name)));
  if (!script) return;
  const draft = stored(DRAFT + name);
  Object.assign(opened, { name, script, text: typeof draft === "string" ? draft : script.text, tab: "code", trial: null, busy: "", versions: [] });
  history.replaceState(null, "", `#script=${encodeURIComponent(name)}`);
  redraw();
  focusOn("#script-title");
}

/** The script that the address names. */
export function openNamed() {
  const name = new URLSearchParams(location.hash.slice(1)).get("script");
  if (name && name !== opened.name) open(name);
}

/** Reads the open script again, and leaves what is typed. */
export async function reread() {
  const same = !changed();
  const script = await app.api.get(path(opened.name));
  opened.script = script;
  if (same) opened.text = script.text;
  if (opened.tab === "versions") await readVersions();
  redraw();
}

/** Nothing of this script's draft is left. */
export function settle() {
  keep.cancel(opened.name);
  store(DRAFT + opened.name, null);
}

function close() {
  keep.flush();
  Object.assign(opened, { name: "", script: null, text: "", trial: null });
  history.replaceState(null, "", location.pathname);
  redraw();
  focusOn("#scripts .scroll");
}

/** @param {string} text */
function edited(text) {
  const { name } = opened;
  const before = changed();
  opened.text = text;
  const draft = changed() ? text : null;
  keep.later(name, () => store(DRAFT + name, draft));
  if (before !== changed()) redraw();
}

/** @param {"validate" | "test" | "dry-run"} verb */
export async function tryIt(verb) {
  const { name, text } = opened;
  opened.busy = verb;
  redraw();
  const trial = await attempt(() => app.api.post(`${path(name)}/${verb}`, { text }, { deadline: TRIAL_MS }));
  if (opened.name !== name) return null;
  Object.assign(opened, { busy: "", trial, tab: "code" });
  show({ said: trial ? (trial.ok ? "It passed" : "It did not pass") : "" });
  return trial;
}

async function readVersions() {
  const page = await attempt(() => app.api.get(`${path(opened.name)}/versions`));
  opened.versions = page?.data ?? [];
  redraw();
}

/** @param {Tab} tab */
function choose(tab) {
  opened.tab = tab;
  if (tab === "versions") readVersions();
  redraw();
}

/** @param {number} line */
export function goTo(line) {
  const editor = document.querySelector("hark-code");
  if (editor instanceof HTMLElement && "goTo" in editor) /** @type {import("./editor.js").CodeEditor} */ (editor).goTo(line);
}

/** @param {KeyboardEvent} event */
function keys(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || !mayChange()) return;
  if (event.code === "KeyS") {
    event.preventDefault();
    if (changed()) publish();
  } else if (event.code === "Enter") {
    event.preventDefault();
    tryIt("test");
  }
}

export function panel() {
  const { script, name, tab } = opened;
  if (!script) return nothing;
  const now = ui.scripts.find((one) => one.name === name) ?? script;
  /** @type {[Tab, string][]} */
  const tabs = [["code", "Code"], ["versions", "Versions"], ["numbers", "Numbers"]];
  return html`<section class="script" aria-labelledby="script-title" @keydown=${keys}>
    <div class="script-top"><h2 id="script-title" tabindex="-1" class="mono">${name}</h2>
      ${changed() ? html`<span class="warn with-shape">${icon("pencil")}not published</span>` : html`<span class="muted small">version ${script.version}</span>`}
      <div class="row" role="group" aria-label="What is shown">${tabs.map(([key, word]) => html`<button type="button" class="ghost" aria-pressed=${tab === key} @click=${() => choose(key)}>${word}</button>`)}</div>
      <span class="space"></span><button type="button" class="ghost square" aria-label="Close ${name}" @click=${close}>${icon("close")}</button></div>
    ${tab === "code" ? code(script) : tab === "versions" ? versions() : numbers()}
    ${now.kind === "policy" && now.state === "not_asked" && mayChange() ? html`<p class="muted small">Nobody asks this script by itself. <button type="button" class="link" @click=${() => turn(now)}>Let it answer</button></p>` : nothing}
  </section>`;
}

/** @param {ScriptText} script */
function code(script) {
  const faults = opened.trial?.faults.filter(({ file }) => file === script.name);
  return html`<div class="workbench">
    <hark-code label="Text of ${script.name}. Escape, then Tab leaves the editor." .readonly=${!mayChange()} .text=${opened.text} .faults=${faults ?? NO_FAULTS}
      @edited=${(/** @type {CustomEvent<string>} */ event) => edited(event.detail)}></hark-code>
    <aside aria-label="What was tried">${found(script)}</aside></div>
    ${mayChange() ? tools() : nothing}`;
}

function tools() {
  const { busy } = opened;
  const idle = busy === "";
  return html`<div class="actions tools">
    <button type="button" ?disabled=${!idle} @click=${() => tryIt("validate")}>${busy === "validate" ? "Validating…" : "Validate"}</button>
    <button type="button" ?disabled=${!idle} aria-keyshortcuts="Control+Enter" @click=${() => tryIt("test")}>${busy === "test" ? "Testing…" : "Test"} <kbd>Ctrl ⏎</kbd></button>
    <button type="button" ?disabled=${!idle} @click=${() => tryIt("dry-run")}>${busy === "dry-run" ? "Asking…" : "Dry-run"}</button>
    <span class="space"></span>
    <button type="button" ?disabled=${!changed()} @click=${discard}>Discard changes</button>
    <button type="button" class="primary" ?disabled=${!changed() || !idle} aria-haspopup="dialog" aria-keyshortcuts="Control+S" @click=${() => publish()}>Publish… <kbd>Ctrl S</kbd></button></div>`;
}

function discard() {
  settle();
  opened.text = opened.script?.text ?? "";
  opened.trial = null;
  redraw();
}

function versions() {
  if (opened.versions.length === 0) return html`<p class="muted empty">No earlier version is kept: the first change keeps the text that is there now.</p>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Versions"><table>
    <thead><tr><th scope="col">Version</th><th scope="col">When</th><th scope="col">Who</th><th scope="col">What it passed</th><td></td></tr></thead>
    <tbody>${opened.versions.map((one) => html`<tr><th scope="row">${one.number} <span class="mono small muted">${one.version}</span></th>
      <td>${dateAndTime(one.at)}</td><td>${one.by ? html`<bdi>${one.by}</bdi>` : html`<span class="muted">by hand</span>`}</td><td class="muted small">${one.note}</td>
      <td>${one.live ? html`<span class="tag">live</span>` : mayChange() && one.version !== opened.script?.version ? html`<button type="button" aria-haspopup="dialog" @click=${() => rollBack(one)}>Roll back…<span class="hidden"> to version ${one.number}</span></button>` : nothing}</td></tr>`)}</tbody></table></div>`;
}

/** @param {VersionView} version */
async function rollBack(version) {
  const kept = await attempt(() => app.api.get(`${path(opened.name)}/versions/${version.number}`));
  if (kept) publish({ number: version.number, text: kept.text });
}

function numbers() {
  const now = ui.scripts.find(({ name }) => name === opened.name);
  if (!now || now.points.length === 0) return html`<p class="muted empty">It answers no decision point.</p>`;
  const HEADS = ["Decision", "Calls", "Answers", "Calls/min", "p50", "p95", "Errors", "Errors 1 h", "Defaults in its place"];
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Numbers"><table>
    <thead><tr>${HEADS.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
    <tbody>${now.points.map((point) => html`<tr><th scope="row" class="mono">${point.point}</th><td class="number">${point.calls}</td><td class="number">${point.answers}</td>
      <td class="number">${round(point.calls_per_minute)}</td><td class="number">${took(point.p50_us)}</td><td class="number">${took(point.p95_us)}</td>
      <td class="number">${point.errors}</td><td class="number">${point.errors_last_hour}</td><td class="number">${point.defaults}</td></tr>`)}</tbody></table></div>
    <p class="muted small">Since its present text answers: ${plural(now.calls, "call")}, ${plural(now.errors, "error")}. Times are those that half and 95 of 100 decisions stayed under.</p>`;
}
