// What was done to scripts and plugins lately: who, when, and from which version to which.

/** @import { Deed } from "../types.js" */

import { html, nothing, repeat } from "../vendor/lit.js";
import { dateAndTime } from "../shared/time.js";
import { ui } from "./main.js";

/** @type {Record<string, string>} */
const DONE = {
  "script.published": "published", "script.created": "made", "script.rolled_back": "rolled back", "script.enabled": "switched on",
  "script.disabled": "set aside", "plugin.reloaded": "reloaded", "plugin.loaded": "loaded", "plugin.unloaded": "unloaded",
};

export function deeds() {
  return html`<section id="audit" aria-labelledby="audit-title"><h2 id="audit-title">What was done</h2>
    ${ui.deeds.length === 0 ? html`<p class="muted">Nothing yet.</p>` : html`<ol class="deeds">${repeat(ui.deeds, ({ number }) => number, one)}</ol>`}</section>`;
}

/** @param {Deed} deed */
function one(deed) {
  const moved = deed.before !== deed.after;
  return html`<li><time class="muted" datetime=${deed.at}>${dateAndTime(deed.at)}</time>
    <span><bdi>${deed.name ?? deed.by.kind}</bdi> ${DONE[deed.what] ?? deed.what} <b class="mono">${deed.subject}</b>
    ${moved && deed.after ? html`<span class="muted mono small">${deed.before ? `${deed.before.slice(0, 12)} → ` : ""}${deed.after.slice(0, 12)}</span>` : nothing}
    ${deed.note ? html`<span class="muted small">${deed.note}</span>` : nothing}</span></li>`;
}
