// The digit carpet: the eye finds the odd one, the hand goes there by arrows and types what it is; Enter says that all the others
// are what they were read as.
import {composing, showKeys} from "./common.js";
import {forget, keep, recall} from "./journal.js";
import {pictured, send, Unreachable} from "./post.js";
import {say} from "./telling.js";
import {closeWhole, showWhole, wholeIsOpen} from "./whole.js";

const WIDE = 44, HIGH = 60, AT_ONCE = 24, AGAIN_MS = 3_000;
const byId = (id) => document.getElementById(id);
const main = byId("main"), room = byId("tiles");
const {digit, who} = main.dataset;
const here = `/desk/carpet?digit=${digit}`;

let screen = [];                      // {patch, tile, said}: said is the digit typed, "?" or null (as it was read)
let coming = null, after = {n: 0, field: ""}, at = 0, since = performance.now(), busy = false, confirmed = 0;

async function patient(ask) {
  for (;;) {
    const reply = await ask().catch((error) => {
      if (error instanceof Unreachable) return null;
      throw error;
    });
    if (reply && reply.status < 500 && reply.status !== 401) return reply;
    if (reply?.status === 401) say("ログアウトしています。", "bad", {href: `/desk/login?to=${encodeURIComponent(here)}`, word: "ログインし直す"});
    else say("サーバーにつながりません。つながり次第、続けます。", "bad");
    await new Promise((later) => { setTimeout(later, AGAIN_MS); });
  }
}

// --- tiles -----------------------------------------------------------------------------------------------------------

function tileOf(patch) {
  const tile = document.createElement("button");
  const canvas = document.createElement("canvas");
  const mark = document.createElement("span");
  Object.assign(canvas, {width: WIDE, height: HIGH});
  tile.type = "button";
  tile.className = "tile";
  tile.tabIndex = -1;
  mark.className = "said";
  tile.append(canvas, mark);
  tile.setAttribute("role", "gridcell");
  return {patch, tile, canvas, mark, said: null};
}

function paint(one) {
  const word = one.said === "?" ? "？ 疑わしい" : one.said ?? "";
  one.mark.textContent = one.said === null ? "" : one.said === "?" ? "？" : `→${one.said}`;
  one.tile.className = `tile${one.said === null ? "" : one.said === "?" ? " doubtful" : " changed"}`;
  one.tile.setAttribute("aria-label", `${one.patch.label} ${one.patch.short} ${word}`);
}

async function drawAll(tiles) {
  for (let from = 0; from < tiles.length; from += AT_ONCE) {
    const some = tiles.slice(from, from + AT_ONCE);
    const asked = some.map(({patch: {document: id, field, place}}) => ({document: id, field, place}));
    const strip = await pictured("/desk/carpet/tiles", {tiles: asked}).catch(() => null);
    if (strip) some.forEach(({canvas}, n) => canvas.getContext("2d").drawImage(strip, n * WIDE, 0, WIDE, HIGH, 0, 0, WIDE, HIGH));
  }
}

// --- screens ---------------------------------------------------------------------------------------------------------

/** The next carpet, its pictures on the way; empty at the end. */
async function fetchMore() {
  if (after === null) return {tiles: [], drawn: Promise.resolve()};
  const reply = await patient(() => send("/desk/carpet/more", {digit, ...after}));
  after = reply.told.after;
  const tiles = reply.told.patches.map(tileOf);
  if (tiles.length === 0) return fetchMore();
  return {tiles, drawn: drawAll(tiles)};
}

async function advance() {
  const gone = screen;
  byId("left").textContent = "次を読み込んでいます…";
  const next = await coming;
  screen = next.tiles;
  screen.forEach(paint);
  room.replaceChildren(...screen.map(({tile}) => tile));
  at = 0;
  await next.drawn;
  coming = fetchMore();
  release(gone);
  since = performance.now();
  if (screen.length) focus(0);
  else end();
  count();
}

function release(gone) {
  const still = new Set(screen.map(({patch}) => patch.document));
  const documents = [...new Set(gone.map(({patch}) => patch.document))].filter((id) => !still.has(id));
  for (let from = 0; from < documents.length; from += 200) send("/desk/runs/release", {documents: documents.slice(from, from + 200)}, {keepalive: true}).catch(() => {});
}

function end() {
  const next = String((Number(digit) + 1) % 10);
  say(`「${digit}」と読んだ数字は、ここまでです。`, "good", {href: `/desk/carpet?digit=${next}`, word: `次は「${next}」（Enter）`});
}

function count() {
  const odd = screen.filter(({said}) => said !== null).length;
  byId("left").textContent = `この画面 ${screen.length} 字・印 ${odd}・確認した項目 ${confirmed}`;
}

// --- acts ------------------------------------------------------------------------------------------------------------

function focus(to) {
  at = Math.min(Math.max(to, 0), screen.length - 1);
  const {tile, patch} = screen[at];
  tile.focus({preventScroll: true});
  tile.scrollIntoView({block: "nearest"});
  const before = patch.ink.slice(0, patch.place), behind = patch.ink.slice(patch.place + 1);
  byId("under").textContent = `${patch.label}　${before}［${patch.ink[patch.place]}］${behind}　書類 ${patch.short}`;
}

function mark(said) {
  const one = screen[at];
  one.said = said === digit ? null : said;
  paint(one);
  count();
  focus(at);
}

/** How many tiles stand beside one another just now. */
function across() {
  const [first] = screen;
  const below = screen.findIndex(({tile}) => tile.offsetTop > first.tile.offsetTop);
  return below < 0 ? screen.length : below;
}

async function confirm() {
  if (busy) return;
  if (!screen.length) return void location.assign(document.querySelector("#above a")?.href ?? "/desk/runs");
  busy = true;
  const said = screen.map(({patch: {document: id, field, place, ink}, said: told}) => ({document: id, field, place, ink, digit: told ?? digit}));
  const sent = {said, took_ms: Math.round(Math.min(performance.now() - since, 86_400_000))};
  keep(who, "carpet", 0, new Map([["seen", sent]]));
  byId("saved").textContent = "保存しています…";
  const next = advance();
  await deliver(sent);
  await next;
  busy = false;
}

async function deliver(sent) {
  const reply = await patient(() => send("/desk/carpet/seen", sent));
  forget(who, "carpet");
  byId("saved").textContent = "";
  if (reply.status !== 200) return say(reply.told.message ?? "うまくいきませんでした。", "bad");
  confirmed += reply.told.settled;
  if (reply.told.gone) say(`${reply.told.gone} 字は、ほかの人が先に処理していました。`);
  else if (document.querySelector("#above .bad")) say("");
  return count();
}

const STEPS = {ArrowLeft: () => -1, ArrowRight: () => 1, ArrowUp: () => -across(), ArrowDown: () => across()};

addEventListener("keydown", (event) => {
  if (composing(event)) return;
  if (wholeIsOpen()) {
    if (event.key === "F2") { event.preventDefault(); closeWhole(); }
    return;
  }
  if (document.querySelector("dialog[open]") || event.altKey || event.metaKey) return;
  if (event.target.closest("a, .acts button") && (event.key === "Enter" || event.key === " ")) return;
  const act = actOf(event);
  if (!act) return;
  event.preventDefault();
  if (!event.repeat || STEPS[event.key]) act();
});

function actOf({key, ctrlKey}) {
  if (key === "Enter") return ctrlKey ? later : confirm;
  if (ctrlKey || !screen.length) return null;
  if (STEPS[key]) return () => focus(at + STEPS[key]());
  if (/^[0-9]$/.test(key)) return () => mark(key);
  return {" ": () => mark(screen[at].said === "?" ? null : "?"), "Escape": () => mark(null), "F2": whole}[key] ?? null;
}

function later() {
  if (!busy && screen.length) advance();
}

function whole() {
  const {patch} = screen[at];
  showWhole({...patch, box: patch.box});
}

// --- begin -----------------------------------------------------------------------------------------------------------

room.addEventListener("click", (event) => {
  const to = screen.findIndex(({tile}) => tile.contains(event.target));
  if (to >= 0) focus(to);
});
byId("confirm").addEventListener("click", confirm);
byId("later").addEventListener("click", later);
byId("whole").addEventListener("click", () => screen.length && whole());
byId("show-keys").addEventListener("click", showKeys);
addEventListener("pagehide", () => release(screen.splice(0)));
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

const left = recall(who, "carpet")?.typed.get("seen");
if (left) await deliver(left);
coming = fetchMore();
await advance();
document.body.dataset.ready = "yes";
