// The stage for stories in a real browser: it starts the real binary and Debian's Chromium, gives each person of the
// story a browser context of their own, takes a picture per step, and keeps a list of everything that went wrong on any
// page. It never looks into a page for the story, and never retries one.
//
//   const desk = await startHark();
//   const stage = await openStage({ base: desk.base, people: ["customer", "agent"] });
//   await stage.page("agent").goto("/agent");
//   await stage.shot("agent", "signed in");
//   await stage.axe("agent");
//   await stage.close();            // fails when a page complained
//   await desk.stop();

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = resolve(HERE, "../..");
const SHOTS = join(HERE, "shots");

/** How long the binary may take to say where it listens. A demo that has to lay out its data needs a second or two. */
const START_DEADLINE_MS = 60_000;
/** How long it may take to stop after SIGTERM before it is killed, which fails the story. */
const STOP_DEADLINE_MS = 20_000;
/** How long a page may take for one step; Playwright's own messages say which step it was. */
const STEP_DEADLINE_MS = 15_000;
/** How many lines of the binary's own log a failure shows. */
const LOG_LINES_SHOWN = 40;

const CHROMIUM = process.env.CHROMIUM_BIN ?? "/usr/bin/chromium";
// No sandbox: the tests may run as root in a container. Nothing of the browser's own talks to the outside.
const CHROMIUM_FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/**
 * What `hark demo --json` says on its first line.
 * @typedef {object} Demo
 * @property {string} base_url
 * @property {string} widget_key
 * @property {{login: string, password: string}} agent
 * @property {{login: string, password: string}} supervisor
 * @property {{login: string, password: string, token: string}} admin
 * @property {string} dir
 */

/**
 * Something a page did that no page may do.
 * @typedef {object} Problem
 * @property {string} who whose page
 * @property {"console" | "exception" | "csp" | "dialog" | "crash" | "foreign request"} kind
 * @property {string} text
 */

/** The binary under test: HARK_BIN, else the debug build in Cargo's target folder. */
export function harkBinary() {
  const target = process.env.CARGO_TARGET_DIR ? resolve(ROOT, process.env.CARGO_TARGET_DIR) : join(ROOT, "target");
  return process.env.HARK_BIN ? resolve(process.env.HARK_BIN) : join(target, "debug/hark");
}

/**
 * Starts `hark demo` in a new temporary folder and on a free port, and waits for its first line.
 * @param {{args?: string[], binary?: string, deadlineMs?: number}} [options]
 */
export async function startHark({ args = [], binary = harkBinary(), deadlineMs = START_DEADLINE_MS } = {}) {
  assert.ok(existsSync(binary), `${binary} is missing: run \`cargo build\` first, or set HARK_BIN`);
  const dir = await mkdtemp(join(tmpdir(), "hark-story-"));
  const child = spawn(binary, ["demo", "--json", "--listen", "127.0.0.1:0", "--dir", dir, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const log = tail(child.stderr);
  const exited = new Promise((done) => child.once("exit", (code, signal) => done(signal ?? code)));

  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    const ended = await within(STOP_DEADLINE_MS, exited);
    if (ended === LATE) child.kill("SIGKILL");
    await rm(dir, { recursive: true, force: true });
    assert.equal(ended, 0, `hark did not stop cleanly after SIGTERM (${describe(ended)})\n${log()}`);
  };
  /** As a power cut would: no clean-up, and the folder stays for a restart. */
  const kill = async () => {
    child.kill("SIGKILL");
    await exited;
  };

  const line = await within(deadlineMs, Promise.race([firstLine(child.stdout), exited.then(() => null)]));
  if (typeof line !== "string") {
    const why = line === LATE ? `said nothing for ${deadlineMs} ms` : `ended with ${describe(await exited)}`;
    await kill();
    await rm(dir, { recursive: true, force: true });
    throw new Error(`hark demo ${why}\n${log()}`);
  }
  /** @type {Demo} */
  const demo = JSON.parse(line);
  for (const key of ["base_url", "widget_key", "agent", "supervisor", "admin", "dir"]) {
    assert.ok(key in demo, `the first line of hark demo --json has no "${key}": ${line}`);
  }
  return { demo, base: demo.base_url.replace(/\/$/, ""), dir, pid: child.pid, log, stop, kill };
}

/**
 * Opens the browser with a context, and in it a page, for each person.
 * @param {object} options
 * @param {string} options.base where the pages are; a request to anywhere else is a problem
 * @param {string[]} [options.people] their names; each has cookies and storage of their own
 * @param {string} [options.folder] where in shots/ the pictures go; the story itself has none
 * @param {import("playwright-core").BrowserContextOptions} [options.context] e.g. colorScheme, locale, viewport
 */
export async function openStage({ base, people = ["customer", "agent"], folder = "", context = {} }) {
  assert.ok(existsSync(CHROMIUM), `${CHROMIUM} is missing: install Debian's package chromium, or set CHROMIUM_BIN`);
  // Playwright makes a new user-data-dir for every launch and removes it afterwards.
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_FLAGS });
  const stage = new Stage(browser, base, join(SHOTS, folder));
  try {
    for (const person of people) await stage.enter(person, context);
  } catch (error) {
    await browser.close();
    throw error;
  }
  return stage;
}

class Stage {
  /** @type {Map<string, import("playwright-core").Page>} */
  #pages = new Map();
  /** @type {Problem[]} */
  #problems = [];
  /** @type {{pattern: RegExp, reason: string, used: boolean}[]} */
  #excuses = [];
  #shots = 0;

  /**
   * @param {import("playwright-core").Browser} browser
   * @param {string} base
   * @param {string} shotsFolder
   */
  constructor(browser, base, shotsFolder) {
    this.browser = browser;
    this.base = base;
    this.shotsFolder = shotsFolder;
  }

  /**
   * One more person, with a browser context of their own.
   * @param {string} who
   * @param {import("playwright-core").BrowserContextOptions} [options]
   */
  async enter(who, options = {}) {
    const context = await this.browser.newContext({ baseURL: this.base, viewport: { width: 1280, height: 800 }, ...options });
    context.setDefaultTimeout(STEP_DEADLINE_MS);
    await context.exposeBinding("__harkStageViolation", (_source, text) => this.#note(who, "csp", text));
    await context.addInitScript(reportViolations);
    context.on("page", (page) => this.#watch(who, page));
    const page = await context.newPage();
    this.#pages.set(who, page);
    return page;
  }

  /** @param {string} who */
  page(who) {
    const page = this.#pages.get(who);
    assert.ok(page, `nobody called "${who}" is on the stage`);
    return page;
  }

  /**
   * A picture of what this person sees now, as NN-who-name.png.
   * @param {string} who
   * @param {string} name what happens in this step
   */
  async shot(who, name) {
    if (this.#shots === 0) await emptyFolder(this.shotsFolder);
    this.#shots += 1;
    const slug = `${who}-${name}`.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
    const path = join(this.shotsFolder, `${String(this.#shots).padStart(2, "0")}-${slug}.png`);
    await this.page(who).screenshot({ path, animations: "disabled" });
    return path;
  }

  /**
   * Runs axe-core on the page as it is now and fails on any violation.
   * @param {string} who
   * @param {{exclude?: string[]}} [options] selectors of parts that are somebody else's
   */
  async axe(who, options = {}) {
    const violations = await axeViolations(this.page(who), options);
    const told = violations.map((v) => `${v.id} (${v.impact}): ${v.help}\n    ${v.nodes.map((n) => n.target.join(" ")).join("\n    ")}`);
    assert.deepEqual(told, [], `axe found ${told.length} violations on the page of ${who}:\n  ${told.join("\n  ")}`);
  }

  /**
   * What the pages complained of so far, without what was excused.
   * @returns {Problem[]}
   */
  get problems() {
    return this.#problems.filter((problem) => {
      const excuse = this.#excuses.find(({ pattern }) => pattern.test(problem.text));
      if (excuse) excuse.used = true;
      return !excuse;
    });
  }

  /**
   * A complaint that the story itself causes, such as a server that it kills. One that never comes fails the story too.
   * @param {RegExp} pattern
   * @param {string} reason
   */
  excuse(pattern, reason) {
    this.#excuses.push({ pattern, reason, used: false });
  }

  /** Closes the browser and gives the verdict: no page may have complained of anything. */
  async close() {
    await this.browser.close();
    const told = this.problems.map(({ who, kind, text }) => `${who}: ${kind}: ${text}`);
    assert.deepEqual(told, [], `pages complained:\n  ${told.join("\n  ")}`);
    const idle = this.#excuses.filter(({ used }) => !used).map(({ pattern, reason }) => `${pattern} (${reason})`);
    assert.deepEqual(idle, [], "these excuses were never needed; remove them");
  }

  /**
   * @param {string} who
   * @param {import("playwright-core").Page} page
   */
  #watch(who, page) {
    page.on("console", (message) => {
      if (message.type() === "error") this.#note(who, "console", `${message.text()} (${message.location().url})`);
    });
    page.on("pageerror", (error) => this.#note(who, "exception", error.stack ?? String(error)));
    page.on("crash", () => this.#note(who, "crash", page.url()));
    page.on("dialog", (dialog) => {
      this.#note(who, "dialog", `${dialog.type()}: ${dialog.message()}`);
      // A page that closes takes its dialog with it.
      dialog.dismiss().catch(() => {});
    });
    page.on("request", (request) => {
      const url = new URL(request.url());
      const own = /^(data|blob|about):$/.test(url.protocol) || sameHost(url, new URL(this.base));
      if (!own) this.#note(who, "foreign request", request.url());
    });
  }

  /**
   * @param {string} who
   * @param {Problem["kind"]} kind
   * @param {string} text
   */
  #note(who, kind, text) {
    this.#problems.push({ who, kind, text });
  }
}

/** Runs inside every document before its own scripts. */
function reportViolations() {
  document.addEventListener("securitypolicyviolation", (event) => {
    const where = event.sourceFile ? ` at ${event.sourceFile}:${event.lineNumber}` : "";
    // @ts-expect-error the stage puts this function there
    globalThis.__harkStageViolation(`${event.effectiveDirective} blocked ${event.blockedURI || "inline"} ${event.sample}${where}`);
  });
}

/**
 * axe's findings on a page. axe goes in through the debugger, as the page's own policy forbids foreign scripts.
 * @param {import("playwright-core").Page} page
 * @param {{exclude?: string[]}} [options]
 * @returns {Promise<import("axe-core").Result[]>}
 */
export async function axeViolations(page, { exclude = [] } = {}) {
  const source = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const debug = await page.context().newCDPSession(page);
  const run = `axe.run({ exclude: ${JSON.stringify(exclude.map((s) => [s]))} }).then((r) => JSON.stringify(r.violations))`;
  try {
    await debug.send("Runtime.evaluate", { expression: source });
    const { result, exceptionDetails } = await debug.send("Runtime.evaluate", { expression: run, awaitPromise: true });
    assert.equal(exceptionDetails, undefined, `axe failed: ${exceptionDetails?.exception?.description}`);
    return JSON.parse(result.value);
  } finally {
    await debug.detach();
  }
}

/**
 * Yesterday's pictures go before the first of today's.
 * @param {string} path
 */
async function emptyFolder(path) {
  await mkdir(path, { recursive: true });
  for (const file of await readdir(path)) if (file.endsWith(".png")) await rm(join(path, file));
}

/**
 * @param {URL} one
 * @param {URL} other
 */
function sameHost(one, other) {
  return one.host === other.host && one.protocol.replace("ws", "http") === other.protocol;
}

/** @param {import("node:stream").Readable} stream */
async function firstLine(stream) {
  const lines = createInterface({ input: stream });
  const [line] = await Promise.race([once(lines, "line"), once(lines, "close").then(() => [null])]);
  // The rest of the output is read and dropped, so that the pipe never fills.
  return /** @type {string | null} */ (line);
}

/**
 * Keeps the last lines of a stream; the answer gives them as text.
 * @param {import("node:stream").Readable} stream
 */
function tail(stream) {
  /** @type {string[]} */
  const lines = [];
  createInterface({ input: stream }).on("line", (line) => {
    lines.push(line);
    if (lines.length > LOG_LINES_SHOWN) lines.shift();
  });
  return () => lines.join("\n");
}

const LATE = Symbol("late");

/**
 * @template T
 * @param {number} ms
 * @param {Promise<T>} work
 * @returns {Promise<T | typeof LATE>}
 */
async function within(ms, work) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((done) => (timer = setTimeout(() => done(LATE), ms)));
  try {
    return await /** @type {Promise<T | typeof LATE>} */ (Promise.race([work, late]));
  } finally {
    clearTimeout(timer);
  }
}

/** @param {unknown} ended */
function describe(ended) {
  if (ended === LATE) return `still running after ${STOP_DEADLINE_MS} ms`;
  return typeof ended === "number" ? `exit code ${ended}` : String(ended);
}
