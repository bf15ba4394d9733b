// CodeMirror in the shadow root of an editor: loaded when a script is opened, and by nothing else.

/** @import { ScriptFault } from "../types.js" */

import {
  EditorState, EditorView, HighlightStyle, StreamLanguage, bracketMatching, defaultKeymap, drawSelection, highlightActiveLine,
  highlightActiveLineGutter, highlightSelectionMatches, history, historyKeymap, indentUnit, indentWithTab, keymap, lineNumbers,
  lintGutter, lua, searchKeymap, setDiagnostics, syntaxHighlighting, tags,
} from "../vendor/codemirror.js";

// The page's own tokens: they come through into the shadow root, and follow its theme.
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: "var(--post)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--available)" },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: "var(--break)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.standard(tags.variableName), tags.standard(tags.name)], color: "var(--accent)" },
]);

const theme = EditorView.theme({
  "&": { color: "var(--text)", backgroundColor: "var(--surface)", fontSize: "0.8125rem", height: "100%" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55" },
  ".cm-content": { caretColor: "var(--text)" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--text)" },
  ".cm-gutters": { backgroundColor: "var(--sunken)", color: "var(--muted)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "var(--hover)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--hover)", color: "var(--text)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": { backgroundColor: "var(--accent-soft)" },
  ".cm-selectionMatch, .cm-searchMatch": { backgroundColor: "var(--warn-soft)", outline: "1px solid var(--offered)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--accent)" },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--text)" },
  ".cm-tooltip": { backgroundColor: "var(--raised)", color: "var(--text)", border: "1px solid var(--line)" },
  ".cm-textfield": { backgroundColor: "var(--surface)", color: "var(--text)", borderColor: "var(--input-line)" },
  ".cm-button": { backgroundColor: "var(--raised)", backgroundImage: "none", color: "var(--text)", borderColor: "var(--input-line)" },
});

/**
 * @param {object} options
 * @param {ShadowRoot} options.root
 * @param {HTMLElement} options.parent
 * @param {string} options.text
 * @param {string} options.label
 * @param {boolean} options.readonly
 * @param {(text: string) => void} options.onChange
 */
export function openCode({ root, parent, text, label, readonly, onChange }) {
  let quiet = false;
  const listener = EditorView.updateListener.of((update) => {
    if (update.docChanged && !quiet) onChange(update.state.doc.toString());
  });
  const extensions = [
    lineNumbers(), lintGutter(), history(), drawSelection(), bracketMatching(), highlightActiveLine(), highlightActiveLineGutter(),
    highlightSelectionMatches(), indentUnit.of("    "), EditorState.tabSize.of(4), EditorState.readOnly.of(readonly),
    StreamLanguage.define(lua), syntaxHighlighting(colours), theme, listener, EditorView.contentAttributes.of({ "aria-label": label }),
    keymap.of([...searchKeymap, ...historyKeymap, indentWithTab, ...defaultKeymap.filter(({ key }) => key !== "Mod-Enter")]),
  ];
  const view = new EditorView({ state: EditorState.create({ doc: text, extensions }), root, parent });
  return {
    /** @param {string} next */
    setText(next) {
      const { doc } = view.state;
      if (doc.toString() === next) return;
      quiet = true;
      view.dispatch({ changes: { from: 0, to: doc.length, insert: next } });
      quiet = false;
    },
    /** @param {ScriptFault[]} faults */
    setFaults(faults) {
      const { doc } = view.state;
      const marks = faults.filter(({ line }) => line >= 1 && line <= doc.lines).map((fault) => {
        const { from, to } = doc.line(fault.line);
        const begin = Math.min(to, from + Math.max(0, (fault.column ?? 1) - 1));
        return { from: begin, to, severity: /** @type {const} */ ("error"), message: fault.message };
      });
      view.dispatch(setDiagnostics(view.state, marks.sort((a, b) => a.from - b.from)));
    },
    /** @param {number} line from 1 */
    goTo(line) {
      const { doc } = view.state;
      const { from } = doc.line(Math.max(1, Math.min(doc.lines, line)));
      view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: "center" }) });
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
