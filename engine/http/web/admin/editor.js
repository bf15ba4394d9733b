// <hark-code>: an editor in a shadow root. A plain text field first; CodeMirror takes its place when it has come, and if
// it never comes the field stays.

/** @import { ScriptFault } from "../types.js" */

const STYLE = `
  :host { display: grid; grid-template-rows: minmax(0, 1fr); min-block-size: 0; }
  .home, textarea { min-block-size: 0; block-size: 100%; }
  .home { display: grid; overflow: hidden; }
  textarea { box-sizing: border-box; inline-size: 100%; padding: 8px 12px; border: 0; resize: none; background: var(--surface); color: var(--text); font: 0.8125rem/1.55 var(--mono); tab-size: 4; }
  textarea:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px; }
`;

export class CodeEditor extends HTMLElement {
  /** @type {ReturnType<typeof import("./code.js").openCode> | null} */
  #code = null;
  /** @type {HTMLTextAreaElement | null} */
  #field = null;
  #text = "";
  #readonly = false;
  /** @type {ScriptFault[]} */
  #faults = [];

  connectedCallback() {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const field = document.createElement("textarea");
    field.value = this.#text;
    field.readOnly = this.#readonly;
    field.spellcheck = false;
    field.setAttribute("aria-label", this.label);
    field.addEventListener("input", () => this.#changed(field.value));
    root.replaceChildren(field);
    this.#field = field;
    this.#load(root);
  }

  disconnectedCallback() {
    this.#code?.destroy();
    this.#code = null;
  }

  get label() {
    return this.getAttribute("label") ?? "Script";
  }

  get text() {
    return this.#text;
  }

  set text(text) {
    if (this.#text === text) return;
    this.#text = text;
    this.#code?.setText(text);
    if (this.#field) this.#field.value = text;
  }

  set readonly(is) {
    this.#readonly = is;
    if (this.#field) this.#field.readOnly = is;
  }

  get readonly() {
    return this.#readonly;
  }

  set faults(faults) {
    if (this.#faults === faults) return;
    this.#faults = faults;
    this.#code?.setFaults(faults);
  }

  get faults() {
    return this.#faults;
  }

  /** @param {number} line from 1 */
  goTo(line) {
    if (this.#code) return this.#code.goTo(line);
    const at = this.#text.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    this.#field?.focus();
    this.#field?.setSelectionRange(at, at);
  }

  focus() {
    (this.#code ?? this.#field)?.focus();
  }

  /** @param {string} text */
  #changed(text) {
    this.#text = text;
    this.dispatchEvent(new CustomEvent("edited", { detail: text }));
  }

  /** @param {ShadowRoot} root */
  async #load(root) {
    const code = await import("./code.js").catch(() => null);
    // It may have gone meanwhile, or somebody types in the field already: then CodeMirror takes over what is there.
    if (!code || !this.isConnected || this.#code) return;
    const focused = root.activeElement === this.#field;
    const parent = document.createElement("div");
    parent.className = "home";
    this.#field?.replaceWith(parent);
    this.#field = null;
    const { label, text, readonly } = this;
    this.#code = code.openCode({ root, parent, text, label, readonly, onChange: (now) => this.#changed(now) });
    this.#code.setFaults(this.#faults);
    this.dataset.ready = "true";
    if (focused) this.#code.focus();
  }
}

customElements.define("hark-code", CodeEditor);
