// Times for people. Deadlines are the server's: its clock is followed by an offset learned from every answer.

let offset = 0;

/** @param {string | undefined} serverNow */
export function learnClock(serverNow) {
  const time = serverNow ? Date.parse(serverNow) : NaN;
  if (!Number.isNaN(time)) offset = time - Date.now();
}

/** The server's clock, in milliseconds. */
export function now() {
  return Date.now() + offset;
}

/** Milliseconds since a server time, never negative. @param {string | undefined} time */
export function since(time) {
  return time ? Math.max(0, now() - Date.parse(time)) : 0;
}

/** Milliseconds until a server time; negative when it has passed. @param {string | undefined} time */
export function until(time) {
  return time ? Date.parse(time) - now() : 0;
}

/** `0:41`, `12:05`, `1:02:03`. @param {number} ms */
export function clock(ms) {
  const total = Math.floor(Math.abs(ms) / 1000);
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** Seconds left, rounded up so that "0 s" means over. @param {number} ms */
export function secondsLeft(ms) {
  return Math.max(0, Math.ceil(ms / 1000));
}

const hours = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const days = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** @param {string | undefined} time */
export function timeOfDay(time) {
  return valid(time) ? hours.format(new Date(/** @type {string} */ (time))) : "";
}

/** @param {string} time */
export function dayOf(time) {
  return valid(time) ? days.format(new Date(time)) : "";
}

/** @param {string | undefined} time */
export function dateAndTime(time) {
  return valid(time) ? full.format(new Date(/** @type {string} */ (time))) : "";
}

/** @param {string | undefined} time */
function valid(time) {
  return time !== undefined && !Number.isNaN(Date.parse(time));
}

/** @param {string} one @param {string} other */
export function sameDay(one, other) {
  return new Date(one).toDateString() === new Date(other).toDateString();
}
