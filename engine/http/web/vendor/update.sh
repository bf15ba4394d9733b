#!/usr/bin/env bash
# Makes lit.js, the one vendored script of the pages, from the published npm packages: Lit with the few directives the
# pages use, as one minified ES module, with the licence comments kept. Writes manifest.json and lit.LICENSE beside it.
#
#   update.sh          make the files anew from the versions named below
#   update.sh --check  make them in a temporary folder and compare with what is here; changes nothing
#
# To take a newer Lit: change the versions here and `lit` in tests/browser/package.json, run this, run the tests, commit.
set -euo pipefail

# Every package that ends up in lit.js is named exactly, so that the same bytes come out tomorrow.
readonly LIT=3.3.3 LIT_ELEMENT=4.2.2 LIT_HTML=3.3.3 REACTIVE_ELEMENT=2.1.2
readonly ESBUILD=0.28.2

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

out=$here
case "${1:-}" in
"") ;;
--check) out=$work/out && mkdir "$out" ;;
*) echo "usage: update.sh [--check]" >&2 && exit 2 ;;
esac

cat >"$work/package.json" <<JSON
{
  "private": true,
  "dependencies": {
    "lit": "$LIT",
    "lit-element": "$LIT_ELEMENT",
    "lit-html": "$LIT_HTML",
    "@lit/reactive-element": "$REACTIVE_ELEMENT",
    "esbuild": "$ESBUILD"
  }
}
JSON
(cd "$work" && npm install --no-audit --no-fund --no-package-lock --ignore-scripts --loglevel=error </dev/null >&2)

# The module's exports, all of them. A page that needs another directive adds it here and in lit.d.ts.
cat >"$work/entry.js" <<'JS'
export { LitElement, ReactiveElement, css, html, noChange, nothing, render, svg } from "lit";
export { classMap } from "lit/directives/class-map.js";
export { live } from "lit/directives/live.js";
export { createRef, ref } from "lit/directives/ref.js";
export { repeat } from "lit/directives/repeat.js";
JS

"$work/node_modules/.bin/esbuild" "$work/entry.js" --log-level=warning \
  --bundle --minify --format=esm --target=es2022 --charset=utf8 --legal-comments=eof \
  --banner:js="/*! Lit $LIT, BSD-3-Clause, see lit.LICENSE. Made by update.sh; not to be edited. */" \
  --outfile="$out/lit.js"

cp "$work/node_modules/lit/LICENSE" "$out/lit.LICENSE"
chmod 644 "$out/lit.js" "$out/lit.LICENSE"

sha256=$(sha256sum "$out/lit.js" | cut -d' ' -f1)
cat >"$out/manifest.json" <<JSON
{
  "file": "lit.js",
  "package": "lit",
  "version": "$LIT",
  "parts": {
    "@lit/reactive-element": "$REACTIVE_ELEMENT",
    "lit-element": "$LIT_ELEMENT",
    "lit-html": "$LIT_HTML"
  },
  "bundler": "esbuild $ESBUILD",
  "licence": "BSD-3-Clause",
  "bytes": $(stat -c %s "$out/lit.js"),
  "sha256": "$sha256"
}
JSON

if [[ $out != "$here" ]]; then
  for file in lit.js lit.LICENSE manifest.json; do
    cmp "$out/$file" "$here/$file" || {
      echo "vendor/$file is not what its packages give; run update.sh and look at the difference" >&2
      exit 1
    }
  done
fi
echo "lit $LIT, $(stat -c %s "$out/lit.js") bytes, sha256 $sha256"
