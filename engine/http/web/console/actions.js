// What an agent can do, as requests to the engine. The answer changes the state; a refusal is told in its own words.

/** @import { Chat, ChosenCode, Customer, OfferView } from "../types.js" */

import { Problem, explain } from "../net/api.js";
import { currentOffer } from "../state/reducer.js";
import { SIGNED_IN } from "../shared/login.js";
import { afterDraw, focusOn, store } from "../shared/page.js";
import { countCharacters } from "../shared/text.js";
import { activeChats, app, currentChat, endedChats, toast, ui, unansweredSince } from "./app.js";
import { clearDraft, draftOf } from "./drafts.js";
import { unlockSound } from "./sound.js";

/**
 * Runs a request and tells a refusal.
 * @template T
 * @param {Promise<T>} request
 * @returns {Promise<T | undefined>}
 */
export async function attempt(request) {
  try {
    return await request;
  } catch (error) {
    toast(explain(error), "error");
    return undefined;
  }
}

/** @param {string} status @param {string} [reason] */
export async function chooseStatus(status, reason) {
  // Sound and notifications may only be unlocked by what a person does: this click.
  if (status === "available") unlockSound();
  const body = { status, ...(reason ? { reason_code: reason } : {}) };
  const before = app.state.status;
  const answer = await attempt(app.api.put("/v1/me/status", before?.stop_new && status === "available" ? { ...body, stop_new: false } : body));
  if (answer) app.dispatch({ type: "agent.status_changed", data: answer });
}

/** @param {boolean} on */
export async function stopNew(on) {
  const answer = await attempt(app.api.put("/v1/me/status", { stop_new: on }));
  if (answer) app.dispatch({ type: "agent.status_changed", data: answer });
}

export async function logOut() {
  const busy = app.state.status?.status === "busy" || app.state.status?.status === "post_processing";
  await chooseStatus("logged_out");
  if (busy) return;
  await attempt(app.api.delete("/v1/sessions/current"));
  store(SIGNED_IN, null);
  location.reload();
}

export async function acceptOffer() {
  const offer = currentOffer(app.state);
  if (!offer || ui.offer.busy) return;
  ui.offer = { id: offer.id, busy: true, problem: "" };
  app.redraw();
  const composing = ui.current && draftOf(ui.current).text !== "";
  const answer = await attempt(app.api.post(`/v1/offers/${offer.id}/accept`));
  ui.offer.busy = false;
  if (!answer) return void forgetOver(offer);
  app.dispatch({ type: "offer.accepted", data: { offer_id: offer.id, chat_id: offer.chat_id } });
  app.dispatch({ type: "chat.loaded", data: answer.chat });
  if (!composing) return openChat(offer.chat_id, true);
  toast("Accepted. Your unsent text is kept here.", "info", { word: "Go there (Alt+G)", run: () => openChat(offer.chat_id, true) });
}

/** The server says that it is over: believe it. @param {OfferView} offer */
async function forgetOver(offer) {
  const offers = await attempt(app.api.get("/v1/offers"));
  const still = offers?.data?.some((/** @type {OfferView} */ one) => one.id === offer.id);
  if (offers && !still) app.dispatch({ type: "offer.withdrawn", data: { offer_id: offer.id, chat_id: offer.chat_id } });
  app.redraw();
}

export async function rejectOffer() {
  const offer = currentOffer(app.state);
  if (!offer || !offer.can_reject || ui.offer.busy) return;
  ui.offer = { id: offer.id, busy: true, problem: "" };
  const done = await attempt(app.api.post(`/v1/offers/${offer.id}/reject`, {}).then(() => true));
  ui.offer.busy = false;
  if (done) app.dispatch({ type: "offer.rejected", data: { offer_id: offer.id, chat_id: offer.chat_id } });
  else forgetOver(offer);
}

/** @param {string} id @param {boolean} [focus] whether the person asked for it, so that the composer may take the focus */
export function openChat(id, focus = false) {
  if (!id) return;
  const chat = app.state.chats[id];
  if (ui.current !== id) {
    ui.switchedAt = performance.now();
    ui.faq.open = false;
    ui.ending = "";
    ui.transfer = { note: "", problem: "", busy: false };
    if (chat?.stage === "ended" || chat?.stage === "closed" || !chat) ui.tab = "log";
    else if (ui.tab === "log") ui.tab = "customer";
  }
  app.show({ current: id, pane: "chat", popover: "" });
  if (!chat?.loaded) loadChat(id);
  markRead();
  if (focus) focusOn(chat?.stage === "ended" ? ".wrapup input" : ".composer textarea");
}

/** @type {Set<string>} */
const loading = new Set();

/** @param {string} id */
export async function loadChat(id) {
  if (loading.has(id)) return;
  loading.add(id);
  // What is heard while the answer is on its way is newer than the answer.
  const asked = app.state.cursor;
  const view = await app.api.get(`/v1/chats/${id}`).catch(() => null);
  loading.delete(id);
  if (view) app.dispatch({ type: "chat.loaded", data: view, after: asked });
  if (ui.current === id) markRead();
}

/** What is on screen while somebody looks at it has been read. */
export function markRead() {
  const chat = currentChat();
  if (!chat || chat.stage !== "active") return;
  const last = chat.messages.filter((message) => message.from === "customer").at(-1)?.seq ?? 0;
  const seen = document.visibilityState === "visible" && document.hasFocus();
  const read = seen ? last : chat.agent_receipt.read;
  if (read <= chat.agent_receipt.read && last <= chat.agent_receipt.delivered) return;
  app.dispatch({ type: "message.read", chat_id: chat.id, data: { side: "agent", delivered: last, read } });
  app.api.post(`/v1/chats/${chat.id}/read`, { delivered: last, read }).catch(() => {});
}

/** Lines of other chats have reached this page. @param {Chat} chat */
export function markDelivered(chat) {
  const last = chat.messages.filter((message) => message.from === "customer").at(-1)?.seq ?? 0;
  if (chat.id === ui.current || last <= chat.agent_receipt.delivered) return;
  app.dispatch({ type: "message.read", chat_id: chat.id, data: { side: "agent", delivered: last, read: chat.agent_receipt.read } });
  app.api.post(`/v1/chats/${chat.id}/read`, { delivered: last }).catch(() => {});
}

/** Sends what the composer holds. @param {"faq"} [kind] */
export function sendDraft(kind) {
  const chat = currentChat();
  if (!chat || chat.stage !== "active") return;
  const draft = draftOf(chat.id);
  const text = draft.text.trimEnd();
  if (!text.trim() || countCharacters(text) > app.state.setup.limit) return;
  app.outbox?.add(chat.id, text, draft.note ? "note" : (kind ?? "text"));
  stopTyping(chat.id);
  clearDraft(chat.id);
  app.redraw();
  afterDraw(scrollDown);
}

export function scrollDown() {
  const log = document.querySelector(".transcript");
  if (log) log.scrollTop = log.scrollHeight;
}

const TYPING_AGAIN_MS = 5000;
const TYPING_OVER_MS = 6000;
const typing = { chat: "", told: 0, timer: 0 };

/** @param {string} chat */
export function tellTyping(chat) {
  if (draftOf(chat).note) return;
  clearTimeout(typing.timer);
  typing.timer = window.setTimeout(() => stopTyping(chat), TYPING_OVER_MS);
  if (typing.chat === chat && Date.now() - typing.told < TYPING_AGAIN_MS) return;
  Object.assign(typing, { chat, told: Date.now() });
  app.stream?.tell({ type: "typing", chat_id: chat, on: true }) || app.api.post(`/v1/chats/${chat}/typing`, { on: true }).catch(() => {});
}

/** @param {string} chat */
function stopTyping(chat) {
  clearTimeout(typing.timer);
  if (typing.chat !== chat) return;
  typing.chat = "";
  app.stream?.tell({ type: "typing", chat_id: chat, on: false }) || app.api.post(`/v1/chats/${chat}/typing`, { on: false }).catch(() => {});
}

export async function endChat() {
  const chat = currentChat();
  if (!chat || chat.stage !== "active") return;
  ui.ending = "";
  stopTyping(chat.id);
  const done = await attempt(app.api.post(`/v1/chats/${chat.id}/end`).then(() => true));
  if (!done) return;
  loadChat(chat.id);
  focusOn(".wrapup input");
}

/** @param {{to_queue?: string, to_agent?: string}} to */
export async function transferChat(to) {
  const chat = currentChat();
  if (!chat || ui.transfer.busy) return;
  Object.assign(ui.transfer, { busy: true, problem: "" });
  app.redraw();
  try {
    const note = ui.transfer.note.trim();
    await app.api.post(`/v1/chats/${chat.id}/transfer`, { ...to, ...(note ? { note } : {}) });
    app.dispatch({ type: "chat.transferred", chat_id: chat.id, data: {} });
    ui.transfer = { note: "", problem: "", busy: false };
    app.show({ popover: "" });
    toast("Transferred.");
    openNext();
  } catch (error) {
    Object.assign(ui.transfer, { busy: false, problem: explain(error) });
    app.redraw();
  }
}

/** @param {Chat} chat @param {ChosenCode[]} codes @param {string} note */
export async function setDisposition(chat, codes, note) {
  const before = { codes: chat.view.codes ?? [], note: chat.view.note ?? "" };
  app.dispatch({ type: "disposition.set", chat_id: chat.id, data: { codes, note } });
  try {
    await app.api.put(`/v1/chats/${chat.id}/disposition`, { codes, note });
  } catch (error) {
    app.dispatch({ type: "disposition.set", chat_id: chat.id, data: before });
    toast(explain(error), "error");
  }
}

/** @param {Chat} chat */
export async function extendWrapUp(chat) {
  const done = await attempt(app.api.post(`/v1/chats/${chat.id}/post-processing/extend`).then(() => true));
  if (done) loadChat(chat.id);
}

/** @param {Chat} chat */
export async function finishWrapUp(chat) {
  const done = await attempt(app.api.post(`/v1/chats/${chat.id}/post-processing/finish`).then(() => true));
  if (!done) return;
  ui.acknowledged.add(chat.id);
  app.dispatch({ type: "chat.closed", chat_id: chat.id, data: {} });
  if (!ui.logs[chat.id]?.body) openNext();
}

/** @param {Chat} chat */
export function acknowledge(chat) {
  ui.acknowledged.add(chat.id);
  openNext();
}

/** @param {string} chat @param {Customer | null} customer @param {string} [caseId] */
export async function linkCustomer(chat, customer, caseId) {
  const body = { customer_id: customer?.id ?? null, ...(caseId ? { case_id: caseId } : {}) };
  const done = await attempt(app.api.put(`/v1/chats/${chat}/customer`, body).then(() => true));
  if (done) app.dispatch({ type: "customer.linked", chat_id: chat, data: { customer, case_id: caseId ?? null } });
  return Boolean(done);
}

/** To whom one would turn next; the screen stays where it is when there is nobody. */
function openNext() {
  const next = longestWaiting() ?? endedChats()[0] ?? activeChats()[0];
  if (next) openChat(next.id);
  else app.show({ current: "", pane: "chats" });
}

/** @returns {Chat | undefined} */
export function longestWaiting() {
  const waiting = activeChats().filter((chat) => unansweredSince(chat) !== "");
  return waiting.sort((a, b) => (unansweredSince(a) < unansweredSince(b) ? -1 : 1))[0];
}

/** @param {1 | -1} step */
export function stepChat(step) {
  const all = [...activeChats(), ...endedChats()];
  if (all.length === 0) return;
  const at = all.findIndex((chat) => chat.id === ui.current);
  openChat(all[(at + step + all.length) % all.length].id, true);
}

/** @param {unknown} error */
export function isStale(error) {
  return error instanceof Problem && error.status === 412;
}
