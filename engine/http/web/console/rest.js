// What an agent needs once there is a chat: wrap-up, log, cases, picking, transfer, palette. One late part of the console.

export { casesTab } from "./cases.js";
export { logTab } from "./log.js";
export { palette } from "./palette.js";
export { openPick, pickDialog, settlePick } from "./pick.js";
export { transferBox } from "./transfer.js";
export { done, wrapUp } from "./wrapup.js";
