// The three ways to follow the stream. Each runs until the connection ends, and throws what the server refused.

/** @import { Envelope } from "../types.js" */
/** @typedef {import("./stream.js").Link & {onSend: (send: (frame: unknown) => void) => void}} Way */

/** How long the server may hold a poll open, in seconds. */
const POLL_WAIT_S = 25;

/** @param {Way} link */
export async function followSocket({ api, after, onEvent, onAlive, onSend, signal }) {
  const { ticket } = await api.post("/v1/stream/tickets", undefined, { signal });
  const url = new URL("/v1/stream", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  url.searchParams.set("ticket", ticket);
  if (after()) url.searchParams.set("after", after());
  const socket = new WebSocket(url);
  signal.addEventListener("abort", () => socket.close());
  if (signal.aborted) socket.close();
  await new Promise((done) => {
    socket.onopen = () => onSend((frame) => socket.readyState === WebSocket.OPEN && socket.send(JSON.stringify(frame)));
    socket.onmessage = (frame) => {
      onAlive();
      const event = parse(frame.data);
      if (event) onEvent(event);
    };
    socket.onerror = done;
    socket.onclose = done;
  });
}

/** @param {Way} link */
export async function followEvents({ api, after, onEvent, onAlive, signal }) {
  const query = after() ? `?after=${encodeURIComponent(after())}` : "";
  const headers = { accept: "text/event-stream", ...api.credentials };
  const response = await fetch(`/v1/events${query}`, { headers, signal, cache: "no-store", credentials: "same-origin" });
  if (!response.ok || !response.body) throw Object.assign(new Error("no event stream"), { status: response.status });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    onAlive();
    const records = (rest + value).split(/\r?\n\r?\n/);
    rest = records.pop() ?? "";
    for (const record of records) {
      const lines = record.split(/\r?\n/).filter((line) => line.startsWith("data:"));
      const event = parse(lines.map((line) => line.slice(5).trimStart()).join("\n"));
      if (event) onEvent(event);
    }
  }
}

/** @param {Way} link */
export async function followPoll({ api, after, onEvent, onAlive, signal }) {
  let cursor = after();
  onEvent({ type: "stream.hello", data: {} });
  for (;;) {
    const wait = signal.aborted ? 0 : POLL_WAIT_S;
    const query = `?wait=${wait}${cursor ? `&after=${encodeURIComponent(cursor)}` : ""}`;
    const answer = await api.get(`/v1/events/poll${query}`, { signal, deadline: (POLL_WAIT_S + 15) * 1000 });
    onAlive();
    for (const event of answer.events) onEvent(event);
    cursor = answer.cursor ?? cursor;
    onEvent({ type: "stream.caught_up", data: {} });
  }
}

/**
 * A frame that is no JSON is skipped: the cursor brings back what mattered.
 * @param {unknown} text
 * @returns {Envelope | null}
 */
function parse(text) {
  if (typeof text !== "string" || !text) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
