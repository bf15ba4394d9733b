// The comparison of two texts on the admin's page: whatever they are, its lines give back both.

import assert from "node:assert/strict";
import { test } from "node:test";
import { compare, counts, hunks } from "../../../engine/http/web/admin/diff.js";

/** A small generator, so that a failure can be told again. @param {number} seed */
function random(seed) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** @param {ReturnType<typeof compare>} lines @param {"+" | "-"} without */
const side = (lines, without) => lines.filter(({ sign }) => sign !== without).map(({ text }) => text);

test("both texts come out of the comparison, with their line numbers", () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const draw = random(seed);
    const text = () => Array.from({ length: draw(14) }, () => "abc"[draw(3)]);
    const [old, now] = [text(), text()];
    const lines = compare(old.join("\n"), now.join("\n"));
    assert.deepEqual(side(lines, "+"), old, `seed ${seed}`);
    assert.deepEqual(side(lines, "-"), now, `seed ${seed}`);
    assert.deepEqual(lines.filter(({ before }) => before > 0).map(({ before }) => before), old.map((_, at) => at + 1), `seed ${seed}`);
    assert.deepEqual(lines.filter(({ after }) => after > 0).map(({ after }) => after), now.map((_, at) => at + 1), `seed ${seed}`);
  }
});

test("a small change is told as a small change", () => {
  const old = Array.from({ length: 40 }, (_, at) => `line ${at + 1}`);
  const now = old.with(19, "another line");
  assert.deepEqual(counts(old.join("\n"), now.join("\n")), { went: 1, came: 1 });
  const [group, ...more] = hunks(old.join("\n"), now.join("\n"));
  assert.equal(more.length, 0);
  assert.equal(group.skipped, 16);
  assert.deepEqual(group.lines.map(({ sign }) => sign).join(""), "   -+   ");
});

test("texts that are equal, empty or huge", () => {
  assert.deepEqual(hunks("a\nb", "a\nb\n"), []);
  assert.deepEqual(counts("", "a\n"), { went: 0, came: 1 });
  assert.deepEqual(counts("a", ""), { went: 1, came: 0 });
  const long = (/** @type {string} */ word) => Array.from({ length: 3000 }, (_, at) => `${word} ${at}`).join("\n");
  assert.deepEqual(counts(long("a"), long("b")), { went: 3000, came: 3000 });
});
