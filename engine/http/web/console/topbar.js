// The bar at the top: status with its menu, slots, queues, connection, sound, and who is signed in.

import { html, nothing } from "../vendor/lit.js";
import { icon, shape, STATUS_WORDS } from "../shared/icons.js";
import { focusOn, stored, useTheme } from "../shared/page.js";
import { clock, since } from "../shared/time.js";
import { chooseStatus, logOut, stopNew } from "./actions.js";
import { app, shownStatus, ui } from "./app.js";
import { mute, play, soundState, unlockSound } from "./sound.js";

export function topbar() {
  const { status, me } = app.state;
  if (!status) return nothing;
  const shown = shownStatus();
  const word = status.stop_new && shown === "busy" ? STATUS_WORDS.busy_stop_new : STATUS_WORDS[shown];
  return html`
    <header class="topbar" data-region="top">
      <div class="anchor">
        <button type="button" class="status s-${shown}" aria-haspopup="menu" aria-expanded=${ui.popover === "status"} aria-keyshortcuts="Alt+S"
          data-popover="status" title="Status (Alt+S)" @click=${() => togglePopover("status", ".menu button:not(:disabled)")}>
          ${shape(shown)}<span class="word">${word}${status.reason ? html`<span class="reason">: ${status.reason}</span>` : nothing}</span>
          <span class="elapsed" aria-live="off">${clock(since(status.since))}</span>${icon("down")}
        </button>
        ${ui.popover === "status" ? statusMenu() : nothing}
      </div>
      ${status.next ? html`<span class="chip next" title="Your status when the last chat is wrapped up">then ${STATUS_WORDS[status.next.status] ?? status.next.status}</span>` : nothing}
      <span class="slots" title="Chats you are in, of the most at a time">${status.load}/${status.capacity}<span class="long"> chats</span></span>
      <ul class="strip" aria-label="My queues" aria-live="off">
        ${[...app.state.queues].sort((a, b) => (a.title < b.title ? -1 : 1)).map((queue) => html`<li class=${queue.waiting > 0 ? "some" : ""}><bdi>${queue.title}</bdi> <b>${queue.waiting}</b>${queue.oldest_at && queue.waiting > 0
          ? html` <span class="muted">oldest ${clock(since(queue.oldest_at))}</span>` : nothing}</li>`)}
      </ul>
      <span class="space"></span>
      ${connection()} ${sound()}
      <button type="button" class="ghost palette-button" data-popover="palette" aria-keyshortcuts="Control+K" @click=${() => openPalette()}>${icon("search")}<span class="hidden">All commands</span><kbd>Ctrl K</kbd></button>
      <button type="button" class="ghost square" aria-label="Keyboard shortcuts" data-popover="shortcuts" aria-keyshortcuts="?" @click=${() => togglePopover("shortcuts", ".sheet button")}>${icon("help")}</button>
      <div class="anchor">
        <button type="button" class="ghost me" aria-haspopup="menu" aria-label="${me?.name}: theme, help, log out" aria-expanded=${ui.popover === "person"} data-popover="person"
          @click=${() => togglePopover("person", ".menu button")}>${icon("user")}<bdi>${me?.name}</bdi>${icon("down")}</button>
        ${ui.popover === "person" ? personMenu() : nothing}
      </div>
    </header>`;
}

export function openPalette() {
  Object.assign(ui, { popoverQuery: "", popoverAt: 0 });
  togglePopover("palette", ".palette input");
}

/** @param {string} name @param {string} [focus] */
export function togglePopover(name, focus) {
  const open = ui.popover !== name;
  app.show({ popover: open ? name : "", reasonsFor: "" });
  if (open && focus) focusOn(focus);
}

/** Closes what is on top and gives the focus back to what opened it. */
export function closePopover() {
  const name = ui.popover;
  if (!name) return false;
  app.show({ popover: "", reasonsFor: "" });
  focusOn(`[data-popover="${name}"]`);
  return true;
}

/** @type {{word: string, status: string, shape: string}[]} */
const CHOICES = [
  { word: "Available", status: "available", shape: "available" },
  { word: "Stop new chats", status: "stop_new", shape: "busy" },
  { word: "Break", status: "on_break", shape: "on_break" },
  { word: "Work offline", status: "work_offline", shape: "work_offline" },
  { word: "Log out", status: "logged_out", shape: "logged_out" },
];

/** Chooses the n-th entry, as Alt+S and a digit do. @param {number} n */
export function chooseNth(n) {
  const choice = CHOICES[n - 1];
  if (!choice || whyNot(choice.status)) return;
  const reasons = app.state.setup.reasons[choice.status] ?? [];
  if (reasons.length > 0 && choice.status !== "available") {
    app.show({ reasonsFor: choice.status });
    return focusOn(".menu button:not(:disabled)");
  }
  pick(choice.status);
}

/** @param {string} status @param {string} [reason] */
function pick(status, reason) {
  closePopover();
  if (status === "stop_new") stopNew(!app.state.status?.stop_new);
  else if (status === "logged_out") logOut();
  else chooseStatus(status, reason);
}

/** Why an entry cannot be chosen now; empty when it can. @param {string} status */
function whyNot(status) {
  if (status === "stop_new" && app.state.status?.status !== "busy") return "only while you are in a chat";
  return "";
}

function statusMenu() {
  if (ui.reasonsFor) return reasonMenu(ui.reasonsFor);
  const busy = app.state.status?.status === "busy" || app.state.status?.status === "post_processing";
  return html`<div class="menu" role="menu" aria-label="Status" @keydown=${arrows}>
    ${busy ? html`<p class="hint" role="none">You are busy: what you choose follows your last wrap-up.</p>` : nothing}
    ${CHOICES.map((choice, index) => {
      const why = whyNot(choice.status);
      const stopped = choice.status === "stop_new" && app.state.status?.stop_new;
      return html`<button type="button" role="menuitem" ?disabled=${why !== ""} title=${why || nothing} @click=${() => chooseNth(index + 1)}>
        ${shape(choice.shape)}<span>${stopped ? "Take new chats again" : choice.word}${why ? html`<small>${why}</small>` : nothing}</span><kbd>${index + 1}</kbd></button>`;
    })}
  </div>`;
}

/** @param {string} status */
function reasonMenu(status) {
  const reasons = app.state.setup.reasons[status] ?? [];
  return html`<div class="menu" role="menu" aria-label="Reason" @keydown=${arrows}>
    ${[...reasons, ""].map((reason, index) => html`<button type="button" role="menuitem" @click=${() => pick(status, reason || undefined)}>
      <span>${reason || "No reason"}</span>${index < 9 ? html`<kbd>${index + 1}</kbd>` : nothing}</button>`)}
  </div>`;
}

/** A digit in the menu of reasons. @param {number} n */
export function chooseReason(n) {
  const reasons = [...(app.state.setup.reasons[ui.reasonsFor] ?? []), ""];
  if (n <= reasons.length) pick(ui.reasonsFor, reasons[n - 1] || undefined);
}

function personMenu() {
  const theme = stored("hark.theme", "system");
  const next = theme === "system" ? "dark" : theme === "dark" ? "light" : "system";
  return html`<div class="menu end" role="menu" aria-label="Person" @keydown=${arrows}>
    <button type="button" role="menuitem" @click=${() => { useTheme(next); app.redraw(); }}>${icon("theme")}<span>Theme: ${theme}</span></button>
    <button type="button" role="menuitem" @click=${() => { togglePopover("shortcuts", ".sheet button"); }}>${icon("help")}<span>Keyboard shortcuts</span><kbd>?</kbd></button>
    ${app.state.me?.role === "agent" ? nothing : html`<a role="menuitem" href="/supervisor">${icon("user")}<span>Supervisor's page</span></a>`}
    <button type="button" role="menuitem" @click=${logOut}>${shape("logged_out")}<span>Log out</span></button>
  </div>`;
}

/** Up and Down go through a menu. @param {KeyboardEvent} event */
export function arrows(event) {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  event.preventDefault();
  const menu = /** @type {HTMLElement} */ (event.currentTarget);
  const items = [...menu.querySelectorAll("button:not(:disabled), a")].filter((item) => item instanceof HTMLElement);
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const step = event.key === "ArrowDown" ? 1 : -1;
  items[(at + step + items.length) % items.length]?.focus();
}

function connection() {
  const condition = app.stream?.condition ?? "idle";
  const words = { live: "Live", stale: "Silent", connecting: "Connecting", catching_up: "Catching up", reconnecting: "Reconnecting", offline: "Offline", idle: "Starting", refused: "Signed out" };
  const good = condition === "live";
  return html`<span class="chip connection ${condition}" title="Connection to the server">${shape(good ? "available" : condition === "catching_up" || condition === "connecting" ? "work_offline" : "missed")}${words[condition]}</span>`;
}

function sound() {
  const state = soundState();
  if (state === "blocked") {
    return html`<button type="button" class="chip bad" aria-label="Sound blocked: enable" @click=${() => { unlockSound(() => { play("message"); app.redraw(); }); }}
      title="The browser lets a page sound only after a click">${icon("muted")}<span class="words">Sound blocked: enable</span></button>`;
  }
  const muted = state === "muted";
  return html`<button type="button" class="chip" aria-pressed=${muted} @click=${() => { mute(!muted); if (muted) play("message"); app.redraw(); }}
    title=${muted ? "Sounds are off" : "Sounds are on"}>${icon(muted ? "muted" : "bell")}<span class="long">${muted ? "Muted" : "Sound on"}</span></button>`;
}

export function strips() {
  const stream = app.stream;
  const down = stream && stream.downSince > 0 && Date.now() - stream.downSince > 3000;
  const unsent = app.outbox?.items.length ?? 0;
  const left = Math.max(0, Math.ceil(((stream?.retryAt ?? 0) - Date.now()) / 1000));
  const when = stream?.condition === "reconnecting" ? ` in ${left} s` : "";
  const missed = shownStatus() === "missed";
  const rests = app.state.status?.rests_until ?? "";
  if (!down && !missed && !rests) return nothing;
  return html`<section aria-label="Notices">
    ${down ? html`<div class="notice bad">${icon("warn")}<span aria-live="off">Reconnecting${when}. ${unsent ? `${unsent} unsent ${unsent === 1 ? "line is" : "lines are"} kept. ` : ""}You are not receiving offers.</span>
      <button type="button" @click=${() => stream?.retryNow()}>Try now</button></div>` : nothing}
    ${missed ? html`<div class="notice">${shape("missed")}<span>You missed an offer and are on a break.</span>
      <button type="button" @click=${() => chooseStatus("available")}>Back to Available</button></div>` : nothing}
    ${rests ? html`<div class="notice">${shape("missed")}<span>You missed an offer. The next one comes in <b aria-live="off">${clock(Math.max(0, Date.parse(rests) - Date.now()))}</b> at the soonest.</span></div>` : nothing}</section>`;
}
