// Which key does what on a sheet. A key that only edits text is left to the browser.
import {actsOnEnter, composing} from "./common.js";
import {actOf, chordOf} from "./keymap.js";

/** Call `acts` by name: those of the map with the element that has the focus, enter(element), revert(element), pick(element, number). */
export function listenKeys(acts, {yields}) {
  addEventListener("keydown", (event) => {
    if (composing(event) || document.querySelector("dialog[open]")) return;
    // A key held down must not run through fields and into the approval.
    if (event.key === "Enter" && event.repeat) return event.preventDefault();
    const chord = chordOf(event), act = actOf(event);
    if (acts[act]) {
      if (yields(act, event.target)) return;  // undoing what is being typed is the browser's
      event.preventDefault();                 // also keeps Ctrl+Enter from clicking the button that has the focus
      if (!event.repeat) acts[act](event.target);
    } else if (chord === "Enter" && !actsOnEnter(event.target)) {
      event.preventDefault();
      acts.enter(event.target);
    } else if (chord === "Escape") {
      acts.revert(event.target);
    } else if (/^[1-9]$/.test(chord) && event.target.type === "radio") {
      event.preventDefault();
      acts.pick(event.target, Number(chord));
    }
  });
}
