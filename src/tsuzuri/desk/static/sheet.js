// One paper before one person: the order of things at this page. What is typed goes to the journal at once and to the
// server at each confirmation; the server alone says what stands.
import {showKeys} from "./common.js";
import {askReason, SENIOR} from "./dialogs.js";
import * as ahead from "./ahead.js";
import * as behind from "./behind.js";
import {lookBeside, preview} from "./beside.js";
import {fieldAt, listenCaret} from "./caret.js";
import * as fields from "./fields.js";
import {finish, onwards} from "./finish.js";
import {beside} from "./grid.js";
import {hands, UNREADABLE} from "./hands.js";
import {isHasty} from "./hasty.js";
import {listenKeys} from "./keys.js";
import {
  asked, doubtful, editable, here, journal, nextDoubt, note, noteReason, open, paper, reason, refused, takeBack, ticked, typed, unjudged,
} from "./paper.js";
import {isAway} from "./reach.js";
import {byId, paint, paintAll, tellUnsaved, toRefused, viewer} from "./showing.js";
import {hold, listenStaying} from "./staying.js";
import {ask, meet, save} from "./talk.js";
import {say} from "./telling.js";
import {explain, listenWhy} from "./why.js";
import {confirmed} from "./trail.js";

// --- where Enter goes ------------------------------------------------------------------------------------------------

/**
 * Once `stored` has come to an answer; what was typed meanwhile is not sent half-typed, and keeps the keys. `last` is called where
 * nothing is left to be looked at; by itself the caret comes to the approval.
 */
async function onward(after, stored, last = toApproval) {
  const next = nextDoubt(after);
  if (next) return fields.focus(next);
  const before = paper.hands, mine = paper.now.id;
  await stored;
  if (paper.hands !== before || paper.now.id !== mine) return;
  const fresh = nextDoubt(after) ?? (after && doubtful(after) ? after : null);
  if (fresh) return fields.focus(fresh);
  const warning = fields.openWarning(isAway() ? typed : undefined);
  if (warning) return warning.focus();
  if (!byId("approve").disabled) return last();
  if (editable()) say("まだ承認できません。直せないときは 返戻（Alt+R）を選んでください。");
  return undefined;
}

function toApproval() {
  byId("approve").focus();
  say(unjudged() ? "要確認はすべて入力しました。承認すると、つながり次第、点検して送ります。" : "要確認はすべて済みました。承認できます。", "good");
}

/** The Enter that confirms the last doubtful field finishes the sheet, but for what cannot be judged now and who is hasty. */
const finishing = () => (unjudged() || isHasty() ? toApproval() : approve());

function confirmField(name) {
  if (!open()) return null;
  const {state, shown} = paper.now.fields[name];
  const value = shown === UNREADABLE && !fields.answered(name) ? shown : fields.valueOf(name);
  const unchanged = value === (shown ?? "");
  if (unchanged && ["auto", "blank", "done", "blind"].includes(state)) {
    remember(name, null);
    return save();
  }
  return settled(name, value);
}

/** Said by a person, whatever it was: it is stored, and can be taken back. */
function settled(name, value) {
  remember(name, value);
  confirmed(paper.now.id, name);
  return save();
}

function remember(name, value) {
  note(name, value);
  tellUnsaved();
  paint();
}

// --- acts ------------------------------------------------------------------------------------------------------------

/** One act at a time, the fields locked meanwhile; `act` may give back what is to be done once they are open again. */
async function once(act) {
  if (!open()) return;
  const was = document.activeElement;
  let then = null;
  paper.busy = true;
  fields.lock(true);
  try {
    then = await act();
  } finally {
    paper.busy = false;
    fields.lock(!open());
  }
  then?.();
  if (document.activeElement === document.body) was.focus();        // a locked radio had lost it
}

/** All that was typed is stored, or what to do about it. */
async function unsettled() {
  do {
    if (await save()) continue;
    if (refused.size === 0) return ahead.isReady() && unjudged() ? null : () => {};
    return () => {
      toRefused();
      say("受け付けられない値が残っています。直すか、Esc で読み取りの値に戻してください。", "bad");
    };
  } while (typed.size);
  return null;
}

/** The sheet goes, and stays locked until it has gone. */
async function away(verb, body) {
  const {id} = paper.now;
  if (!(await finish(verb, body))) return null;
  noteReason("");
  if (verb === "approve") confirmed(id, null);
  return onwards(beginNext);
}

const approve = () => once(async () => {
  const trouble = await unsettled();
  if (trouble) return trouble;
  const {why} = paper.now, late = unjudged(), warning = fields.openWarning(late ? typed : undefined);
  if (why && !late) return () => say(why, "bad");
  if (late && nextDoubt()) return () => fields.focus(nextDoubt());
  if (warning) return () => {
    warning.focus();
    say("注意の内容を見て「確認した」に印（Space）を付けてから承認してください。");
  };
  return away("approve", {accepted: [...ticked]});
});

const giveBack = (also = "") => {
  if (!open()) return;
  const outward = paper.now.findings.filter((f) => "FE".includes(f.severity) || f.act === "返戻" || f.act === "照会");
  const reasons = [...new Set(outward.map((f) => `${f.code} ${f.message}`))];
  const written = reason().split("\n").filter((line) => line && line !== also);
  const first = [...written, ...(also ? [also] : [])].join("\n");
  askReason({heading: "返戻する", word: "返戻する", reasons: [...reasons, "申請書類ではない", "判読できない"], first, written: noteReason, given: (why) => once(async () => {
    noteReason(why);
    const trouble = await unsettled();
    if (trouble) return trouble;
    return away("return", {note: why});
  })});
};

/** A senior is to decide, or the station to feed the paper again: with the reason it leaves this person's hands. */
const put = (kind, heading, reasons) => () => {
  if (!open()) return;
  askReason({heading, word: "頼む", reasons, first: "", written: () => {}, given: (why) => once(async () => {
    const trouble = await unsettled();
    if (trouble) return trouble;
    return away("ask", {kind, why});
  })});
};
const senior = put("senior", "監督者に判断を頼む", SENIOR);
const rescan = put("rescan", "再スキャンを頼む", ["かすれて読めない", "端が切れている", "折れ・重なりがある", "裏面がない"]);

async function answerAsked(button) {
  const note = byId(`note-${button.dataset.kind}`).value;
  if (await ask("answer", {kind: button.dataset.kind, note})) location.reload();
}

/** The paper is laid aside, not done: it must not come back at once. */
async function leave() {
  if (paper.busy || !byId("onward")) return;
  const {id} = paper.now;
  ahead.layAside(id);
  if (!editable()) return void onwards(beginNext, id);
  await once(async () => (await unsettled()) ?? ((await finish("release", {})) ? onwards(beginNext, id) : null));
}

const choose = () => once(async () => {
  const form = document.querySelector("input[name=form]:checked");
  if (!form) return () => say("帳票をひとつ選んでください。");
  if (!(await ask("form", {version: paper.now.version, form: form.value}))) return null;
  typed.clear();                           // said beside the choice: what was typed belongs to the other form
  journal();
  location.reload();
  return new Promise(() => {});
});

/** What was typed is stored first: it goes along with its page. `where` tells from the answer what to open then. */
const rebind = (verb, told, where) => once(async () => {
  const trouble = await unsettled();
  if (trouble) return trouble;
  const reply = await ask(verb, {version: paper.now.version, ...told()});
  if (!reply) return null;
  location.assign(where(reply));
  return new Promise(() => {});
});
const join = () => rebind("join", () => ({}), (reply) => `/desk/sheets/${reply.to[0]}`);
const blot = () => rebind("blot", () => ({}), here);
const split = () => rebind("split", () => ({page: viewer.at()}), here);

// --- keys that need to know the field --------------------------------------------------------------------------------

function enter(target) {
  const name = fieldAt(target);
  if (paper.busy) return undefined;
  if (byId("chooser") || target.name === "form") return choose();
  if (!name || target.type === "checkbox") return onward(name, save());
  return onward(name, confirmField(name), asked(name) ? finishing : toApproval);
}

/** From cell to cell of a table, whatever is doubtful in it. */
function step(right, down) {
  const to = beside(fieldAt(document.activeElement), right, down);
  if (to) fields.focus(to);
}

function revert(target) {
  const name = fieldAt(target);
  if (!name || !typed.has(name) || !open()) return;
  remember(name, null);
  fields.put(name, paper.now.fields[name].shown);
  target.select?.();
}

// --- begin -----------------------------------------------------------------------------------------------------------

function restore() {
  const kept = takeBack();
  if (kept === "none") return undefined;
  if (kept === "stale") return meet(paper.now);
  for (const [name, value] of typed) fields.put(name, value);
  tellUnsaved();
  say(`前回の未保存の入力（${typed.size} 項目）を戻しました。`);
  return paint();
}

function listen() {
  const quick = hands((name, value) => onward(name, settled(name, value)));
  listenKeys({
    approve, save, leave, enter, revert, giveBack: () => giveBack(), pick: (target, n) => fields.pick(fieldAt(target), n),
    toggle: () => viewer.toggle(), smaller: () => viewer.zoom(1 / 1.25), larger: () => viewer.zoom(1.25),
    cellUp: () => step(0, -1), cellDown: () => step(0, 1), explain: () => explain(document.activeElement),
    pageOn: () => viewer.turn(1), pageBack: () => viewer.turn(-1), rotate: () => viewer.rotate(), contrast: () => viewer.contrast(), senior,
    ...quick,
    // In a table the same keys go from cell to cell, as hands know it.
    earlier: (target) => (target.closest(".grid") ? step(-1, 0) : quick.earlier()),
    later: (target) => (target.closest(".grid") ? step(1, 0) : quick.later()),
  }, {yields: (act, target) => act === "undo" && (target.type === "textarea" || typed.has(fieldAt(target)))});
  listenCaret();
  document.addEventListener("input", (event) => {
    const box = event.target.dataset.key;
    if (box) return event.target.checked ? ticked.add(box) : ticked.delete(box);
    const name = fieldAt(event.target);
    if (!name) return undefined;
    remember(name, fields.valueOf(name) === paper.now.fields[name].shown ? null : fields.valueOf(name));
    return preview(name);
  });
  const clicks = {
    approve, save, onward: leave, choose, "show-keys": showKeys, return: () => giveBack(),
    stranger: () => giveBack("申請書類ではない"), toggle: () => viewer.toggle(), join, split, blot, senior, rescan,
  };
  document.addEventListener("click", ({target}) => {
    const button = target.closest("button");
    if (button?.dataset.answers !== undefined) answerAsked(button);
    else clicks[button?.id]?.();
  });
  listenStaying();
}

/** The sheet that lies there now, as it was left or as it came, the caret where the first doubt is. */
function begin() {
  paintAll();
  if (paper.now.held_by) say(`${paper.now.held_by} さんが作業中です。見るだけになります。`);
  restore();
  if (document.activeElement === document.body) {
    const first = fields.names.find(doubtful) ?? fields.names[0];
    if (first) fields.focus(first);
    else document.querySelector("#chooser input[type=radio]")?.focus();
  }
  document.body.dataset.sheet = paper.now.id;
}

/** … and one that was laid here: it was held before, and is held on. */
function beginNext() {
  begin();
  hold();
  ahead.fill(paper.now.id);
}

listen();
listenWhy(() => giveBack());
paintAll();
begin();                               // nobody waits for the server to write that they hold it: who may not is told in a moment
const looked = lookBeside();
await hold();
behind.replay(paper.now.who, paper.now.id);
looked.then(() => { if (editable()) ahead.fill(paper.now.id); });
document.body.dataset.ready = "yes";
