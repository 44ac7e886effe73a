// The digit carpet: the eye finds the odd one, the hand goes there by arrows and types what it is; Enter says that all the others
// are what they were read as.
import {showKeys} from "./common.js";
import {forget, keep, recall} from "./journal.js";
import {keyOf} from "./keymap.js";
import {listenKeys} from "./keys.js";
import {pictured, send, Unreachable} from "./post.js";
import {reached} from "./reach.js";
import {say} from "./telling.js";
import {showWhole} from "./whole.js";

const WIDE = 44, HIGH = 60, AT_ONCE = 24, AGAIN_MS = 3_000, BEAT_MS = 60_000, AWAKE_MS = 300_000, UNDOABLE = 20, AT_A_TIME = 200;
const byId = (id) => document.getElementById(id);
const main = byId("main"), room = byId("tiles");
const {digit, who} = main.dataset;

let screen = [];                      // {patch, tile, said}: said is the digit typed, "?" or null (as it was read)
let coming = null, after = {n: 0, field: ""}, at = 0, since = performance.now(), busy = false, confirmed = 0, touched = Date.now();
let next = [];                        // tiles of the carpet after this one: their papers are held too
const marks = [], screens = [];       // what may be taken back: marks of this screen {one, was}, screens {tiles, sent}

async function patient(ask) {
  for (;;) {
    const reply = await ask().catch((error) => {
      if (error instanceof Unreachable) return null;
      throw error;
    });
    reached(reply?.status ?? 0);
    if (reply && reply.status < 500 && reply.status !== 401) return reply;
    await new Promise((later) => { setTimeout(later, AGAIN_MS); });
  }
}

// --- tiles -----------------------------------------------------------------------------------------------------------

function tileOf(patch) {
  const tile = document.createElement("div");
  const canvas = document.createElement("canvas");
  const mark = document.createElement("span");
  Object.assign(canvas, {width: WIDE, height: HIGH});
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
  next = tiles;
  return {tiles, drawn: drawAll(tiles)};
}

async function advance() {
  const gone = screen;
  byId("left").textContent = "次を読み込んでいます…";
  const fresh = await coming;
  show(fresh.tiles);
  await fresh.drawn;
  coming = fresh.then_ ?? fetchMore();
  release(gone);
  if (!screen.length) end();
  count();
}

function show(tiles) {
  screen = tiles;
  marks.length = 0;
  screen.forEach(paint);
  room.replaceChildren(...screen.map(({tile}) => tile));
  since = performance.now();
  if (screen.length) focus(0);
}

const papersOf = (tiles) => [...new Set(tiles.map(({patch}) => patch.document))];

/** Say to the server of these papers that they are held, or let go of. */
function tell(verb, documents) {
  for (let from = 0; from < documents.length; from += AT_A_TIME) {
    send(`/desk/runs/${verb}`, {documents: documents.slice(from, from + AT_A_TIME)}, {keepalive: true}).catch(() => {});
  }
}

const hold = () => tell("hold", papersOf([...screen, ...next]));

function release(gone) {
  const still = papersOf([...screen, ...next]);
  tell("release", papersOf(gone).filter((id) => !still.includes(id)));
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
  marks.push({one, was: one.said});
  put(one, said);
}

function put(one, said) {
  one.said = said === digit ? null : said;
  paint(one);
  count();
  focus(screen.indexOf(one));
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
  screens.push({tiles: screen, sent});
  sendBack(screens.at(-1));
  if (screens.length > UNDOABLE) screens.shift();
  const advanced = advance();
  await deliver(sent);
  await advanced;
  busy = false;
}

async function deliver(sent) {
  const reply = await patient(() => send("/desk/carpet/seen", sent));
  forget(who, "carpet");
  byId("saved").textContent = "";
  if (reply.status !== 200) return say(reply.told.message ?? "うまくいきませんでした。", "bad");
  confirmed += reply.told.settled;
  if (reply.told.gone) say(`${reply.told.gone} 字は、ほかの人が先に処理していました。`);
  return count();
}

/** What was doubted waits in its field's run, the digit marked there. */
function sendBack({tiles, sent: {said}}) {
  const many = said.filter((one) => one.digit === "?").length, link = byId("doubted");
  if (!many) return;
  const {patch} = tiles.find((one) => one.said === "?");
  Object.assign(link, {hidden: false, href: runOf(patch), textContent: `疑わしい ${many} 字：${patch.label}を開く`});
}

const runOf = ({run, n}) => `${run}?first=${n}`;

/** The last mark of this screen, or else the last screen, is taken back. */
async function undo() {
  if (busy) return;
  const last = marks.pop();
  if (last) return void put(last.one, last.was);
  const done = screens.pop();
  if (!done) return say("取り消せる確認はありません。");
  busy = true;
  const reply = await patient(() => send("/desk/carpet/undo", done.sent));
  busy = false;
  if (reply.status !== 200) return say(reply.told.message ?? "取り消せませんでした。", "bad");
  confirmed -= reply.told.settled;
  const were = screen;
  if (were.length) coming = Promise.resolve({tiles: were, drawn: Promise.resolve(), then_: coming});
  show(done.tiles);
  hold();
  say(reply.told.gone ? `直前の画面に戻りました。${reply.told.gone} 字は、ほかの人が処理したため取り消せません。` : "直前の画面の確認を取り消しました。");
  return count();
}

const STEPS = {ArrowLeft: () => -1, ArrowRight: () => 1, ArrowUp: () => -across(), ArrowDown: () => across()};

listenKeys({
  enter: confirm, undo, toggle: () => screen.length && whole(), postpone: later,
  doubt: () => screen.length && mark(screen[at].said === "?" ? null : "?"), revert: () => screen.length && mark(null),
  field: () => location.assign(screen.length ? runOf(screen[at].patch) : byId("doubted").getAttribute("href") ?? "/desk/runs"), free,
});

function free(chord) {
  if (!screen.length) return null;
  if (STEPS[chord]) return () => focus(at + STEPS[chord]());
  return /^[0-9]$/.test(chord) ? () => mark(chord) : null;
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
byId("undo").addEventListener("click", undo);
byId("show-keys").addEventListener("click", showKeys);
for (const sign of ["keydown", "pointerdown"]) addEventListener(sign, () => { touched = Date.now(); }, {capture: true});
setInterval(() => { if (Date.now() - touched < AWAKE_MS) hold(); }, BEAT_MS);
addEventListener("pagehide", () => release([...screen.splice(0), ...next.splice(0)]));
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

const left = recall(who, "carpet")?.typed.get("seen");
if (left) await deliver(left);
coming = fetchMore();
await advance();
document.body.dataset.ready = "yes";
