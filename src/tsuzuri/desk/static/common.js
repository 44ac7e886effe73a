// What every page has: the list of keys, and a log-out that leaves nothing behind.
import {sweep} from "./journal.js";
import {actOf} from "./keymap.js";

const keys = document.getElementById("keys");

export function showKeys() {
  if (!keys.open) keys.showModal();
}

/** Enter that belongs to an input method (choosing kanji), not to us. */
export const composing = (event) => event.isComposing || event.keyCode === 229;

/** Whether Enter already means something on this element. */
export const actsOnEnter = (element) => element.closest("button, a, summary, textarea, select") !== null;

document.getElementById("print-keys")?.addEventListener("click", () => print());
document.getElementById("logout")?.addEventListener("submit", () => sweep());
addEventListener("keydown", (event) => {
  if (actOf(event) !== "keys") return;
  event.preventDefault();
  showKeys();
});
