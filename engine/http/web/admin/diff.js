// Two texts line by line: what went, what came, what stayed. Pure; it draws nothing.

/** @typedef {{ sign: "-" | "+" | " ", text: string, before: number, after: number }} Line number of a line in each text, from 1; 0 where it is not */
/** @typedef {{ lines: Line[], skipped: number }} Hunk `skipped` lines are the same before it */

/** Lines of both texts, multiplied, beyond which the middle is told as replaced as a whole. */
const MOST = 4_000_000;

/** @param {string} text */
const linesOf = (text) => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

/**
 * Every line of both texts, in order.
 * @param {string} before
 * @param {string} after
 * @returns {Line[]}
 */
export function compare(before, after) {
  const [old, now] = [linesOf(before), linesOf(after)];
  let [start, end] = [0, 0];
  while (start < Math.min(old.length, now.length) && old[start] === now[start]) start += 1;
  while (end < Math.min(old.length, now.length) - start && old[old.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  /** @type {Line[]} */
  const lines = [];
  let [one, other] = [0, 0];
  const same = () => lines.push({ sign: " ", text: now[other], before: (one += 1), after: (other += 1) });
  const went = () => lines.push({ sign: "-", text: old[one], before: (one += 1), after: 0 });
  const came = () => lines.push({ sign: "+", text: now[other], before: 0, after: (other += 1) });
  while (one < start) same();
  for (const step of middle(old.slice(start, old.length - end), now.slice(start, now.length - end))) {
    if (step === " ") same();
    else if (step === "-") went();
    else came();
  }
  while (one < old.length) same();
  return lines;
}

/**
 * Steps from one text to the other by a longest common subsequence of lines.
 * @param {string[]} old
 * @param {string[]} now
 */
function middle(old, now) {
  const [n, m] = [old.length, now.length];
  if (n * m > MOST) return [...old.map(() => "-"), ...now.map(() => "+")];
  const width = m + 1;
  const common = new Uint32Array((n + 1) * width);
  for (let i = n - 1; i >= 0; i -= 1) {
    for (let j = m - 1; j >= 0; j -= 1) {
      common[i * width + j] = old[i] === now[j] ? common[(i + 1) * width + j + 1] + 1 : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  const steps = [];
  let [i, j] = [0, 0];
  while (i < n || j < m) {
    if (i < n && j < m && old[i] === now[j]) { steps.push(" "); i += 1; j += 1; }
    else if (i < n && (j === m || common[(i + 1) * width + j] >= common[i * width + j + 1])) { steps.push("-"); i += 1; }
    else { steps.push("+"); j += 1; }
  }
  return steps;
}

/**
 * The lines that differ with some around them, in groups.
 * @param {string} before
 * @param {string} after
 * @returns {Hunk[]}
 */
export function hunks(before, after, around = 3) {
  const lines = compare(before, after);
  const shown = lines.map(() => false);
  lines.forEach((line, at) => {
    if (line.sign === " ") return;
    for (let near = Math.max(0, at - around); near <= Math.min(lines.length - 1, at + around); near += 1) shown[near] = true;
  });
  /** @type {Hunk[]} */
  const groups = [];
  let skipped = 0;
  lines.forEach((line, at) => {
    if (!shown[at]) { skipped += 1; return; }
    if (groups.length === 0 || skipped > 0) groups.push({ lines: [], skipped });
    groups[groups.length - 1].lines.push(line);
    skipped = 0;
  });
  return groups;
}

/** How many lines went and came. @param {string} before @param {string} after */
export function counts(before, after) {
  const lines = compare(before, after);
  const of = (/** @type {string} */ sign) => lines.filter((line) => line.sign === sign).length;
  return { went: of("-"), came: of("+") };
}
