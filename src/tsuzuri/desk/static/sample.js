// A sample, judged one field after the other: one key each. The next picture is there before it is asked for.
import {showKeys} from "./common.js";
import {listenKeys} from "./keys.js";
import {look, send, Unreachable} from "./post.js";
import {say} from "./telling.js";
import {showWhole} from "./whole.js";

const byId = (id) => document.getElementById(id);
const UNDOABLE = 20, FEW = 5;
const ready = [], done = [];
let last = 0, left = 0, busy = false, over = false;

async function fetchMore() {
  const told = await heard(look(`/desk/sample/more?after=${last}`), "この画面を開き直してください。");
  if (!told) return;
  const {samples, waiting} = told;
  ready.push(...samples);
  if (samples.length) last = samples.at(-1).n;
  over = samples.length === 0;
  left = waiting;
  for (const {crop} of samples) if (crop) new Image().src = crop;
}

function show() {
  const [now] = ready;
  byId("left").textContent = `残り ${left.toLocaleString("ja-JP")} 項目`;
  byId("sampled").hidden = !now;
  if (!now && !over) return;             // there may be more, and nobody could say
  if (!now) return say("判定を待つ項目はありません。", "good");
  byId("label").textContent = now.label;
  byId("title").textContent = now.title;
  byId("short").textContent = now.short;
  byId("value").textContent = now.value || "（記入なし）";
  byId("value").classList.toggle("blank", !now.value);
  byId("crop").hidden = !now.crop;
  byId("no-crop").hidden = Boolean(now.crop);
  if (now.crop) byId("crop").src = now.crop;
  byId("crop").alt = `${now.label}の画像`;
  return byId("sampled").focus({preventScroll: true});
}

/** The server's yes as JSON, or null after having told the person what is the matter. */
async function heard(asked, otherwise) {
  try {
    const {status, told} = await asked;
    if (status === 200) return told;
    if (status === 401) say(told.message, "bad", {href: "/desk/login?to=/desk/sample", word: "ログインし直す"});
    else say(told.message ?? "うまくいきませんでした。", "bad");
    return told.code === "already_judged" ? {} : null;
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    say(`サーバーにつながりません。${otherwise}`, "bad");
    return null;
  }
}

const ask = (path, body) => heard(send(path, body), "もう一度キーを押してください。");

async function alone(act) {
  if (busy) return;
  busy = true;
  try {
    await act();
  } finally {
    busy = false;
  }
}

const judge = (verdict) => alone(async () => {
  const [now] = ready;
  if (!now) return;
  const told = await ask("/desk/sample/verdict", {n: now.n, verdict});
  if (!told) return;
  ready.shift();
  left = Math.max(left - 1, 0);
  done.push(now);
  if (done.length > UNDOABLE) done.shift();
  if (verdict === "wrong" && told.says) say(told.says);
  else if (told.says) say("");
  if (ready.length < FEW && !over) await fetchMore();
  show();
});

const undo = () => alone(async () => {
  const back = done.at(-1);
  if (!back) return void say("取り消せる判定はありません。");
  if (!(await ask("/desk/sample/undo", {n: back.n}))) return;
  done.pop();
  ready.unshift(back);
  left += 1;
  say("直前の判定を取り消しました。");
  show();
});

const whole = () => ready[0] && showWhole(ready[0]);

listenKeys({
  right: () => judge("right"), wrong: () => judge("wrong"), illegible: () => judge("illegible"), undo, toggle: whole,
});
for (const button of document.querySelectorAll("[data-verdict]")) button.addEventListener("click", () => judge(button.dataset.verdict));
byId("undo").addEventListener("click", undo);
byId("whole").addEventListener("click", whole);
byId("show-keys").addEventListener("click", showKeys);

await fetchMore();
show();
document.body.dataset.ready = "yes";
