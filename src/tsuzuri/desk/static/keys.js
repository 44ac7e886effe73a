// Which key does what on a page that has a mode. A key that only edits text is left to the browser.
import {actsOnEnter, composing} from "./common.js";
import {actOf, chordOf} from "./keymap.js";

const LETTER = /^(.|Space)$/;
const writes = (target) => target.matches?.("input[type=text], textarea, select");
const presses = (target) => target.closest?.("button, a, summary");

/**
 * Call `acts` by name: those of the map with the element that has the focus, and where a page has them enter(element),
 * revert(element), pick(element, number), and free(chord), which gives what a key does that is in no map, or null.
 */
export function listenKeys(acts, {yields = () => false} = {}) {
  addEventListener("keydown", (event) => {
    if (composing(event) || document.querySelector("dialog[open]")) return;
    // A key held down must not run through fields and into the approval, nor press a button again and again.
    if (event.key === "Enter" && event.repeat) return event.preventDefault();
    const chord = chordOf(event), act = actOf(event);
    if (LETTER.test(chord) && (writes(event.target) || (chord === "Space" && presses(event.target)))) return;
    if (/^[1-9]$/.test(chord) && event.target.type === "radio" && acts.pick) {
      event.preventDefault();
      acts.pick(event.target, Number(chord));
    } else if (acts[act]) {
      if (yields(act, event.target)) return;  // undoing what is being typed is the browser's
      event.preventDefault();                 // also keeps Ctrl+Enter from clicking the button that has the focus
      if (!event.repeat) acts[act](event.target);
    } else if (chord === "Enter" && acts.enter && !actsOnEnter(event.target)) {
      event.preventDefault();
      acts.enter(event.target);
    } else if (chord === "Escape" && acts.revert) {
      acts.revert(event.target);
    } else {
      const free = acts.free?.(chord);
      if (!free) return;
      event.preventDefault();
      free();
    }
  });
}
