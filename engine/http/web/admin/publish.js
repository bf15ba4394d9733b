// Publishing: what differs, what it has to pass, and the button that lets it answer. A script that somebody else changed
// meanwhile is compared anew, never written over.

/** @import { Trial } from "../types.js" */

import { createRef, html, nothing, ref } from "../vendor/lit.js";
import { Problem, explain } from "../net/api.js";
import { icon } from "../shared/icons.js";
import { afterDraw, focusOn } from "../shared/page.js";
import { plural } from "../shared/text.js";
import { counts, hunks } from "./diff.js";
import { app, redraw, refresh, show } from "./main.js";
import { TRIAL_MS, opened, reread, settle } from "./script.js";
import { outcome } from "./trial.js";

const dialog = createRef();
const wish = {
  on: false,
  text: "",
  /** The kept version that it goes back to; 0 when it is no roll back. */
  back: 0,
  trial: /** @type {Trial | null} */ (null),
  busy: "",
  problem: "",
};

/** Opens the dialog. @param {{ number: number, text: string }} [version] a kept version to go back to */
export function publish(version) {
  Object.assign(wish, { on: true, text: version?.text ?? opened.text, back: version?.number ?? 0, trial: null, busy: "", problem: "" });
  redraw();
  afterDraw(() => { if (dialog.value instanceof HTMLDialogElement && !dialog.value.open) dialog.value.showModal(); });
  check();
}

function close() {
  wish.on = false;
  redraw();
  focusOn("#script-title");
}

const path = () => `/v1/scripts/${encodeURIComponent(opened.name)}`;

/** Runs the tests, and asks recorded questions when they pass. */
async function check() {
  Object.assign(wish, { busy: "checking", trial: null });
  redraw();
  try {
    const tested = await app.api.post(`${path()}/test`, { text: wish.text }, { deadline: TRIAL_MS });
    const again = tested.ok ? await app.api.post(`${path()}/dry-run`, { text: wish.text }, { deadline: TRIAL_MS }) : null;
    wish.trial = { ...tested, recorded: again?.recorded, took_ms: tested.took_ms + (again?.took_ms ?? 0) };
  } catch (error) {
    wish.problem = explain(error);
  }
  wish.busy = "";
  redraw();
}

async function go() {
  wish.busy = "publishing";
  redraw();
  const headers = { "if-match": `"${opened.script?.version}"` };
  try {
    if (wish.back) await app.api.post(`${path()}/roll-back`, { number: wish.back }, { headers, deadline: TRIAL_MS });
    else await app.api.put(path(), { text: wish.text }, { headers, deadline: TRIAL_MS });
    await done();
  } catch (error) {
    await refused(error);
  }
  wish.busy = "";
  redraw();
}

async function done() {
  settle();
  opened.text = wish.text;
  opened.trial = null;
  if (opened.script) opened.script.text = wish.text;
  await reread();
  show({ said: `${opened.name} is published` });
  close();
  await refresh();
}

/** @param {unknown} error */
async function refused(error) {
  wish.problem = explain(error);
  if (!(error instanceof Problem)) return;
  if (error.status === 412) {
    await reread().catch(() => {});
    wish.problem = "Somebody changed this script meanwhile. Below is what differs between their text and yours: publish yours over it, or close and look.";
  } else if (error.errors.length > 0) {
    wish.problem += ` ${error.errors.map(({ detail }) => detail).join("; ")}`;
  }
}

export function publishDialog() {
  const { script } = opened;
  if (!wish.on || !script) return nothing;
  const { went, came } = counts(script.text, wish.text);
  const title = wish.back ? `Roll ${opened.name} back to version ${wish.back}` : `Publish ${opened.name}`;
  const ready = wish.trial?.ok === true && wish.busy === "";
  return html`<dialog class="reader publish" aria-labelledby="publish-title" ${ref(dialog)} @cancel=${close}>
    <header><h2 id="publish-title">${title}</h2><span class="muted small">${plural(came, "line")} more, ${went} less</span><span class="space"></span>
      <button type="button" class="ghost square" aria-label="Close" @click=${close}>${icon("close")}</button></header>
    <div class="publish-body" tabindex="0" role="group" aria-label="What differs, and what it passes">
      ${wish.problem ? html`<p class="alert" role="alert">${wish.problem}</p>` : nothing}
      ${difference(script.text, wish.text)}
      ${wish.busy === "checking" ? html`<p class="muted" role="status">Loading all scripts with this text, running their tests, asking recorded questions…</p>` : nothing}
      ${wish.trial ? outcome(wish.trial, "") : nothing}</div>
    <footer class="actions"><span class="muted small">It answers from the next command on. Who published it, and when, is kept.</span><span class="space"></span>
      <button type="button" @click=${close}>Cancel</button>
      <button type="button" class="primary" ?disabled=${!ready} @click=${go}>${wish.busy === "publishing" ? "Publishing…" : wish.back ? "Roll back" : "Publish"}</button></footer></dialog>`;
}

/** @param {string} before @param {string} after */
function difference(before, after) {
  const groups = hunks(before, after);
  if (groups.length === 0) return html`<p class="muted">Nothing differs.</p>`;
  return html`<div class="diff mono" role="group" aria-label="Differences">${groups.map((group) => html`
    ${group.skipped > 0 ? html`<p class="skipped">${plural(group.skipped, "line")} the same</p>` : nothing}
    ${group.lines.map((line) => html`<p class=${line.sign === "+" ? "came" : line.sign === "-" ? "went" : "same"}><span class="at" aria-hidden="true">${line.before || ""}</span><span class="at" aria-hidden="true">${line.after || ""}</span><span class="sign">${line.sign === " " ? html`<span aria-hidden="true"> </span>` : line.sign}</span><code>${line.text}</code></p>`)}`)}</div>`;
}
