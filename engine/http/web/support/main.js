// The page for customers: help articles, a form, a chat. Made for a phone first.

import { html } from "../vendor/lit.js";
import { everySecond } from "../net/pulse.js";
import { drawing, stored, useTheme } from "../shared/page.js";
import { app, connect, open, resume, tellRead, ui } from "./app.js";
import { chat } from "./chat.js";
import { article, form, home } from "./home.js";

const root = /** @type {HTMLElement} */ (document.getElementById("app"));

function page() {
  return html`<div class="skips"><a href="#main">To the content</a></div>
    <header class="top"><p class="brand"><span class="logo" aria-hidden="true"></span>Support</p></header>
    ${screen()}
    <div class="hidden" role="status" aria-live="polite">${ui.said}</div>`;
}

function screen() {
  switch (ui.screen) {
    case "chat": return app.state.guest ? chat() : home();
    case "article": return article();
    case "form": return form();
    case "home": return home();
    default: return html`<main class="sheet" id="main"><p class="starting" role="status">One moment…</p></main>`;
  }
}

let shown = "";
connect(drawing(root, page, () => {
  const guest = app.state.guest;
  const now = `${ui.screen} ${guest?.messages.length} ${app.outbox?.items.length} ${guest?.typing} ${guest?.state}`;
  const log = document.querySelector(".transcript");
  if (log && now !== shown) log.scrollTop = log.scrollHeight;
  shown = now;
}));

addEventListener("popstate", () => {
  if (ui.screen === "chat") return;
  app.show({ screen: ui.screen === "form" && ui.article && history.state?.article ? "article" : "home", problem: "" });
});
// Another tab of this browser has begun a chat: it is the same one.
addEventListener("storage", (event) => {
  if (event.key !== "hark.guest.token" || !event.newValue || app.api.token) return;
  app.api.token = stored("hark.guest.token", "");
  resume();
});
addEventListener("focus", tellRead);
document.addEventListener("visibilitychange", tellRead);
everySecond(() => app.stream && app.stream.condition !== "live" && app.redraw());

useTheme();
app.redraw();
open();
