// Types of codemirror.js, for the checker only: as much as the editor uses. Same list as in update.sh.
export interface Extension { readonly extension?: Extension }
export interface KeyBinding { key: string; run: () => boolean; preventDefault?: boolean }
export interface Change { from: number; to?: number; insert?: string }
export interface Text { readonly length: number; readonly lines: number; line(number: number): { from: number; to: number }; toString(): string }
export interface Diagnostic { from: number; to: number; severity: "error" | "warning" | "info"; message: string }
export declare class EditorState {
  static create(options: { doc: string; extensions: unknown[] }): EditorState;
  static readonly tabSize: { of(size: number): Extension };
  static readonly readOnly: { of(is: boolean): Extension };
  readonly doc: Text;
}
export declare class EditorView {
  constructor(options: { state: EditorState; root: ShadowRoot; parent: HTMLElement });
  static readonly contentAttributes: { of(attributes: Record<string, string>): Extension };
  static readonly lineWrapping: Extension;
  static readonly updateListener: { of(listener: (update: { docChanged: boolean; state: EditorState }) => void): Extension };
  static theme(rules: Record<string, Record<string, string>>): Extension;
  static scrollIntoView(position: number, options: { y: "center" }): unknown;
  readonly state: EditorState;
  dispatch(transaction: unknown): void;
  focus(): void;
  destroy(): void;
}
export declare const HighlightStyle: { define(rules: { tag: unknown; color: string; fontStyle?: string; fontWeight?: string }[]): unknown };
export declare const StreamLanguage: { define(mode: unknown): Extension };
export declare const keymap: { of(keys: unknown[]): Extension };
export declare const indentUnit: { of(text: string): Extension };
export declare const lua: unknown;
export declare const tags: Record<string, any>;
export declare const defaultKeymap: KeyBinding[];
export declare const historyKeymap: KeyBinding[];
export declare const searchKeymap: KeyBinding[];
export declare const indentWithTab: KeyBinding;
export declare function bracketMatching(): Extension;
export declare function drawSelection(): Extension;
export declare function highlightActiveLine(): Extension;
export declare function highlightActiveLineGutter(): Extension;
export declare function highlightSelectionMatches(): Extension;
export declare function history(): Extension;
export declare function lineNumbers(): Extension;
export declare function lintGutter(): Extension;
export declare function setDiagnostics(state: EditorState, diagnostics: Diagnostic[]): unknown;
export declare function syntaxHighlighting(style: unknown): Extension;
