// The bar's groups: one open at a time; Escape and a click elsewhere shut it, the arrows go through it. Without this file they still open.
const groups = [...document.querySelectorAll(".bar nav details")];

const shut = (but) => groups.filter((one) => one !== but).forEach((one) => { one.open = false; });

for (const group of groups) group.addEventListener("toggle", () => group.open && shut(group));

addEventListener("pointerdown", (event) => shut(event.target.closest?.(".bar details")));

addEventListener("keydown", (event) => {
  const group = document.activeElement?.closest(".bar details");
  if (!group) return;
  const links = [...group.querySelectorAll("a")];
  const at = links.indexOf(document.activeElement);
  const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
  if (event.key === "Escape" && group.open) {
    group.open = false;
    group.querySelector("summary").focus();
  } else if (step) {
    group.open = true;
    links.at(at < 0 && step < 0 ? -1 : (at + step) % links.length).focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();                                 // the page's own keys (choosing papers) are not meant
}, {capture: true});

addEventListener("focusin", (event) => shut(event.target.closest(".bar details")));
