// How fast each field is confirmed: how long it had the caret, and how many keys were pressed there.
import {composing} from "./common.js";
import {confirmed} from "./hasty.js";

const LONGEST_MS = 3_600_000, MOST_KEYS = 10_000;
const paces = new Map();              // field → {ms, keys}
let at = null, since = 0;

const fieldAt = (element) => element.closest?.(".field")?.dataset.field ?? null;
const paceOf = (name) => paces.get(name) ?? paces.set(name, {ms: 0, keys: 0}).get(name);

function rest() {
  if (at) paceOf(at).ms += performance.now() - since;
  since = performance.now();
}

/** {field: {took_ms, keys}} of those fields that somebody has been at. */
export function howTyped(names) {
  rest();
  return Object.fromEntries([...names].filter((name) => paces.has(name)).map((name) => {
    const {ms, keys} = paces.get(name);
    return [name, {took_ms: Math.min(Math.max(Math.round(ms), 0), LONGEST_MS), keys: Math.min(keys, MOST_KEYS)}];
  }));
}

/** They are stored, or their sheet is gone: what comes now is another confirmation. */
export function forgetPace(names = [...paces.keys()]) {
  for (const name of names) paces.delete(name);
}

addEventListener("focusin", (event) => {
  rest();
  at = fieldAt(event.target);
});
addEventListener("keydown", (event) => {
  const name = fieldAt(event.target);
  if (!name || composing(event) || document.querySelector("dialog[open]")) return;
  paceOf(name).keys += 1;
  if (event.key !== "Enter" || event.repeat) return;
  confirmed(paceOf(name).ms + performance.now() - since);
}, {capture: true});
