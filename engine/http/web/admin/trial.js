// What was found when a text was tried: faults with their lines, tests, recorded questions; and a running script's last
// error.

/** @import { ScriptText, Trial, RecordedView } from "../types.js" */

import { html, nothing } from "../vendor/lit.js";
import { icon } from "../shared/icons.js";
import { plural } from "../shared/text.js";
import { dateAndTime } from "../shared/time.js";
import { ui } from "./main.js";
import { goTo, opened } from "./script.js";

/** @param {unknown} text */
const well = (text) => html`<p class="verdict well">${icon("check")}<span>${text}</span></p>`;
/** @param {unknown} text */
const ill = (text) => html`<p class="verdict ill">${icon("warn")}<span>${text}</span></p>`;

/** @param {ScriptText} script */
export function found(script) {
  const last = ui.scripts.find(({ name }) => name === script.name)?.last_error ?? script.last_error;
  return html`${opened.trial ? outcome(opened.trial, script.name) : html`<p class="muted small">Validate loads all scripts with your text. Test runs all their tests. Dry-run asks questions of the past again and tells what would be answered otherwise. Nothing answers before you publish.</p>`}
    ${last ? html`<h3>Last error</h3><p class="small"><span class="muted">${dateAndTime(last.at)}, ${last.point}</span><br>${place(last.file, last.line, script.name)} ${last.message}</p>` : nothing}`;
}

/** @param {Trial} trial @param {string} name */
export function outcome(trial, name) {
  const { faults, tests, recorded } = trial;
  const failed = tests?.filter(({ failure }) => failure) ?? [];
  return html`<div class="outcome" role="group" aria-label="Outcome">
    ${faults.length === 0 ? well("All scripts load") : ill(plural(faults.length, "fault"))}
    ${faults.length > 0 ? html`<ul class="faults">${faults.map((fault) => html`<li>${place(fault.file, fault.line, name)} ${fault.message}</li>`)}</ul>` : nothing}
    ${tests ? (failed.length === 0 ? well(`${plural(tests.length, "test")} passed`) : ill(`${failed.length} of ${plural(tests.length, "test")} failed`)) : nothing}
    ${failed.length > 0 ? html`<ul class="faults">${failed.map((test) => html`<li><b>${test.name}</b><br>${test.failure}</li>`)}</ul>` : nothing}
    ${recorded ? asked(recorded) : nothing}
    <p class="muted small">in ${trial.took_ms} ms</p></div>`;
}

/** @param {RecordedView} recorded */
function asked(recorded) {
  return html`${recorded.failures.length > 0 ? html`${ill(recorded.says)}<ul class="faults">${recorded.failures.map((why) => html`<li>${why}</li>`)}</ul>` : recorded.different === 0 ? well(recorded.says) : html`<p class="verdict near">${icon("swap")}<span>${recorded.says}</span></p>`}
    ${recorded.changes.length > 0 ? html`<ul class="faults">${recorded.changes.map((change) => html`<li><b class="mono">${change.point}</b> <span class="muted">${dateAndTime(change.at)}, chat ${change.chat_id.slice(-6)}</span><br><del>${change.was}</del> <ins>${change.would_be}</ins></li>`)}</ul>` : nothing}`;
}

/** A place that can be gone to, where it is in the open script. @param {string} file @param {number} line @param {string} name */
function place(file, line, name) {
  const text = line > 0 ? `${file}:${line}` : file;
  return file === name && line > 0 ? html`<button type="button" class="link mono" @click=${() => goTo(line)}>${text}</button>` : html`<span class="mono">${text}</span>`;
}
