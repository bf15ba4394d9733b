// What a page costs to load for the first time: every script that it reaches, and every style sheet, compressed as the
// server may send them. The figures are printed.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

const WEB = fileURLToPath(new URL("../../../engine/http/web/", import.meta.url));
const SCRIPT_LIMIT = 60_000;
const STYLE_LIMIT = 12_000;

/** Every module that a script reaches. @param {string} path @param {Set<string>} found */
async function reach(path, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  const text = await readFile(join(WEB, path), "utf8");
  for (const [, other] of text.matchAll(/^(?:import|export)[^"]*from "(\.[^"]+)"|^import "(\.[^"]+)"/gm)) {
    if (other) await reach(normalize(join(dirname(path), other)), found);
  }
  return found;
}

/** @param {Iterable<string>} paths */
async function weigh(paths) {
  let sum = 0;
  for (const path of paths) sum += brotliCompressSync(await readFile(join(WEB, path))).length;
  return sum;
}

for (const page of ["console", "support", "supervisor", "admin"]) {
  test(`the first load of ${page}`, async () => {
    const html = await readFile(join(WEB, `${page}.html`), "utf8");
    const styles = [...html.matchAll(/href="\/ui\/([^"]+\.css)"/g)].map(([, path]) => path);
    const scripts = await reach(`${page}/main.js`);
    scripts.add("net/pulse.worker.js");
    const [script, style] = [await weigh(scripts), await weigh(styles)];
    console.log(`${page}: ${scripts.size} scripts ${(script / 1000).toFixed(1)} KB, ${styles.length} style sheets ${(style / 1000).toFixed(1)} KB, brotli`);
    assert.ok(script <= SCRIPT_LIMIT, `${script} bytes of script, at most ${SCRIPT_LIMIT}`);
    assert.ok(style <= STYLE_LIMIT, `${style} bytes of style, at most ${STYLE_LIMIT}`);
  });
}

test("nothing makes markup or code from text", async () => {
  for (const page of ["console", "support", "supervisor", "admin"]) {
    for (const path of await reach(`${page}/main.js`)) {
      if (path.startsWith("vendor/")) continue;
      const text = await readFile(join(WEB, path), "utf8");
      assert.doesNotMatch(text, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|unsafeHTML|\beval\(|new Function|\sstyle=/, path);
    }
  }
});
