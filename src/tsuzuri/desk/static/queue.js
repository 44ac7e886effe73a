// Lists: Enter takes the next paper, arrows walk the list, and what cannot be undone is asked once more.
import {actsOnEnter, composing} from "./common.js";

const next = document.getElementById("next");
const links = [...document.querySelectorAll("#waiting a")];

addEventListener("keydown", (event) => {
  if (composing(event) || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && event.repeat) return event.preventDefault();
  if (event.key === "Enter" && next && !actsOnEnter(event.target)) {
    event.preventDefault();
    next.requestSubmit();
  }
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && links.length) {
    event.preventDefault();
    const at = links.indexOf(document.activeElement);
    const to = event.key === "ArrowDown" ? Math.min(at + 1, links.length - 1) : Math.max(at - 1, 0);
    links[to].focus();
  }
});

export function askFirst(form) {
  form.addEventListener("submit", (event) => {
    if (!confirm(form.dataset.sure)) event.preventDefault();
  });
}
document.querySelectorAll("form.sure").forEach(askFirst);

// A form that is on its way is not sent twice.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
  });
}
addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => delete form.dataset.sent));
