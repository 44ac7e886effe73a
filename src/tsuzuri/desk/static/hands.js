// The quicker ways to settle a field, and the ways back: blank, unreadable, ditto, a reader's candidate, undo, the sheets before.
import {settled} from "./behind.js";
import * as beside from "./beside.js";
import {fieldAt} from "./caret.js";
import * as fields from "./fields.js";
import {here, open, paper, refused, typed} from "./paper.js";
import {send, Unreachable} from "./post.js";
import {adopt, ask, save} from "./talk.js";
import {say} from "./telling.js";
import {lastConfirmed, leaveAt, leftAt, undone} from "./trail.js";

export const UNREADABLE = "判読不能";

/** Acts by the names of the key map; `settle(name, value)` confirms a value and goes on. */
export function hands(settle) {
  const upon = (act) => (target) => {
    const name = fieldAt(target);
    if (name && open() && paper.now.fields[name].state === "blind") say("二人がそれぞれ画像だけを見て入力する欄です。");
    else if (name && open()) act(name);
    else if (open()) say("先に、入力する欄に移ってください。");
  };

  function offer(name, value, without) {
    if (value === undefined) return say(without);
    fields.put(name, value);
    return settle(name, value);
  }

  const candidates = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`candidate${n}`, upon((name) => {
    if (beside.candidate(name, n) !== undefined) beside.take(name, n);
    offer(name, beside.candidate(name, n), `この欄に候補 ${n} はありません。`);
  })]));

  return {
    ...candidates,
    blank: upon((name) => offer(name, fields.blankOf(name), "")),
    unreadable: upon((name) => offer(name, UNREADABLE, "")),
    ditto: upon(async (name) => {
      await beside.looked();
      if (open()) offer(name, beside.ditto(name), beside.noDitto(name));
    }),
    undo, earlier, later,
  };
}

async function undo() {
  const last = lastConfirmed();
  if (!last || paper.busy) return say("取り消せる確認はありません。");
  await save();
  if (last.id !== paper.now.id) return undoElsewhere(last);
  undone();
  if (refused.has(last.field) || typed.has(last.field)) return fields.focus(last.field);
  const reply = await ask("take-back", {version: paper.now.version, field: last.field});
  if (!reply) return undefined;
  adopt(reply.state);
  fields.focus(last.field);
  return say("確認を取り消しました。", "good");
}

/** Back to the sheet before; an approval that has not left is taken back on the way. */
async function undoElsewhere({id, field}) {
  await settled();
  if (field !== null) return location.assign(`/desk/sheets/${id}`);
  const reply = await send(`/desk/sheets/${id}/unapprove`).catch((error) => {
    if (error instanceof Unreachable) return {status: 0, told: {message: "サーバーにつながりません。"}};
    throw error;
  });
  if (reply.status !== 0) undone();
  if (reply.status !== 200) return say(reply.told.message ?? "取り消せませんでした。", "bad");
  return location.assign(`/desk/sheets/${id}`);
}

async function earlier() {
  const before = await beside.previous();
  if (!before) return say("これより前に処理した書類はありません。");
  if (!new URLSearchParams(location.search).has("look")) leaveAt(here());
  return location.assign(`/desk/sheets/${before}?look=true`);
}

async function later() {
  const on = new URLSearchParams(location.search).has("look") ? await beside.following() : null;
  if (on && `/desk/sheets/${on}` !== leftAt()) return location.assign(`/desk/sheets/${on}?look=true`);
  return leftAt() && leftAt() !== here() ? location.assign(leftAt()) : say("これより後に処理した書類はありません。");
}
