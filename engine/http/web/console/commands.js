// Every command of the console with its chord: the keys, the palette and the sheet are made from this one list.

import { focusOn } from "../shared/page.js";
import { isTyping, matches } from "../shared/keys.js";
import { currentOffer } from "../state/reducer.js";
import { acceptOffer, chooseStatus, endChat, extendWrapUp, longestWaiting, openChat, rejectOffer, stepChat, stopNew } from "./actions.js";
import { activeChats, app, currentChat, endedChats, ui } from "./app.js";
import { askEnd, openFaq } from "./composer.js";
import { showTab, toggleContext } from "./context.js";
import { toggleNote } from "./drafts.js";
import { closeFaq } from "./faq.js";
import { chooseNth, chooseReason, closePopover, openPalette, togglePopover } from "./topbar.js";
import { withRest } from "./late.js";

/** @typedef {{chord: string, word: string, run: () => void, when?: () => boolean, single?: boolean}} Command */

const active = () => currentChat()?.stage === "active";
const ended = () => currentChat()?.stage === "ended";
const withChat = (/** @type {(chat: import("../types.js").Chat) => void} */ work) => () => { const chat = currentChat(); if (chat) work(chat); };

/** @type {Command[]} */
export const COMMANDS = [
  { chord: "Alt+A", word: "Accept the offer", run: acceptOffer, when: () => Boolean(currentOffer(app.state)) },
  { chord: "Alt+X", word: "Reject the offer", run: rejectOffer, when: () => currentOffer(app.state)?.can_reject === true },
  { chord: "Alt+G", word: "Go to who waits longest", run: () => { const chat = longestWaiting() ?? activeChats()[0]; if (chat) openChat(chat.id, true); } },
  { chord: "Alt+Down", word: "Next chat", run: () => stepChat(1) },
  { chord: "Alt+Up", word: "Previous chat", run: () => stepChat(-1) },
  { chord: "Alt+F", word: "Search the FAQ", run: withChat((chat) => openFaq(chat.id)), when: active },
  { chord: "Alt+N", word: "Private note, or reply", run: withChat((chat) => { toggleNote(chat.id); focusOn(".composer textarea"); }), when: active },
  { chord: "Alt+C", word: "Customer and case", run: () => showTab(ui.tab === "customer" ? "case" : "customer") },
  { chord: "Alt+T", word: "Transaction codes", run: codes, when: () => active() || ended() },
  { chord: "Alt+L", word: "Chat log", run: () => showTab("log") },
  { chord: "Alt+E", word: "End the chat", run: withChat((chat) => askEnd(chat.id)), when: active },
  { chord: "Alt+W", word: "Finish post-processing", run: withChat((chat) => withRest((part) => part.done(chat))), when: ended },
  { chord: "Alt+Shift+W", word: "Extend post-processing", run: withChat(extendWrapUp), when: ended },
  { chord: "Alt+S", word: "Status menu, then 1 to 5", run: () => togglePopover("status", ".menu button:not(:disabled)") },
  { chord: "F6", word: "Next region of the page", run: () => nextRegion(1) },
  { chord: "Shift+F6", word: "Previous region", run: () => nextRegion(-1) },
  { chord: "Ctrl+K", word: "All commands", run: openPalette },
  { chord: "?", word: "Keyboard shortcuts", run: () => togglePopover("shortcuts", ".sheet button"), single: true },
];

/** Without a chord, for the palette alone. @type {Command[]} */
export const MORE = [
  { chord: "Alt+S 1", word: "Status: Available", run: () => chooseStatus("available") },
  { chord: "Alt+S 2", word: "Status: stop new chats", run: () => stopNew(true), when: () => app.state.status?.status === "busy" },
  { chord: "Alt+S 3", word: "Status: Break", run: () => chooseStatus("on_break") },
  { chord: "Alt+S 4", word: "Status: Work offline", run: () => chooseStatus("work_offline") },
  { chord: "", word: "Transfer the chat", run: () => togglePopover("transfer", ".transfer button"), when: active },
  { chord: "", word: "End the chat now", run: endChat, when: active },
  { chord: "", word: "FAQ shelf", run: () => showTab("faq") },
  { chord: "", word: "Earlier chats of this customer", run: () => showTab("history") },
  { chord: "", word: "Show or hide the panel", run: toggleContext },
];

/** Keys that act where they are typed; for the sheet. @type {[string, string][]} */
export const LOCAL_KEYS = [
  ["Enter", "Send"], ["Shift+Enter", "New line"], ["/", "FAQ search, at the beginning of a line"],
  ["Alt+1 … Alt+6", "Chat n (Firefox on Linux: Ctrl+Shift+1 … 6)"], ["Esc", "Close what is on top"],
];

/** Codes are in the wrap-up, and before it beside the chat. */
function codes() {
  if (active()) showTab("log");
  withRest(() => focusOn(".code-search input"));
}

const REGIONS = [".topbar .status", "#offer", "#chats", ".composer textarea, .wrapup input, #conversation", "#context"];

/** @param {1 | -1} step */
function nextRegion(step) {
  const all = REGIONS.map((selector) => document.querySelector(selector)).filter((one) => one instanceof HTMLElement && one.offsetParent !== null && (one.id !== "offer" || one.childElementCount > 0));
  const here = all.findIndex((one) => one?.contains(document.activeElement) || one?.closest("[data-region]")?.contains(document.activeElement));
  const next = all[(here + step + all.length) % all.length];
  if (next instanceof HTMLElement) next.focus();
}

/** @param {KeyboardEvent} event */
export function onKey(event) {
  if (event.defaultPrevented || event.isComposing || ui.phase !== "desk" || ui.pick) return;
  if (event.key === "Escape") return escape(event);
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code)?.[1];
  if (digit && ui.popover === "status" && !event.ctrlKey) return act(event, () => (ui.reasonsFor ? chooseReason(Number(digit)) : chooseNth(Number(digit))));
  if (digit && ((event.altKey && !event.ctrlKey) || (event.ctrlKey && event.shiftKey)) && Number(digit) <= 6) return act(event, () => openNth(Number(digit)));
  const command = COMMANDS.find((one) => matches(event, one.chord) && !(one.single && isTyping(event)));
  if (command) act(event, () => (command.when?.() ?? true) && command.run());
}

/** @param {KeyboardEvent} event @param {() => void} run */
function act(event, run) {
  event.preventDefault();
  run();
}

/** Only ever the top-most popover; never a chat. @param {KeyboardEvent} event */
function escape(event) {
  if (closePopover()) return event.preventDefault();
  if (ui.faq.open) { closeFaq(); focusOn(".composer textarea"); }
  else if (ui.ending) { app.show({ ending: "" }); focusOn(".composer textarea"); }
  else if (ui.drawer) app.show({ drawer: false });
}

/** @param {number} n */
function openNth(n) {
  const chat = [...activeChats(), ...endedChats()][n - 1];
  if (chat) openChat(chat.id, true);
}
