#!/usr/bin/env bash
# Makes the vendored scripts of the pages from the published npm packages, each one minified ES module with the licence
# comments kept: lit.js, Lit with the few directives the pages use, and codemirror.js, CodeMirror with its Lua mode, which
# the admin's page loads when a script is opened. Writes manifest.json and the licences beside them.
#
#   update.sh          make the files anew from the versions named below
#   update.sh --check  make them in a temporary folder and compare with what is here; changes nothing
#
# To take a newer one: change the versions here (and Lit's in tests/browser/package.json), run this, run the tests, commit.
set -euo pipefail

# Every package that ends up in a file is named exactly, so that the same bytes come out tomorrow.
readonly LIT=3.3.3 CODEMIRROR=6.43.15 ESBUILD=0.28.2
readonly LIT_PARTS='{ "@lit/reactive-element": "2.1.2", "lit-element": "4.2.2", "lit-html": "3.3.3" }'
readonly CODEMIRROR_PARTS='{ "@codemirror/commands": "6.11.1", "@codemirror/language": "6.13.1",
  "@codemirror/legacy-modes": "6.5.5", "@codemirror/lint": "6.9.8", "@codemirror/search": "6.7.2",
  "@codemirror/state": "6.7.6", "@lezer/common": "1.5.5", "@lezer/highlight": "1.2.5", "@lezer/lr": "1.4.12",
  "@marijn/find-cluster-break": "1.0.4", "crelt": "1.0.7", "style-mod": "4.1.4", "w3c-keyname": "2.2.8" }'
readonly FILES=(lit.js lit.LICENSE codemirror.js codemirror.LICENSE manifest.json)

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

out=$here
case "${1:-}" in
"") ;;
--check) out=$work/out && mkdir "$out" ;;
*) echo "usage: update.sh [--check]" >&2 && exit 2 ;;
esac

node - "$work/package.json" <<JS
const parts = { lit: "$LIT", ...$LIT_PARTS, "@codemirror/view": "$CODEMIRROR", ...$CODEMIRROR_PARTS };
const wanted = { private: true, dependencies: { ...parts, esbuild: "$ESBUILD" } };
require("node:fs").writeFileSync(process.argv[2], JSON.stringify(wanted));
JS
(cd "$work" && npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error </dev/null >&2)

# The modules' exports, all of them. A page that needs another one adds it here and in the .d.ts of the same name.
cat >"$work/lit.entry.js" <<'JS'
export { LitElement, ReactiveElement, css, html, noChange, nothing, render, svg } from "lit";
export { classMap } from "lit/directives/class-map.js";
export { live } from "lit/directives/live.js";
export { createRef, ref } from "lit/directives/ref.js";
export { repeat } from "lit/directives/repeat.js";
JS
cat >"$work/codemirror.entry.js" <<'JS'
export { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
export { HighlightStyle, StreamLanguage, bracketMatching, indentUnit, syntaxHighlighting } from "@codemirror/language";
export { lua } from "@codemirror/legacy-modes/mode/lua";
export { lintGutter, setDiagnostics } from "@codemirror/lint";
export { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
export { EditorState } from "@codemirror/state";
export { EditorView, drawSelection, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
export { tags } from "@lezer/highlight";
JS

# bundle NAME BANNER
bundle() {
  "$work/node_modules/.bin/esbuild" "$work/$1.entry.js" --log-level=warning \
    --bundle --minify --format=esm --target=es2022 --charset=utf8 --legal-comments=eof \
    --banner:js="/*! $2, see $1.LICENSE. Made by update.sh; not to be edited. */" \
    --outfile="$out/$1.js"
}
bundle lit "Lit $LIT, BSD-3-Clause"
bundle codemirror "CodeMirror $CODEMIRROR, MIT"
cp "$work/node_modules/lit/LICENSE" "$out/lit.LICENSE"
cp "$work/node_modules/@codemirror/view/LICENSE" "$out/codemirror.LICENSE"
(cd "$out" && chmod 644 lit.js lit.LICENSE codemirror.js codemirror.LICENSE)

node - "$out" <<JS
const { readFileSync, writeFileSync } = require("node:fs");
const { createHash } = require("node:crypto");
const out = process.argv[2];
const entry = (file, name, version, parts, licence) => {
  const bytes = readFileSync(out + "/" + file);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return { file, package: name, version, parts, bundler: "esbuild $ESBUILD", licence, bytes: bytes.length, sha256 };
};
const files = [
  entry("lit.js", "lit", "$LIT", $LIT_PARTS, "BSD-3-Clause"),
  entry("codemirror.js", "@codemirror/view", "$CODEMIRROR", $CODEMIRROR_PARTS, "MIT"),
];
writeFileSync(out + "/manifest.json", JSON.stringify({ files }, null, 2) + "\n");
for (const { file, version, bytes, sha256 } of files) console.log(file, version + ",", bytes, "bytes, sha256", sha256);
JS

if [[ $out != "$here" ]]; then
  for file in "${FILES[@]}"; do
    cmp "$out/$file" "$here/$file" || {
      echo "vendor/$file is not what its packages give; run update.sh and look at the difference" >&2
      exit 1
    }
  done
fi
