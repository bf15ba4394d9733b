// The palette of all commands, and the sheet of all keys.

import { html, live, nothing } from "../vendor/lit.js";
import { icon } from "../shared/icons.js";
import { app, ui } from "./app.js";
import { COMMANDS, LOCAL_KEYS, MORE } from "./commands.js";
import { closePopover } from "./topbar.js";

function found() {
  const words = ui.popoverQuery.toLowerCase().split(/\s+/).filter(Boolean);
  return [...COMMANDS, ...MORE].filter((command) => (command.when?.() ?? true) && words.every((word) => command.word.toLowerCase().includes(word)));
}

/** @param {number} index */
function run(index) {
  const command = found()[index];
  if (!command) return;
  app.show({ popover: "" });
  command.run();
}

/** @param {KeyboardEvent} event */
function keys(event) {
  const count = found().length;
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step !== 0 && count > 0) ui.popoverAt = (ui.popoverAt + step + count) % count;
  else if (event.key === "Enter") run(ui.popoverAt);
  else return;
  event.preventDefault();
  app.redraw();
}

export function palette() {
  if (ui.popover === "shortcuts") return sheet();
  if (ui.popover !== "palette") return nothing;
  const commands = found();
  return html`<div class="veil" @click=${closePopover}></div><div class="palette" role="dialog" aria-label="Commands">
    <input type="search" role="combobox" aria-label="Command" aria-expanded="true" aria-controls="commands" aria-activedescendant="command-${ui.popoverAt}" placeholder="What do you want to do?"
      .value=${live(ui.popoverQuery)} @keydown=${keys} @input=${(/** @type {InputEvent} */ event) => app.show({ popoverQuery: /** @type {HTMLInputElement} */ (event.currentTarget).value, popoverAt: 0 })}>
    <ul id="commands" role="listbox" aria-label="Commands">${commands.map((command, index) => html`<li id="command-${index}" role="option" aria-selected=${index === ui.popoverAt} @click=${() => run(index)}>
      <span>${command.word}</span><kbd>${command.chord.replaceAll("+", " ")}</kbd></li>`)}</ul>
    ${commands.length === 0 ? html`<p class="muted">No such command.</p>` : nothing}
  </div>`;
}

function sheet() {
  return html`<div class="veil" @click=${closePopover}></div><div class="sheet" role="dialog" aria-label="Keyboard shortcuts">
    <div class="record-head"><h2>Keyboard shortcuts</h2><span class="space"></span><button type="button" class="ghost square" aria-label="Close" @click=${closePopover}>${icon("close")}</button></div>
    <dl>${[...COMMANDS.map((command) => [command.chord, command.word]), ...LOCAL_KEYS].map(([chord, word]) => html`<div><dt><kbd>${chord.replaceAll("+", " ")}</kbd></dt><dd>${word}</dd></div>`)}</dl>
  </div>`;
}
