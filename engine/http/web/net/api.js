// Requests to the engine: JSON in and out, problems as one error type, the header that proves a write came from our own
// page, and idempotency keys. Never retries by itself; who asks knows whether that makes sense.

/** What the server refused, or status 0 when it could not be reached. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} detail
   * @param {{pointer?: string, code?: string, detail?: string}[]} [errors]
   * @param {number} [retryAfter] seconds
   */
  constructor(status, code, detail, errors = [], retryAfter = 0) {
    super(detail);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.errors = errors;
    this.retryAfter = retryAfter;
  }

  /** Whether the same request may succeed a little later. */
  get passing() {
    return this.status === 0 || this.status === 408 || this.status === 425 || this.status === 429 || this.status >= 500;
  }
}

/** How long an answer may take before the connection is taken for dead. */
const DEADLINE_MS = 20_000;

/** @typedef {{body?: unknown, headers?: Record<string, string>, signal?: AbortSignal, key?: string, deadline?: number}} Options */

export class Api {
  /** @param {string} [token] a customer's token; people who signed in have a cookie */
  constructor(token = "") {
    this.token = token;
  }

  /** @param {string} path @param {Options} [options] @returns {Promise<any>} */
  async get(path, options = {}) {
    return (await this.send("GET", path, options)).data;
  }

  /** @param {string} path @param {unknown} [body] @param {Options} [options] @returns {Promise<any>} */
  async post(path, body, options = {}) {
    return (await this.send("POST", path, { ...options, body })).data;
  }

  /** @param {string} path @param {unknown} body @param {Options} [options] @returns {Promise<any>} */
  async put(path, body, options = {}) {
    return (await this.send("PUT", path, { ...options, body })).data;
  }

  /** @param {string} path @returns {Promise<any>} */
  async delete(path) {
    return (await this.send("DELETE", path)).data;
  }

  /** @returns {Record<string, string>} */
  get credentials() {
    return this.token ? { authorization: `Bearer ${this.token}` } : {};
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Options} [options]
   * @returns {Promise<{status: number, data: any, headers: Headers}>}
   */
  async send(method, path, { body, headers = {}, signal, key, deadline = DEADLINE_MS } = {}) {
    /** @type {Record<string, string>} */
    const all = { accept: "application/json", ...this.credentials, ...headers };
    if (method !== "GET") all["x-hark-csrf"] = "1";
    if (body !== undefined) all["content-type"] = "application/json";
    if (key) all["idempotency-key"] = key;
    const limit = AbortSignal.timeout(deadline);
    const response = await fetch(path, {
      method,
      headers: all,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      cache: "no-store",
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    }).catch((error) => {
      if (signal?.aborted) throw error;
      throw new Problem(0, "unreachable", "The server cannot be reached.");
    });
    const data = await read(response);
    if (!response.ok) throw problemOf(response, data);
    return { status: response.status, data, headers: response.headers };
  }
}

/** @param {Response} response */
async function read(response) {
  if (response.status === 204) return null;
  const text = await response.text().catch(() => "");
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return { detail: text.slice(0, 300) };
  }
}

/**
 * @param {Response} response
 * @param {any} data
 */
function problemOf(response, data) {
  const detail = data?.detail || data?.title || `The server answered ${response.status}.`;
  const after = Number(response.headers.get("retry-after")) || 0;
  return new Problem(response.status, data?.code ?? `http_${response.status}`, detail, data?.errors ?? [], after);
}

/** @param {unknown} error */
export function explain(error) {
  if (error instanceof Problem) return error.detail;
  return error instanceof Error ? error.message : String(error);
}
