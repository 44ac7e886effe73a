// 作業割当: who holds what is fetched anew every 15 seconds, unless somebody is in that table with the keyboard.
import {page} from "./post.js";
import {askFirst} from "./queue.js";

const EVERY_MS = 15_000;

async function renew() {
  const held = document.getElementById("held");
  if (document.hidden || held.contains(document.activeElement)) return;
  const fresh = (await page(location.pathname))?.getElementById("held");
  if (!fresh) return;
  held.replaceChildren(...fresh.childNodes);
  held.querySelectorAll("form.sure").forEach(askFirst);
}
setInterval(renew, EVERY_MS);
