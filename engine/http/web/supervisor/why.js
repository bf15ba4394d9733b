// Why a chat went to which agent: the explanation as a short story with times. The sentences are the server's.

/** @import { Explanation, ExplainedStep, Candidate, ScriptSay } from "../types.js" */

import { html, nothing } from "../vendor/lit.js";
import { explain } from "../net/api.js";
import { STATUS_WORDS, shape } from "../shared/icons.js";
import { focusOn } from "../shared/page.js";
import { clock } from "../shared/time.js";
import { app, show } from "./main.js";

/** @param {string} chat */
export async function askWhy(chat) {
  try {
    show({ why: await app.api.get(`/v1/chats/${chat}/explanation`), problem: "" });
    focusOn(".story");
  } catch (error) {
    show({ reading: null, why: null, problem: explain(error) });
  }
}

const seconds = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });

/** @param {Explanation} told */
export function story(told) {
  return html`<div class="story" tabindex="0" role="group" aria-label="Why this agent">
    <p class="summary">${told.summary}</p>
    ${told.missing ? html`<p class="muted">${told.missing}</p>` : nothing}
    <ol>${told.steps.map(step)}</ol></div>`;
}

/** @param {ExplainedStep} step */
function step(step) {
  const said = [...(step.rules ?? []).map((rule) => rule.says), ...(step.scripts ?? []).map(asked)];
  return html`<li class="step k-${step.kind}"><time class="muted" datetime=${step.at}>${seconds.format(new Date(step.at))}</time>
    <div><p>${step.says}</p>
    ${said.length > 0 ? html`<ul class="said muted small">${said.map((line) => html`<li>${line}</li>`)}</ul>` : nothing}
    ${step.desk && step.desk.candidates.length > 0 ? html`<details><summary>Agents at that moment: ${step.desk.candidates.length}</summary>
      <div class="scroll" tabindex="0" role="group" aria-label="Agents at that moment"><table><thead><tr><th scope="col">Agent</th><th scope="col">Status</th><th scope="col">Chats</th><th scope="col">Idle for</th><th scope="col">Could take it</th></tr></thead>
      <tbody>${step.desk.candidates.map((one) => candidate(one, step))}</tbody></table></div></details>` : nothing}</div></li>`;
}

/** @param {Candidate} one @param {ExplainedStep} step */
function candidate(one, step) {
  const chosen = step.kind === "offered" && step.agent_id === one.agent_id;
  const verdict = chosen ? "yes, and was chosen" : one.could ? "yes" : `no: ${(one.obstacle?.what ?? "").replaceAll("_", " ")}`;
  return html`<tr><th scope="row"><bdi>${one.name}</bdi></th><td>${shape(one.status)} ${STATUS_WORDS[one.status]}</td>
    <td>${one.load} of ${one.capacity}</td><td>${clock(Math.max(0, Date.parse(step.at) - Date.parse(one.idle_since)))}</td><td>${verdict}</td></tr>`;
}

/** @param {ScriptSay} say */
function asked(say) {
  const { answered } = say;
  const who = !answered ? "the policy" : answered.who === "script" ? answered.file : answered.who === "default" ? `${answered.file} failed, the stated default` : "the built-in rule";
  return `Asked ${say.point}, ${who} answered: ${say.answer}`;
}
