// What scripts do after events (`hark.after`): how often, how well, and how far behind they are.

/** @import { ReactionView } from "../types.js" */

import { html, nothing, repeat } from "../vendor/lit.js";
import { icon } from "../shared/icons.js";
import { dateAndTime } from "../shared/time.js";
import { ui } from "./main.js";
import { took } from "./words.js";

const HEADS = ["Script", "After", "Events", "Calls", "p95", "Errors", "Repeats", "Passed over", "Behind"];

export function reactionTable() {
  if (ui.reactions.length === 0) return nothing;
  return html`<section id="reactions" aria-labelledby="reactions-title">
    <h2 id="reactions-title">Reactions <span class="muted">after events; no chat waits for them</span></h2>
    <div class="scroll" tabindex="0" role="group" aria-labelledby="reactions-title"><table>
      <thead><tr>${HEADS.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
      <tbody>${repeat(ui.reactions, ({ script, event }) => `${script} ${event}`, rows)}</tbody></table></div></section>`;
}

/** @param {ReactionView} reaction */
function rows(reaction) {
  const last = reaction.last_error;
  return html`<tr><th scope="row" class="mono">${reaction.script}</th><td class="mono small">${reaction.event}</td>
    <td class="number">${reaction.events}</td><td class="number">${reaction.calls}</td><td class="number">${took(reaction.p95_us)}</td>
    <td class="number">${reaction.errors > 0 ? html`<span class="late">${icon("warn")}${reaction.errors}</span>` : "0"}</td>
    <td class="number">${reaction.retries}</td>
    <td class="number">${reaction.passed_over > 0 ? html`<span class="late">${icon("warn")}${reaction.passed_over}</span>` : "0"}</td>
    <td class="number">${took(reaction.lag_ms * 1000)}</td></tr>
    ${last ? html`<tr class="below"><td></td><td colspan="8" class="small"><span class="muted">Last error, ${dateAndTime(last.at)}:</span> <span class="mono">${last.file}:${last.line}</span> ${last.message}</td></tr>` : nothing}`;
}
