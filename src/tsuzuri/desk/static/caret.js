// Where the caret is: what belongs to its field is shown beside it.
import {moveBeside} from "./beside.js";
import {rows} from "./fields.js";
import {activate} from "./showing.js";

export const fieldAt = (element) => element?.closest?.(".field")?.dataset.field;

/** What a field brings along is shown once the button of the mouse is up: moved away under it, what was meant would be missed. */
export function listenCaret() {
  let pressed = false, met = null;
  const show = () => {
    if (met && rows.has(met)) {
      activate(met);
      moveBeside(met);
    }
    met = null;
  };
  addEventListener("pointerdown", () => { pressed = true; }, {capture: true});
  for (const sign of ["pointerup", "pointercancel"]) addEventListener(sign, () => setTimeout(() => {
    pressed = false;
    show();
  }), {capture: true});
  document.addEventListener("focusin", (event) => {
    met = fieldAt(event.target) ?? null;
    if (!pressed) show();
  });
}
