// Types of lit.js, for the checker only (see tests/browser/tsconfig.json, which says where "lit" is). Same list as in update.sh.
export { LitElement, ReactiveElement, css, html, noChange, nothing, render, svg } from "lit";
export type { PropertyDeclarations, PropertyValues, TemplateResult } from "lit";
export { classMap } from "lit/directives/class-map.js";
export { live } from "lit/directives/live.js";
export { createRef, ref } from "lit/directives/ref.js";
export type { Ref } from "lit/directives/ref.js";
export { repeat } from "lit/directives/repeat.js";
