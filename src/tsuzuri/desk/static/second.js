// Blind keying: the picture of a field, an empty input, Enter. What anybody or any reader made of it is not on this page.
import {openBlind} from "./blind.js";
import {keyOf} from "./keymap.js";
import {say} from "./telling.js";

const UNDOABLE = 20;
const undoable = [];
const told = (says) => { document.getElementById("told").textContent = says; };

const page = openBlind({
  act: "key",
  more: (last) => ["/desk/second/more", {n: last?.n ?? 0, field: last?.field ?? ""}],
  counted: ({counts: [mine]}, gone) => `あなたの入力待ち ${Math.max(mine - gone, 0).toLocaleString("ja-JP")} 欄`,
  over: ({counts: [, others, disputed]}) =>
    `あなたが入力する欄は、いまありません。ほかの担当者の入力を待つ欄 ${others}・裁定待ち ${disputed}`,
});

function done(value) {
  if (!page.now()) return;
  const item = page.done(value);
  undoable.push({item, value});
  if (undoable.length > UNDOABLE) undoable.shift();
}

function enter() {
  if (!page.now()) return;
  const value = page.input().value();
  if (value === null) told(`入力してください。紙に記入がなければ ${keyOf("blank")}、読めなければ ${keyOf("unreadable")} を押します。`);
  else done(value);
}

function undo() {
  const act = undoable.pop();
  if (!act) {
    say("取り消せる入力はありません。");
    return;
  }
  const {item, value} = act;
  if (!page.outbox.withdraw(item.document, item.field)) page.outbox.post({document: item.document, act: "unkey", field: item.field});
  page.back(item, value, "入力を取り消しました。");
}

const blank = () => done(""), unreadable = () => done(null);
page.listen({enter, blank, unreadable, undo, senior: page.senior}, {
  yields: (act, target) => act === "undo" && Boolean(target.type === "text" && target.value),      // of typing: the browser's own
  clicks: {undo, blank, unread: unreadable, senior: page.senior},
});
await page.begin();
