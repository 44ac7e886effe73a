// A field run: one field over many papers. The caret goes from field to field; what is confirmed leaves by the outbox; the next
// screen is there before this one is done.
import {composing, showKeys} from "./common.js";
import {makeCard} from "./cards.js";
import {askReason, SENIOR} from "./dialogs.js";
import {confirmed as paced} from "./hasty.js";
import {keyOf} from "./keymap.js";
import {listenKeys} from "./keys.js";
import {openOutbox} from "./outbox.js";
import {send, Unreachable} from "./post.js";
import {reached} from "./reach.js";
import {say} from "./telling.js";
import {showWhole} from "./whole.js";
import {foretell} from "./will.js";

const BEAT_MS = 60_000, AWAKE_MS = 300_000, UNDOABLE = 20, AGAIN_MS = 3_000, UNREADABLE = "判読不能", TAKEN_BACK = "確認を取り消しました。";
const byId = (id) => document.getElementById(id);
const main = byId("main"), list = byId("cards");
const {form, asked, who, first} = main.dataset;
const here = `/desk/runs/${encodeURIComponent(form)}/${encodeURIComponent(asked)}`;

let screen = [];                     // cards that are shown
let advancing = null;                // promise of the next screen while it comes
let coming = null;                   // promise of the cards after them
let last = {n: Number(first), field: ""}, skipped = last.n > 0;
let total = "0", made = 0, confirmed = 0;
let touched = Date.now(), since = performance.now(), keys = 0;
const undoable = [];
const cards = new Map();             // "document field" → card, shown or gone

const outbox = openOutbox({who, answered, silent: count});
const nameOf = ({document: id, field}) => `${id} ${field}`;
const active = () => cards.get(document.activeElement?.closest?.(".card")?.dataset.name) ?? null;
const pending = (card) => !["done", "asked"].includes(card.state);

// --- screens ---------------------------------------------------------------------------------------------------------

/** The next cards, their papers held and their pictures on the way; none at the end. Asks again while nobody answers. */
async function fetchMore() {
  const reply = await send(`${here}/more`, last).catch((error) => {
    if (error instanceof Unreachable) return null;
    throw error;
  });
  reached(reply?.status ?? 0);
  if (reply?.status !== 200) {
    await new Promise((later) => { setTimeout(later, AGAIN_MS); });
    return fetchMore();
  }
  const {waiting, total: all} = reply.told;
  total = all;
  const fresh = waiting.filter((item) => !cards.has(nameOf(item)));
  if (!fresh.length && skipped) {           // those before the one that the run began at
    [last, skipped] = [{n: 0, field: ""}, false];
    return fetchMore();
  }
  if (waiting.length) last = {n: waiting.at(-1).n, field: waiting.at(-1).field};
  return fresh.map((item) => {
    outbox.know(item.document, item.version);
    const card = makeCard(item, made += 1);
    cards.set(nameOf(item), card);
    return card;
  });
}

/** The next screen, once this one is done; asked for twice while it comes it comes once. */
function advance() {
  advancing ??= turn().finally(() => { advancing = null; });
  return advancing;
}

async function turn() {
  const over = screen;
  const left = over.filter(pending);
  if (left.length) return left[0].focus();
  byId("left").textContent = "次を読み込んでいます…";
  const fresh = await coming;
  screen = [...screen.filter(pending), ...fresh];
  list.replaceChildren(...screen.map(({row}) => row));
  coming = fresh.length ? fetchMore() : Promise.resolve([]);
  release(over.filter((card) => !screen.includes(card)));
  if (screen.length) screen[0].focus();
  else say("この項目で確認を待つ欄は、もうありません。", "good", {href: "/desk/runs", word: "項目の一覧へ"});
  return count();
}

function release(gone) {
  const still = new Set(screen.map(({item}) => item.document));
  const documents = [...new Set(gone.map(({item}) => item.document))].filter((id) => !still.has(id));
  if (documents.length) send("/desk/runs/release", {documents}).catch(() => {});
}

function count() {
  const left = screen.filter(pending).length;
  byId("left").textContent = `この画面 残り ${left}・待ち ${total}・確認 ${confirmed.toLocaleString("ja-JP")}`;
  byId("saved").textContent = outbox.left() ? `未送信 ${outbox.left()} 件` : "";
}

// --- confirming ------------------------------------------------------------------------------------------------------

function confirm(card, value = card.value()) {
  if (value === null) return card.become("pending", `どれかを選んでください（記入がなければ ${keyOf("blank")}、読めなければ ${keyOf("unreadable")}）。`);
  if (card.state === "done" && card.said === value) return onward(card);      // a second Enter says nothing new
  card.said = value;
  const {item} = card;
  const keyed = {took_ms: Math.min(Math.round(performance.now() - since), 3_600_000), keys: Math.min(keys, 10_000),
    changed: value !== (item.shown ?? "")};
  paced(keyed.took_ms);
  foretell(item, "", card.will);
  card.put(value);
  if (card.theirs) outbox.know(item.document, card.theirs.version);
  card.theirs = null;
  card.become("done");
  confirmed += 1;
  undoable.push({card, value});
  if (undoable.length > UNDOABLE) undoable.shift();
  outbox.post({document: item.document, act: "confirm", field: item.field, value, keyed});
  return onward(card);
}

function onward(card) {
  const at = screen.indexOf(card);
  const next = [...screen.slice(at + 1), ...screen.slice(0, Math.max(at, 0))].find(pending);
  count();
  return next ? next.focus() : advance();
}

function undo() {
  const act = undoable.pop();
  if (!act) return say("取り消せる確認はありません。");
  const {card, value} = act, {item} = card;
  const stored = card.state === "done" && !outbox.withdraw(item.document, item.field);
  if (stored) outbox.post({document: item.document, act: "take-back", field: item.field});
  if (!screen.includes(card)) {
    screen.unshift(card);
    list.prepend(card.row);
  }
  if (card.state === "done") confirmed -= 1;
  card.become("pending", TAKEN_BACK);
  card.put(value);
  card.focus();
  return count();
}

/** What came of what was sent: stored, refused, somebody was faster, or not to be had. */
function answered(items, {status, told}) {
  for (const item of items) {
    const card = cards.get(nameOf(item));
    if (item.act === "senior") {
      if (status !== 200) trouble(card, told.message);
    } else if (item.act !== "confirm") {
      if (status !== 200 && told.code !== "nothing_to_undo") trouble(card, told.message);
    } else if (status === 409 && told.code === "stale_version") meet(card, item, told);
    else if (status !== 200) trouble(card, told.message);
    else if (item.field in told.refused) trouble(card, told.refused[item.field]);
    else if (told.lured.includes(item.field)) lured(card, told.fields[item.field].shown);
    else if (card && card.state === "done") card.put(told.fields[item.field].shown);
  }
  count();
}

/** It was not what was read that stood there, and it was confirmed: nothing is stored, the reading stands there now. */
function lured(card, shown) {
  if (!card) return;
  trouble(card, "見比べているかを確かめるために変えて（または空にして）示した値でした。保存していません。読み取りの値に戻したので、紙と見比べてください。");
  card.item.shown = shown;
  card.put(shown);
}

function trouble(card, says = "うまくいきませんでした。") {
  if (!card) return say(`前回の入力を保存できませんでした。${says}`, "bad");
  if (card.state === "done") confirmed -= 1;
  if (!screen.includes(card)) {
    screen.unshift(card);
    list.prepend(card.row);
  }
  return card.become("bad", says);
}

/** Somebody saved the paper first. Only where the field itself differs is there anything to decide. */
function meet(card, item, told) {
  const theirs = told.fields[item.field];
  if (told.agreed.includes(item.field)) return outbox.settle(item.document, item.field);
  if (card && !theirs.by_person && (theirs.shown ?? "") === (card.item.shown ?? "")) return outbox.post(item);
  if (!card) return say("前回の入力に、ほかの人の保存と食い違うものがあります。", "bad", {href: `/desk/sheets/${item.document}`, word: "書類を開く"});
  trouble(card, `${told.by} さんが先に「${theirs.shown || "記入なし"}」と保存しました。あなたの値は「${item.value || "記入なし"}」。`
    + "Enter：あなたの値にする　Esc：保存済みの値にする");
  card.theirs = {...theirs, version: told.version};
  return undefined;
}

function revert(card) {
  if (!card) return undefined;
  if (!card.theirs) return card.put(card.item.shown), card.focus();
  card.put(card.theirs.shown);
  outbox.settle(card.item.document, card.item.field);
  card.theirs = null;
  card.become("done");
  return onward(card);
}

// --- keys ------------------------------------------------------------------------------------------------------------

function pick(card, number) {
  const radio = card.radios[number - 1];
  if (!radio) return;
  radio.checked = true;
  radio.focus();
}

/** What the whole paper is asked about leaves with it: nobody here can settle it. */
function senior(card) {
  const {item} = card;
  askReason({heading: "監督者に判断を頼む", word: "頼む", reasons: SENIOR, first: "", written: () => {}, given: (why) => {
    outbox.post({document: item.document, act: "senior", field: item.field, value: why, keyed: {}});
    for (const one of cards.values()) if (one.item.document === item.document && pending(one)) one.become("asked", "監督者の判断を待ちます。");
    onward(card);
  }});
}

const upon = (act) => (target) => {
  const card = cards.get(target?.closest?.(".card")?.dataset.name) ?? at;
  if (card && screen.includes(card)) act(card);
  else say("先に、入力する欄に移ってください。");
};
const ACTS = {
  undo, toggle: upon((card) => { card.focus(); showWhole(card.item); }), senior: upon(senior),
  blank: upon((card) => confirm(card, "")), unreadable: upon((card) => confirm(card, UNREADABLE)),
};

/** Undoing what is being typed is the browser's, unless the confirmation of this very card was just taken back. */
function typing(act, target) {
  const card = active();
  const dirty = card && pending(card) && card.radios.length === 0 && card.value() !== (card.item.shown ?? "");
  return act === "undo" && dirty && target.value !== undefined && card.told !== TAKEN_BACK;
}

listenKeys({
  ...ACTS, enter: () => active() && confirm(active()), revert: () => revert(active()),
  pick: (_, number) => pick(active(), number),
}, {yields: typing});
addEventListener("keydown", (event) => {
  touched = Date.now();
  if (!composing(event)) keys += 1;
}, {capture: true});
list.addEventListener("input", () => {
  const card = active();
  if (card?.radios.length === 0) foretell(card.item, card.value(), card.will);
});

list.addEventListener("focusin", (event) => {
  const row = event.target.closest(".card");
  list.querySelector(".card.active")?.classList.remove("active");
  row.classList.add("active");
  since = performance.now();
  keys = 0;
});

// --- begin -----------------------------------------------------------------------------------------------------------

let at = null;                       // where a click on a button below came from
list.addEventListener("focusout", ({target}) => { at = cards.get(target.closest(".card")?.dataset.name) ?? null; });
for (const [id, act] of Object.entries({undo: "undo", whole: "toggle", blank: "blank", unread: "unreadable", senior: "senior"})) {
  byId(id).addEventListener("click", () => ACTS[act](null));
}
byId("show-keys").addEventListener("click", showKeys);
addEventListener("pagehide", () => {
  const documents = [...new Set([...cards.values()].map(({item}) => item.document))];
  if (documents.length) send("/desk/runs/release", {documents: documents.slice(-200)}, {keepalive: true}).catch(() => {});
});
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
setInterval(() => {
  if (Date.now() - touched > AWAKE_MS || !screen.length) return;
  const documents = [...new Set([...cards.values()].filter(pending).map(({item}) => item.document))];      // those to come too
  if (documents.length) send("/desk/runs/hold", {documents}).catch(() => {});
}, BEAT_MS);

const again = await outbox.replay();
if (again && !outbox.left()) say(`前回、送れなかった確認（${again} 項目）を保存しました。`, "good");
coming = fetchMore();
await advance();
document.body.dataset.ready = "yes";
