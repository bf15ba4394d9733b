// How an agent notices what they are not looking at: ring, ding, title, favicon, notification, and one coalesced
// sentence for screen readers. What happens when follows the table in the specification; no timer blinks anything.

/** @import { State, Envelope, Chat } from "../types.js" */

import { currentOffer } from "../state/reducer.js";
import { everySecond } from "../net/pulse.js";
import { plural } from "../shared/text.js";
import { clock, secondsLeft, since, until } from "../shared/time.js";
import { openChat } from "./actions.js";
import { activeChats, app, nameOf, toast, ui, unansweredSince, unread } from "./app.js";
import { play } from "./sound.js";

const RING_EVERY_S = 3;
const DING_PAUSE_MS = 3000;
const SAY_PAUSE_MS = 3000;
const LOST_AFTER_MS = 10_000;
const WARN_LEFT_S = 20;

let lastDing = 0;
let ringing = false;
let second = 0;
let lostTold = false;
/** @type {Set<string>} */
const warned = new Set();
/** @type {(() => void) | null} */
let releaseRing = null;

export function startNotices() {
  everySecond(() => {
    second += 1;
    if (ringing && second % RING_EVERY_S === 0) play("offer");
    warnWrapUps();
    watchConnection();
  });
}

/** After every change of the state. @param {State} before @param {State} after @param {Envelope} event */
export function notice(before, after, event) {
  const offer = currentOffer(after);
  if (offer && offer.id !== currentOffer(before)?.id) offered(offer);
  if (!offer && currentOffer(before)) offerOver(event);
  if (event.type === "message.created") arrived(after, event);
  if (event.type === "chat.ended" && event.data?.by && event.data.by !== "agent") {
    const chat = after.chats[event.chat_id ?? ""];
    if (chat) say(`${nameOf(chat)}: chat ended ${event.data.by === "customer_gone" ? "because the customer's page went away" : `by the ${event.data.by}`}.`);
  }
  showTitle();
}

/** @param {import("../types.js").OfferView} offer */
function offered(offer) {
  ui.alerted = `Chat offer, ${offer.queue_title}, ${offer.name}, ${secondsLeft(until(offer.expires_at))} seconds to answer. Accept with Alt A.`;
  notify("offer", `Chat offer: ${offer.queue_title}`, `${offer.name}${offer.question ? `: ${offer.question}` : ""}`, true);
  // Only the tab that holds the lock rings; it holds it as long as the offer stands.
  navigator.locks?.request("hark-ring", { ifAvailable: true }, async (lock) => {
    if (!lock || currentOffer(app.state)?.id !== offer.id) return;
    ringing = true;
    second = 0;
    play("offer");
    await new Promise((done) => (releaseRing = () => done(undefined)));
  });
}

/** @param {Envelope} event */
function offerOver(event) {
  ringing = false;
  releaseRing?.();
  releaseRing = null;
  ui.alerted = "";
  ui.offer = { id: "", busy: false, problem: "" };
  closeNotice("offer");
  if (event.type === "offer.expired") toast("The offer expired. You are on a break now.", "error");
  if (event.type === "offer.withdrawn" && event.data?.because === "customer_left") toast("The customer left before you answered.");
}

/** @param {State} state @param {Envelope} event */
function arrived(state, event) {
  const message = event.data?.message ?? event.data;
  const chat = state.chats[event.chat_id ?? ""];
  if (!chat || message.from !== "customer" || chat.stage !== "active") return;
  const looking = document.hasFocus() && document.visibilityState === "visible";
  if (looking && ui.current === chat.id) return;
  if (Date.now() - lastDing >= DING_PAUSE_MS) {
    lastDing = Date.now();
    play("message");
  }
  announce();
  if (!looking) notify(`chat:${chat.id}`, nameOf(chat), message.text, false, () => openChat(chat.id, true));
}

let sayTimer = 0;

/** One sentence about all other chats, at most every three seconds. */
function announce() {
  if (sayTimer) return;
  sayTimer = window.setTimeout(() => {
    sayTimer = 0;
    const others = activeChats().filter((chat) => chat.id !== ui.current && unread(chat) > 0);
    const told = others.map((chat) => `${nameOf(chat)}: ${plural(unread(chat), "new message")}, waiting ${clock(since(unansweredSince(chat)))}`);
    if (told.length > 0) say(told.join(". "));
  }, SAY_PAUSE_MS);
}

/** @param {string} text */
export function say(text) {
  app.show({ said: text });
}

function warnWrapUps() {
  for (const chat of Object.values(app.state.chats)) {
    const post = chat.stage === "ended" ? chat.view.post_processing : undefined;
    if (!post) continue;
    const left = secondsLeft(until(post.until));
    const key = `${chat.id} ${post.until}`;
    if (left > WARN_LEFT_S || left === 0 || warned.has(key)) continue;
    warned.add(key);
    play("warning");
    say(`${nameOf(chat)}: ${left} seconds of post-processing left.`);
    if (document.visibilityState === "hidden") notify(`wrap:${chat.id}`, "Post-processing ends soon", `${nameOf(chat)}: ${left} s left`, false);
  }
}

function watchConnection() {
  const since = app.stream?.downSince ?? 0;
  const lost = ui.phase === "desk" && since > 0 && Date.now() - since > LOST_AFTER_MS;
  if (lost === lostTold) return;
  lostTold = lost;
  if (!lost) return closeNotice("connection");
  play("lost");
  notify("connection", "You are not receiving chats", "The connection to the server is lost; trying again.", false);
}

function showTitle() {
  const offer = currentOffer(app.state);
  const count = activeChats().reduce((sum, chat) => sum + unread(chat), 0);
  const title = `${count > 0 ? `(${count}) ` : ""}${offer ? `● Offer: ${offer.name} - ` : ""}Console`;
  if (document.title !== title) document.title = title;
  const wanted = `/ui/icons/${offer ? "offer" : count > 0 ? "unread" : "idle"}.svg`;
  const link = document.querySelector("link[rel=icon]");
  if (link && link.getAttribute("href") !== wanted) link.setAttribute("href", wanted);
  const badge = count + (offer ? 1 : 0);
  if ("setAppBadge" in navigator) (badge > 0 ? navigator.setAppBadge(badge) : navigator.clearAppBadge()).catch(() => {});
}

/** @type {Map<string, Notification>} */
const shown = new Map();

/**
 * @param {string} tag
 * @param {string} title
 * @param {string} body
 * @param {boolean} stays
 * @param {() => void} [open]
 */
function notify(tag, title, body, stays, open = () => {}) {
  const away = document.visibilityState === "hidden" || !document.hasFocus();
  if (!away || !("Notification" in window) || Notification.permission !== "granted") return;
  try {
    const note = new Notification(title, { body: body.slice(0, 200), tag, requireInteraction: stays, icon: "/ui/icons/offer.svg" });
    note.onclick = () => { window.focus(); open(); note.close(); };
    shown.set(tag, note);
  } catch {
    // Some systems have notifications for installed applications only.
  }
}

/** @param {string} tag */
function closeNotice(tag) {
  shown.get(tag)?.close();
  shown.delete(tag);
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") closeNotice(`chat:${ui.current}`);
});
