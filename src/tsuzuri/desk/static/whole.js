// The whole page in front of everything, one box on it lit.
import {actOf} from "./keymap.js";

const sheet = document.getElementById("sheet");
const leaf = document.getElementById("leaf"), lit = document.getElementById("lit");
let back = null;

function closeWhole() {
  sheet.close();
}

/** `item` has document, picture, and if its place is known paper (mm) and box (mm). */
export function showWhole({document: id, picture, paper, box}) {
  back = document.activeElement;
  if (picture && leaf.getAttribute("src") !== picture) leaf.src = picture;
  leaf.hidden = !picture;
  lit.hidden = !picture || !box || !paper;
  if (!lit.hidden) {
    const [x, y, w, h] = box, [wide, high] = paper;
    const share = {left: (x - 1) / wide, top: (y - 1) / high, width: (w + 2) / wide, height: (h + 2) / high};
    for (const [side, part] of Object.entries(share)) lit.style[side] = `${100 * part}%`;
  }
  document.getElementById("open-sheet").href = `/desk/sheets/${id}`;
  sheet.showModal();
  document.getElementById("close-sheet").focus();
}

document.getElementById("close-sheet").addEventListener("click", closeWhole);
sheet.addEventListener("keydown", (event) => {
  if (actOf(event) !== "toggle") return;
  event.preventDefault();
  event.stopPropagation();              // the page behind it has the same key
  if (!event.repeat) closeWhole();
});
sheet.addEventListener("close", () => back?.focus());
