// One way to speak with the server: JSON in, JSON out, the session's token in a header.

const LONGEST_MS = 30_000;          // no act takes so long: behind a dead wire no answer ever comes

export class Unreachable extends Error {}

const token = document.querySelector("meta[name=csrf]")?.content ?? "";

/** The answer, its body taken by `take`. One that breaks off in the middle is none. */
async function ask(path, how, take) {
  try {
    const answer = await fetch(path, {...how, signal: AbortSignal.timeout(LONGEST_MS)});
    return {status: answer.status, told: await take(answer)};
  } catch (error) {
    throw new Unreachable(path, {cause: error});
  }
}

const json = (answer) => (answer.headers.get("Content-Type")?.includes("json") ? answer.json() : {});
const posted = (body, more = {}) => ({
  ...more,
  method: "POST",
  headers: {"Content-Type": "application/json", "Accept": "application/json", "X-CSRF-Token": token},
  body: JSON.stringify(body),
});

/** {status, told}; throws Unreachable when no answer came at all. */
export const send = (path, body = {}, {keepalive = false} = {}) => ask(path, posted(body, {keepalive}), json);

/** The same of a file that is laid at `path`. */
export const put = (path, file) => ask(path, {method: "PUT", body: file, headers: {"Accept": "application/json", "X-CSRF-Token": token}}, json);

/** What stands at `path`: {status, told}; throws Unreachable as well. */
export const look = (path) => ask(path, {headers: {Accept: "application/json"}}, json);

/** Another page of this desk as a Document, or null where it cannot be had: nobody answers, or a login does. */
export async function page(path) {
  const text = (answer) => (answer.ok && !answer.redirected ? answer.text() : null);
  const reply = await ask(path, {}, text).catch(() => null);
  return reply?.told ? new DOMParser().parseFromString(reply.told, "text/html") : null;
}

/** A picture that is made for what is sent, or null where there is none to be had. */
export async function pictured(path, body) {
  const {told} = await ask(path, posted(body), (answer) => (answer.ok ? answer.blob() : null));
  return told && createImageBitmap(told);
}
