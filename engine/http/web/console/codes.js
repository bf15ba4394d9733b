// Transaction codes to choose from: one searchable list per code list of the queue, with short codes that can be typed.

/** @import { Code, CodeRule, ChosenCode } from "../types.js" */

import { html, live, nothing } from "../vendor/lit.js";
import { icon } from "../shared/icons.js";
import { app } from "./app.js";

const SHOWN = 8;

/** @param {CodeRule[]} rules @param {ChosenCode[]} chosen @returns {string[]} lists that still want a code */
export function missingLists(rules, chosen) {
  return rules.filter((rule) => rule.mandatory && !chosen.some((code) => code.list === rule.list)).map((rule) => rule.list);
}

/** Codes whose short form begins with the query, or whose words contain it. @param {Code[]} codes @param {string} query */
export function findCodes(codes, query) {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return codes;
  const short = codes.filter((one) => one.code.toLowerCase().startsWith(wanted));
  const words = codes.filter((one) => !short.includes(one) && `${one.code} ${one.title}`.toLowerCase().includes(wanted));
  return [...short, ...words];
}

/** @param {string} name */
export function listTitle(name) {
  const words = name.replaceAll(/[_-]+/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {ChosenCode} chosen */
export function codeTitle(chosen) {
  return app.state.setup.codes[chosen.list]?.find((code) => code.code === chosen.code)?.title ?? chosen.code;
}

/**
 * @param {object} options
 * @param {string} options.id for the labels
 * @param {CodeRule[]} options.rules
 * @param {ChosenCode[]} options.chosen
 * @param {string} options.query
 * @param {(query: string) => void} options.onQuery
 * @param {(codes: ChosenCode[]) => void} options.onChange
 */
export function codePicker({ id, rules, chosen, query, onQuery, onChange }) {
  if (rules.length === 0) return nothing;
  /** @param {CodeRule} rule @param {string} code */
  const toggle = (rule, code) => {
    const has = chosen.some((one) => one.list === rule.list && one.code === code);
    const others = chosen.filter((one) => one.list !== rule.list || (rule.several && one.code !== code));
    onChange(has ? chosen.filter((one) => one.list !== rule.list || one.code !== code) : [...others, { list: rule.list, code }]);
  };
  /** The first that fits. @param {KeyboardEvent} event */
  const keys = (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    // What stands in the field now: the last letter may not have been drawn yet.
    const typed = /** @type {HTMLInputElement} */ (event.currentTarget).value;
    if (!typed.trim()) return;
    for (const rule of rules) {
      const first = findCodes(app.state.setup.codes[rule.list] ?? [], typed)[0];
      if (first) { toggle(rule, first.code); onQuery(""); return; }
    }
  };
  return html`<div class="codes">
    <label class="code-search">Codes <input type="search" placeholder="short code or word" autocomplete="off" .value=${live(query)}
      @input=${(/** @type {InputEvent} */ event) => onQuery(/** @type {HTMLInputElement} */ (event.currentTarget).value)} @keydown=${keys}></label>
    ${rules.map((rule) => {
      const all = app.state.setup.codes[rule.list] ?? [];
      const found = findCodes(all, query);
      const missing = missingLists([rule], chosen).length > 0;
      return html`<fieldset class="code-list"><legend>${listTitle(rule.list)}${rule.mandatory ? html`<span class=${missing ? "error" : "muted"}> mandatory</span>` : nothing}${rule.several ? html`<span class="muted"> several</span>` : nothing}</legend>
        <div class="code-options">${all.filter((code) => found.slice(0, SHOWN).includes(code) || chosen.some((one) => one.list === rule.list && one.code === code.code)).map((code) => {
          const on = chosen.some((one) => one.list === rule.list && one.code === code.code);
          return html`<button type="button" class="code" aria-pressed=${on} @click=${() => toggle(rule, code.code)}>${on ? icon("check") : nothing}<kbd>${code.code}</kbd>${code.title}</button>`;
        })}
        ${found.length > SHOWN ? html`<span class="muted small" id="${id}-more">and ${found.length - SHOWN} more: type to find them</span>` : nothing}
        ${found.length === 0 ? html`<span class="muted small">none fits</span>` : nothing}</div>
      </fieldset>`;
    })}
  </div>`;
}
