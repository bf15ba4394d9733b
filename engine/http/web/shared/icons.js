// Shapes that carry a state without its colour, and the few signs of the pages. Drawn, never fetched.

import { html, svg } from "../vendor/lit.js";

/** @type {Record<string, import("../vendor/lit.js").TemplateResult<2>>} */
const SHAPES = {
  available: svg`<circle cx="8" cy="8" r="6" fill="currentColor"/>`,
  offered: svg`<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="2.5"/><circle cx="8" cy="8" r="2" fill="currentColor"/>`,
  busy: svg`<rect x="2.5" y="2.5" width="11" height="11" rx="1.5" fill="currentColor"/>`,
  post_processing: svg`<path d="M8 1.2 14.8 8 8 14.8 1.2 8Z" fill="currentColor"/>`,
  on_break: svg`<path d="M3 2h3.6v12H3zM9.4 2H13v12H9.4z" fill="currentColor"/>`,
  work_offline: svg`<circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="2"/>`,
  logged_out: svg`<path d="M3.5 3.5l9 9m0-9l-9 9" stroke="currentColor" stroke-width="2.2" stroke-linecap="round"/>`,
  missed: svg`<path d="M8 1.5 15 14.5H1Z" fill="currentColor"/>`,
  disconnected: svg`<path d="M3.5 3.5l9 9m0-9l-9 9" stroke="currentColor" stroke-width="2.2" stroke-linecap="round"/>`,
};

/** @type {Record<string, string>} */
const PATHS = {
  close: "M4 4l8 8m0-8l-8 8",
  down: "M4 6l4 4 4-4",
  bell: "M8 2a4 4 0 0 0-4 4v3l-1.3 2.2h10.6L12 9V6a4 4 0 0 0-4-4zM6.5 13.2a1.6 1.6 0 0 0 3 0",
  muted: "M8 2a4 4 0 0 0-4 4v3l-1.3 2.2h10.6L12 9V6a4 4 0 0 0-4-4zM2.5 2.5l11 11",
  pencil: "M3 13l.7-3L10.6 3.1a1.2 1.2 0 0 1 1.7 0l.6.6a1.2 1.2 0 0 1 0 1.7L6 12.3z",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zm3.3 7.8L14 14",
  warn: "M8 2L15 14H1zM8 6.5v3.5m0 1.6v.4",
  send: "M2.5 8L14 2.5 10.5 14 8 9z",
  swap: "M3 5.5h9M9.5 3l2.5 2.5L9.5 8M13 10.5H4M6.5 8L4 10.5 6.5 13",
  check: "M3 8.5l3.2 3.2L13 5",
  back: "M10 3L5 8l5 5",
  help: "M6 6a2 2 0 1 1 2.8 1.8c-.6.3-.8.7-.8 1.4m0 2.3v.3M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z",
  link: "M6.5 9.5l3-3M7 4.6l1.2-1.2a2.8 2.8 0 0 1 4 4L11 8.6M9 11.4l-1.2 1.2a2.8 2.8 0 0 1-4-4L5 7.4",
  chat: "M2.5 3.5h11v7.5H7l-3 2.5V11H2.5z",
  user: "M8 2.5a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM3 13.5c.5-2.6 2.5-4 5-4s4.5 1.4 5 4",
  download: "M8 2.5v7.5m-3-3l3 3 3-3M3 13.5h10",
  theme: "M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12",
};

/** The shape of a state. @param {string} state */
export function shape(state) {
  return html`<svg class="shape s-${state}" viewBox="0 0 16 16" aria-hidden="true">${SHAPES[state] ?? SHAPES.work_offline}</svg>`;
}

/** @param {string} name */
export function icon(name) {
  return html`<svg class="icon i-${name}" viewBox="0 0 16 16" aria-hidden="true"><path d=${PATHS[name]} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/></svg>`;
}

/** @type {Record<string, string>} */
export const STATUS_WORDS = {
  available: "Available",
  offered: "Offered",
  busy: "Busy",
  busy_stop_new: "Busy, no new chats",
  post_processing: "Post-processing",
  on_break: "On break",
  work_offline: "Work offline",
  logged_out: "Logged out",
  missed: "Missed",
  disconnected: "Disconnected",
};
