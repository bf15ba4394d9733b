// Proves the stage itself, and the vendored Lit, in the real browser: a page under the policy of our pages works and has
// nothing to complain of, and a page that misbehaves in each of the ways we care about is caught in each of them.

import assert from "node:assert/strict";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openStage, startHark } from "./lib.mjs";

/** The policy of the pages, as engine/http sends it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; " +
  "connect-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; " +
  "require-trusted-types-for 'script'";

const LIT = new URL("../../engine/http/web/vendor/lit.js", import.meta.url);

/** @param {string} script */
const page = (script) => `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Stage</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/page.css"><script type="module" src="${script}"></script></head>
<body><main><h1>Stage</h1><hark-lines></hark-lines><hark-badge></hark-badge></main></body></html>`;

// Every export of lit.js is used, in light DOM and in shadow DOM with a style sheet of its own.
const GOOD = `
import { LitElement, ReactiveElement, classMap, createRef, css, html, live, noChange, nothing, ref, render, repeat, svg } from "/lit.js";

class Lines extends LitElement {
  static properties = { lines: { state: true }, text: { state: true } };
  field = createRef();
  constructor() { super(); this.lines = ["one", "two"]; this.text = ""; }
  createRenderRoot() { return this; }
  add() { this.lines = [this.field.value.value, ...this.lines]; this.text = ""; this.requestUpdate(); }
  render() {
    return html\`<label>Line <input \${ref(this.field)} .value=\${live(this.text)}></label>
      <button type="button" @click=\${() => this.add()}>Add</button>
      <ul>\${repeat(this.lines, (line) => line, (line) => html\`<li class=\${classMap({ long: line.length > 3 })}>\${line}</li>\`)}</ul>
      \${this.lines.length > 2 ? html\`<p id="many">many</p>\` : nothing}\`;
  }
}
customElements.define("hark-lines", Lines);

class Badge extends LitElement {
  static styles = css\`:host { display: inline-block; } svg { inline-size: 12px; }\`;
  render() { return html\`<svg viewBox="0 0 2 2" role="img" aria-label="ready">\${svg\`<circle cx="1" cy="1" r="1"></circle>\`}</svg>\`; }
}
customElements.define("hark-badge", Badge);

const side = document.createElement("p");
document.querySelector("main").append(side);
render(html\`rendered\`, side);
const known = ReactiveElement.prototype.isPrototypeOf(Lines.prototype) && typeof noChange === "symbol";
document.documentElement.dataset.ready = String(known);
`;

const BAD = `
console.error("an error on the console");
setTimeout(() => { throw new Error("an exception nobody caught"); });
try { document.querySelector("main").innerHTML = "<b>markup from text</b>"; } catch {}
document.querySelector("main").setAttribute("style", "color: red");
fetch("http://127.0.0.1:9/elsewhere").catch(() => {});
alert("a dialog");
document.documentElement.dataset.ready = "true";
`;

const ROUTES = new Map([
  ["/", ["text/html; charset=utf-8", page("/good.js")]],
  ["/bad", ["text/html; charset=utf-8", page("/bad.js")]],
  ["/unreadable", ["text/html; charset=utf-8", page("/none.js").replace("<main>", '<main><img src="data:,"><input>')]],
  ["/good.js", ["text/javascript", GOOD]],
  ["/bad.js", ["text/javascript", BAD]],
  ["/none.js", ["text/javascript", ""]],
  ["/page.css", ["text/css", "body { font: 16px sans-serif; } .long { font-weight: bold; }"]],
]);

const server = createServer((request, response) => {
  const found = ROUTES.get(request.url ?? "");
  if (!found) return response.writeHead(404).end();
  response.writeHead(200, { "content-type": found[0], "content-security-policy": POLICY }).end(found[1]);
});
let base = "";

before(async () => {
  ROUTES.set("/lit.js", ["text/javascript", await readFile(LIT, "utf8")]);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address && typeof address === "object");
  base = `http://127.0.0.1:${address.port}`;
});
after(() => server.close());

test("a page with the vendored Lit works under our policy and complains of nothing", async () => {
  const stage = await openStage({ base, folder: "harness" });
  for (const who of ["customer", "agent"]) {
    const page = stage.page(who);
    await page.goto("/");
    await page.locator("html[data-ready=true]").waitFor();
    const line = "three <img src=x onerror=alert(1)>";
    await page.getByLabel("Line").fill(line);
    await page.getByRole("button", { name: "Add" }).click();
    await page.locator("#many").waitFor();
    assert.deepEqual(await page.locator("li").allTextContents(), [line, "one", "two"]);
    assert.deepEqual(await page.locator("li.long").allTextContents(), [line]);
    assert.equal(await page.getByLabel("Line").inputValue(), "");
    assert.equal(await page.locator("hark-badge").evaluate((badge) => getComputedStyle(badge).display), "inline-block");
    const shot = await stage.shot(who, "a line was added");
    assert.match(shot, new RegExp(`0[12]-${who}-a-line-was-added\\.png$`));
    assert.ok((await stat(shot)).size > 1000);
    await stage.axe(who);
  }
  await stage.close();
});

test("two people share neither cookies nor storage", async () => {
  const stage = await openStage({ base, folder: "harness" });
  for (const who of ["customer", "agent"]) await stage.page(who).goto("/");
  await stage.page("agent").evaluate(() => localStorage.setItem("secret", "agent's own"));
  assert.equal(await stage.page("customer").evaluate(() => localStorage.getItem("secret")), null);
  await stage.close();
});

test("each kind of misbehaviour is caught", async () => {
  const stage = await openStage({ base, people: ["agent"], folder: "harness" });
  await stage.page("agent").goto("/bad");
  await stage.page("agent").locator("html[data-ready=true]").waitFor();
  /** @type {[string, RegExp][]} */
  const expected = [
    ["console", /an error on the console/],
    ["exception", /an exception nobody caught/],
    ["csp", /require-trusted-types-for .*innerHTML/],
    ["csp", /style-src-attr/],
    ["csp", /connect-src .*elsewhere/],
    ["dialog", /alert: a dialog/],
  ];
  // The uncaught exception comes from a timer: ask again until all are there or the test's own deadline ends it.
  const missing = () => expected.filter(([kind, text]) => !stage.problems.some((p) => p.kind === kind && text.test(p.text)));
  for (let tries = 0; missing().length > 0 && tries < 100; tries += 1) await stage.page("agent").waitForTimeout(50);
  assert.deepEqual(missing(), []);
  await assert.rejects(stage.close(), /pages complained/);
});

test("a page that leaves for another host is caught", async () => {
  const stage = await openStage({ base, people: ["customer"], folder: "harness" });
  await assert.rejects(stage.page("customer").goto("http://127.0.0.1:9/"));
  assert.deepEqual(stage.problems.map(({ kind }) => kind), ["foreign request"]);
  stage.excuse(/127\.0\.0\.1:9/, "this test leaves on purpose");
  await stage.close();
});

test("an excuse that nothing needs fails", async () => {
  const stage = await openStage({ base, people: ["customer"], folder: "harness" });
  stage.excuse(/never/, "nothing does this");
  await assert.rejects(stage.close(), /never needed/);
});

test("axe's findings fail the story", async () => {
  const stage = await openStage({ base, people: ["customer"], folder: "harness" });
  await stage.page("customer").goto("/unreadable");
  await assert.rejects(stage.axe("customer"), /image-alt .*\n.*\n.*label /s);
  await stage.close();
});

test("the binary's first line is read, and it is stopped by SIGTERM", async () => {
  const demo = { base_url: "http://127.0.0.1:1/", widget_key: "k", agent: {}, supervisor: {}, admin: {}, dir: "d" };
  // Who prints its first line is ready to be stopped: the trap comes before it.
  const program = `trap 'kill $!; exit 0' TERM\necho '${JSON.stringify(demo)}'\nwhile :; do echo more; sleep 0.01; done & wait`;
  await withProgram(program, async (binary) => {
    const desk = await startHark({ binary });
    assert.equal(desk.base, "http://127.0.0.1:1");
    assert.equal((await stat(desk.dir)).isDirectory(), true);
    await desk.stop();
    await assert.rejects(stat(desk.dir), { code: "ENOENT" });
  });
});

test("a binary that ends, or stays silent, fails with its own words", async () => {
  await withProgram("echo 'config.toml:3: unknown key' >&2; exit 2", async (binary) => {
    await assert.rejects(startHark({ binary }), /ended with exit code 2\nconfig\.toml:3: unknown key/);
  });
  await withProgram("echo 'opening the journal' >&2; exec sleep 60", async (binary) => {
    await assert.rejects(startHark({ binary, deadlineMs: 300 }), /said nothing for 300 ms\nopening the journal/);
  });
  await assert.rejects(startHark({ binary: "/nonexistent/hark" }), /run `cargo build` first/);
});

/**
 * Runs the work with a small shell program in the place of the binary.
 * @param {string} body
 * @param {(path: string) => Promise<void>} work
 */
async function withProgram(body, work) {
  const dir = await mkdtemp(join(tmpdir(), "hark-harness-"));
  const path = join(dir, "program");
  try {
    await writeFile(path, `#!/bin/sh\n${body}\n`);
    await chmod(path, 0o755);
    await work(path);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
