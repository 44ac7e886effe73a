// Which key does what. A key that only edits text is left to the browser.
import {actsOnEnter, composing} from "./common.js";

const CHORDS = {
  "F2": "toggle", "F3": "smaller", "F4": "larger", "PageDown": "pageOn", "PageUp": "pageBack",
  "Alt+ArrowUp": "cellUp", "Alt+ArrowDown": "cellDown", "Alt+ArrowLeft": "cellLeft", "Alt+ArrowRight": "cellRight",
  "Ctrl+Enter": "approve", "Ctrl+KeyS": "save", "Alt+KeyR": "giveBack", "Alt+KeyN": "leave", "Alt+KeyK": "explain",
};

/** "Ctrl+Enter", "Alt+KeyR", "F2", "Enter": with a modifier the place of the key counts, not what it types. */
function chordOf(event) {
  const held = [event.ctrlKey || event.metaKey ? "Ctrl+" : "", event.altKey ? "Alt+" : ""].join("");
  return held ? held + (event.key === "Enter" ? "Enter" : event.code) : event.key;
}

/** Call `acts` by name: those of CHORDS without arguments, enter(element), revert(element), and pick(element, number). */
export function listenKeys(acts) {
  addEventListener("keydown", (event) => {
    if (composing(event) || document.querySelector("dialog[open]")) return;
    // A key held down must not run through fields and into the approval.
    if (event.key === "Enter" && event.repeat) return event.preventDefault();
    const chord = chordOf(event);
    if (CHORDS[chord]) {
      event.preventDefault();                 // also keeps Ctrl+Enter from clicking the button that has the focus
      if (!event.repeat) acts[CHORDS[chord]]();
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
