// The keys in effect, the house's or the person's own, as the server lays them into the page; and what a key is called.
const laid = document.getElementById("keymap");
const MAP = laid ? JSON.parse(laid.textContent) : {};                      // act → chord
const ACTS = new Map(Object.entries(MAP).map(([act, chord]) => [chord, act]));
const SIGNS = {ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Comma: "，", Period: "．", Slash: "／"};

/** "Ctrl+Enter", "Alt+KeyR", "F2", "Enter": with Ctrl or Alt the place of the key counts, not what it types. */
export function chordOf(event) {
  const strong = (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.altKey ? "Alt+" : "");
  const held = strong + (event.shiftKey && (strong || event.key.length > 1) ? "Shift+" : "");
  return held + ((strong && event.key !== "Enter") || event.key === " " ? event.code : event.key);
}

/** A chord as it stands on a keyboard. */
export function shownAs(chord) {
  const parts = chord.length === 1 ? [chord] : chord.split("+"), last = parts.pop();
  return [...parts, SIGNS[last] ?? last.replace(/^(Key|Digit)/, "")].join("+");
}

/** The act that a key stands for, or undefined. */
export const actOf = (event) => ACTS.get(chordOf(event));
/** The key of an act, as it stands on a keyboard. */
export const keyOf = (act) => shownAs(MAP[act]);
