// Asks the server. Every answer that is an error becomes a Refusal with its one line.

export class Refusal extends Error {
  /**
   * @param {number} status
   * @param {{error?: string, theirs?: Box[], by?: string}} answer
   */
  constructor(status, answer) {
    super(answer.error ?? `the server answered ${status}`);
    this.status = status;
    this.answer = answer;
  }
}

/**
 * Get JSON; throws a Refusal, or a TypeError where there is no server.
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function get(path) {
  return answered(await fetch(`/api/${path}`, { headers: { Accept: "application/json" } }));
}

/**
 * Send JSON and get JSON.
 * @param {string} path
 * @param {object} body
 * @returns {Promise<any>}
 */
export async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  return answered(await fetch(`/api/${path}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

/**
 * Call with every event of the server, for as long as the page is open.
 * @param {(event: Record<string, any>) => void} listener
 */
export function listen(listener) {
  const source = new EventSource("/api/events");
  source.addEventListener("message", (message) => listener(JSON.parse(message.data)));
}

/**
 * Return the address of a part of an image.
 * @param {string} image
 * @param {string} part
 */
export function imagePath(image, part) {
  return `/api/images/${encodeURIComponent(image)}/${part}`;
}

/**
 * Return how channels are to be shown, as the server's `c` values.
 * @param {Look[]} looks
 */
export function lookQuery(looks) {
  const parts = looks.map(({ black, white, gamma, color }, index) => [index, black, white, gamma, color.slice(1).toUpperCase()]);
  return parts.filter((_, index) => looks[index]?.shown).map((part) => `c=${part.join(",")}`).join("&");
}

/** Return a new random id: 32 hexadecimal digits, also where the page has no HTTPS. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {Response} response */
async function answered(response) {
  if (response.ok) return response.json();
  throw new Refusal(response.status, await response.json().catch(() => ({})));
}
