// Signing in, for the console and the supervisor's page alike: a name and a password, or a one-time link.

import { html, nothing } from "../vendor/lit.js";
import { Problem, explain } from "../net/api.js";
import { store, stored } from "./page.js";

/** Remembers that somebody has signed in; the cookie itself is not for scripts. */
export const SIGNED_IN = "hark.signed-in";

/** @typedef {{busy: boolean, problem: string}} LoginState */

/** @returns {LoginState} */
export function loginState() {
  return { busy: false, problem: "" };
}

/**
 * The one-time token of `#login=…`, which leaves the address at once.
 * @returns {string}
 */
export function takeOneTimeToken() {
  const token = new URLSearchParams(location.hash.slice(1)).get("login") ?? "";
  if (token) history.replaceState(null, "", location.pathname + location.search);
  return token;
}

/**
 * Whoever is signed in already, or comes with a one-time link; null when nobody is.
 * @param {import("../net/api.js").Api} api
 * @param {LoginState} state
 */
export async function whoIsThere(api, state) {
  const token = takeOneTimeToken();
  // Nobody has signed in on this browser: no need to ask the server.
  if (!token && !stored(SIGNED_IN)) return null;
  try {
    // A link that has been used is no harm to whoever it has signed in already.
    if (token) await api.post("/v1/sessions/one-time", { token }).catch((error) => { if (!stored(SIGNED_IN)) throw error; });
    const person = await api.get("/v1/me");
    store(SIGNED_IN, true);
    return person;
  } catch (error) {
    if (error instanceof Problem && error.status === 401) store(SIGNED_IN, null);
    if (token && error instanceof Problem && error.status !== 0) state.problem = "This link has been used or is too old. Sign in with your name and password.";
    else if (!(error instanceof Problem) || error.status !== 401) state.problem = explain(error);
    return null;
  }
}

/**
 * @param {object} options
 * @param {string} options.title
 * @param {import("../net/api.js").Api} options.api
 * @param {LoginState} options.state
 * @param {() => void} options.redraw
 * @param {() => void} options.onDone
 */
export function loginForm({ title, api, state, redraw, onDone }) {
  /** @param {SubmitEvent} event */
  const submit = async (event) => {
    event.preventDefault();
    const data = new FormData(/** @type {HTMLFormElement} */ (event.currentTarget));
    Object.assign(state, { busy: true, problem: "" });
    redraw();
    try {
      await api.post("/v1/sessions", { login: data.get("login"), password: data.get("password") });
      store(SIGNED_IN, true);
      onDone();
    } catch (error) {
      const wrong = error instanceof Problem && error.status === 401;
      state.problem = wrong ? "Name or password is not right." : explain(error);
    }
    state.busy = false;
    redraw();
  };
  return html`
    <main class="login">
      <form class="card" @submit=${submit} aria-labelledby="login-title">
        <p class="brand"><span class="logo" aria-hidden="true"></span>Hark</p>
        <h1 id="login-title">${title}</h1>
        ${state.problem ? html`<p class="alert" role="alert">${state.problem}</p>` : nothing}
        <label>Name <input name="login" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus></label>
        <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
        <button class="primary wide" ?disabled=${state.busy}>${state.busy ? "Signing in…" : "Sign in"}</button>
      </form>
    </main>`;
}
