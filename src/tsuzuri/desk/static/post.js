// One way to speak with the server: JSON in, JSON out, the session's token in a header.

export class Unreachable extends Error {}

const token = document.querySelector("meta[name=csrf]")?.content ?? "";

/** {status, told}; throws Unreachable when no answer came at all. */
export async function send(path, body = {}, {keepalive = false} = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      method: "POST",
      headers: {"Content-Type": "application/json", "Accept": "application/json", "X-CSRF-Token": token},
      body: JSON.stringify(body),
      keepalive,
    });
  } catch (error) {
    throw new Unreachable(path, {cause: error});
  }
  const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
  return {status: answer.status, told};
}
