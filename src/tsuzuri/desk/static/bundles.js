// A batch's papers in a row: cut, tie, and move a page to another document, by key and by drag.
import {composing} from "./common.js";
import {send, Unreachable} from "./post.js";
import {say} from "./telling.js";

const AT = "tsuzuri.paper";              // the page that had the focus, over a reload
const leaves = [...document.querySelectorAll(".paper")];
const bundleOf = (element) => element?.closest(".bundle");
let lifted = null;                       // the page that Ctrl+X took

async function act(path, body, page) {
  const reply = await send(path, body).catch((error) => {
    if (error instanceof Unreachable) return {status: 0, told: {message: "サーバーにつながりません。少し待って、もう一度操作してください。"}};
    throw error;
  });
  if (reply.status !== 200) return say(reply.told.message ?? "うまくいきませんでした。", "bad");
  sessionStorage.setItem(AT, page);
  return location.reload();
}

const version = (bundle) => Number(bundle.dataset.version);
const ofSheet = (bundle, verb) => `/desk/sheets/${bundle.dataset.document}/${verb}`;

function cut(page) {
  const bundle = bundleOf(page), place = Number(page.dataset.place);
  if (place < 2) return say("書類の1枚目です。2枚目以降で分けられます。");
  return act(ofSheet(bundle, "split"), {version: version(bundle), page: place}, page.dataset.page);
}

function tie(page) {
  const bundle = bundleOf(page);
  return act(ofSheet(bundle, "join"), {version: version(bundle)}, page.dataset.page);
}

function lift(page) {
  lifted?.classList.remove("lifted");
  lifted = page;
  page.classList.add("lifted");
  say("この紙を移します。移す先の書類の紙を選んで Ctrl+V を押してください（Esc でやめる）。", "good");
}

function drop(bundle, page) {
  if (!page || bundleOf(page) === bundle) return undefined;
  if (!("open" in bundle.dataset)) return say("この書類はもう承認または返戻されています。");
  return act(`/desk/pages/${page.dataset.page}/move`, {version: version(bundleOf(page)), to: bundle.dataset.document}, page.dataset.page);
}

function leaveOff() {
  lifted?.classList.remove("lifted");
  lifted = null;
  say("");
}

const KEYS = {
  KeyS: cut, KeyJ: tie, "Ctrl+KeyX": lift, "Ctrl+KeyV": (page) => drop(bundleOf(page), lifted), Escape: leaveOff,
  Enter: (page) => bundleOf(page).querySelector("a").click(),
};

addEventListener("keydown", (event) => {
  if (composing(event) || document.querySelector("dialog[open]") || event.altKey) return;
  const at = leaves.indexOf(event.target.closest(".paper"));
  if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    event.preventDefault();
    const open = leaves.filter((leaf) => leaf.tabIndex === 0), here = open.indexOf(leaves[at]);
    open[Math.min(Math.max(here + (event.key === "ArrowRight" ? 1 : -1), 0), open.length - 1)]?.focus();
    return;
  }
  const verb = KEYS[(event.ctrlKey || event.metaKey ? "Ctrl+" : "") + event.code] ?? KEYS[event.key];
  if (!verb || at < 0 || event.repeat) return;
  event.preventDefault();
  verb(leaves[at]);
});

for (const button of document.querySelectorAll(".cut")) button.addEventListener("click", () => cut(button.nextElementSibling));
for (const button of document.querySelectorAll(".tie")) button.addEventListener("click", () => tie(bundleOf(button).querySelector(".paper")));

let dragged = null;
for (const leaf of leaves) leaf.addEventListener("dragstart", (event) => {
  dragged = leaf;
  event.dataTransfer.setData("text/plain", leaf.dataset.page);
});
for (const bundle of document.querySelectorAll(".bundle")) {
  bundle.addEventListener("dragover", (event) => {
    if (dragged && bundleOf(dragged) !== bundle && "open" in bundle.dataset) event.preventDefault();
  });
  bundle.addEventListener("drop", (event) => {
    event.preventDefault();
    drop(bundle, dragged);
  });
}

const was = sessionStorage.getItem(AT);
sessionStorage.removeItem(AT);
(leaves.find((leaf) => leaf.dataset.page === was) ?? leaves.find((leaf) => leaf.tabIndex === 0))?.focus();
document.body.dataset.ready = "yes";
