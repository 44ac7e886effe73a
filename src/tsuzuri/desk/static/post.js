// One way to speak with the server: JSON in, JSON out, the session's token in a header.

const LONGEST_MS = 30_000;          // no act takes so long: behind a dead wire no answer ever comes

export class Unreachable extends Error {}

const token = document.querySelector("meta[name=csrf]")?.content ?? "";

async function ask(path, body, keepalive) {
  try {
    return await fetch(path, {
      method: "POST",
      headers: {"Content-Type": "application/json", "Accept": "application/json", "X-CSRF-Token": token},
      body: JSON.stringify(body),
      keepalive,
      signal: AbortSignal.timeout(LONGEST_MS),
    });
  } catch (error) {
    throw new Unreachable(path, {cause: error});
  }
}

/** {status, told}; throws Unreachable when no answer came at all. */
export async function send(path, body = {}, {keepalive = false} = {}) {
  const answer = await ask(path, body, keepalive);
  const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
  return {status: answer.status, told};
}

/** A picture that is made for what is sent, or null where there is none to be had. */
export async function pictured(path, body) {
  const answer = await ask(path, body, false);
  return answer.ok ? createImageBitmap(await answer.blob()) : null;
}
