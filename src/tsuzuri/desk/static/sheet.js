// One paper before one person: the order of things at this page. What is typed goes to the journal at once and to the
// server at each confirmation; the server alone says what stands.
import {showKeys} from "./common.js";
import {askReason, SENIOR} from "./dialogs.js";
import {lookAhead, lookBeside, moveBeside, preview} from "./beside.js";
import * as fields from "./fields.js";
import {beside} from "./grid.js";
import {hands, UNREADABLE} from "./hands.js";
import {listenKeys} from "./keys.js";
import {
  doubtful, editable, journal, nextDoubt, note, noteReason, open, paper, reason, refused, takeBack, ticked, typed,
} from "./paper.js";
import {send} from "./post.js";
import {activate, byId, drawSnippet, paint, paintAll, tellUnsaved, toRefused, viewer} from "./showing.js";
import {adopt, ask, here, meet, save} from "./talk.js";
import {say} from "./telling.js";
import {explain, listenWhy} from "./why.js";
import {confirmed} from "./trail.js";

const BEAT_MS = 60_000;        // a paper is held for ten minutes; a sign of life each minute …
const AWAKE_MS = 300_000;      // … while somebody has touched a key in the last five: an empty chair lets go

let touched = Date.now();

// --- where Enter goes ------------------------------------------------------------------------------------------------

/** Once `stored` has come to an answer; what was typed meanwhile is not sent half-typed, and keeps the keys. */
async function onward(after, stored) {
  const next = nextDoubt(after);
  if (next) return fields.focus(next);
  const before = paper.hands;
  await stored;
  if (paper.hands !== before) return;
  const fresh = nextDoubt(after) ?? (after && doubtful(after) ? after : null);
  if (fresh) return fields.focus(fresh);
  const warning = fields.openWarning();
  if (warning) return warning.focus();
  if (!byId("approve").disabled) {
    byId("approve").focus();
    return say("要確認はすべて済みました。承認できます。", "good");
  }
  if (editable()) say("まだ承認できません。直せないときは 返戻（Alt+R）を選んでください。");
}

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
    if (refused.size === 0) return () => {};
    return () => {
      toRefused();
      say("受け付けられない値が残っています。直すか、Esc で読み取りの値に戻してください。", "bad");
    };
  } while (typed.size);
  return null;
}

/** The page goes, and stays locked until it has gone. */
function away(aside = "") {
  byId("skip").value = aside;
  byId("next").submit();
  return new Promise(() => {});
}

const approve = () => once(async () => {
  const trouble = await unsettled();
  if (trouble) return trouble;
  const {why, version} = paper.now, warning = fields.openWarning();
  if (why) return () => say(why, "bad");
  if (warning) return () => {
    fields.openWarning()?.focus();
    say("注意の内容を見て「確認した」に印（Space）を付けてから承認してください。");
  };
  if (!(await ask("approve", {version, accepted: [...ticked]}))) return null;
  confirmed(paper.now.id, null);
  return away();
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
    if (!(await ask("return", {version: paper.now.version, note: why}))) return null;
    noteReason("");
    return away();
  })});
};

/** A senior is to decide, or the station to feed the paper again: with the reason it leaves this person's hands. */
const put = (kind, heading, reasons) => () => {
  if (!open()) return;
  askReason({heading, word: "頼む", reasons, first: "", written: () => {}, given: (why) => once(async () => {
    const trouble = await unsettled();
    if (trouble) return trouble;
    return (await ask("ask", {version: paper.now.version, kind, why})) ? away() : null;
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
  if (!editable()) return void away(paper.now.id);
  await once(async () => (await unsettled()) ?? away(paper.now.id));
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
const blot = () => rebind("blot", () => ({}), () => here);
const split = () => rebind("split", () => ({page: viewer.at()}), () => here);

// --- keys that need to know the field --------------------------------------------------------------------------------

const fieldAt = (element) => element.closest?.(".field")?.dataset.field;

function enter(target) {
  const name = fieldAt(target);
  if (paper.busy) return undefined;
  if (byId("chooser") || target.name === "form") return choose();
  return onward(name, name && target.type !== "checkbox" ? confirmField(name) : save());
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

async function hold() {
  if (!editable()) return;
  const reply = await ask("lease", {});
  if (reply && reply.state.version !== paper.now.version && typed.size === 0) adopt(reply.state);
}

async function restore() {
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
    toggle: viewer.toggle, smaller: () => viewer.zoom(1 / 1.25), larger: () => viewer.zoom(1.25),
    cellUp: () => step(0, -1), cellDown: () => step(0, 1), explain: () => explain(document.activeElement),
    pageOn: () => viewer.turn(1), pageBack: () => viewer.turn(-1), rotate: viewer.rotate, contrast: viewer.contrast, senior,
    ...quick,
    // In a table the same keys go from cell to cell, as hands know it.
    earlier: (target) => (target.closest(".grid") ? step(-1, 0) : quick.earlier()),
    later: (target) => (target.closest(".grid") ? step(1, 0) : quick.later()),
  }, {yields: (act, target) => act === "undo" && (target.type === "textarea" || typed.has(fieldAt(target)))});
  for (const sign of ["keydown", "pointerdown", "input"]) addEventListener(sign, () => {
    touched = Date.now();
    paper.hands += 1;
  }, {capture: true});
  byId("fields")?.addEventListener("focusin", (event) => {
    const name = fieldAt(event.target);
    if (!name) return;
    activate(name);
    moveBeside(name);
  });
  byId("fields")?.addEventListener("input", (event) => {
    const box = event.target.dataset.key;
    if (box) return event.target.checked ? ticked.add(box) : ticked.delete(box);
    const name = fieldAt(event.target);
    if (!name) return undefined;
    remember(name, fields.valueOf(name) === paper.now.fields[name].shown ? null : fields.valueOf(name));
    return preview(name);
  });
  const clicks = {
    approve, save, onward: leave, choose, "show-keys": showKeys, return: () => giveBack(),
    stranger: () => giveBack("申請書類ではない"), toggle: viewer.toggle, join, split, blot, senior, rescan,
  };
  for (const [id, act] of Object.entries(clicks)) byId(id)?.addEventListener("click", () => act());
  for (const button of document.querySelectorAll("[data-answers]")) button.addEventListener("click", () => answerAsked(button));
  viewer.room.addEventListener("pictured", drawSnippet);
  addEventListener("pagehide", () => {
    if (editable()) send(`${here}/release`, {}, {keepalive: true}).catch(() => {});
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  setInterval(() => { if (Date.now() - touched < AWAKE_MS) hold(); }, BEAT_MS);
}

listen();
listenWhy(() => giveBack());
paintAll();
if (paper.now.held_by) say(`${paper.now.held_by} さんが作業中です。見るだけになります。`);
await hold();
await restore();
if (document.activeElement === document.body) {
  const first = fields.names.find(doubtful) ?? fields.names[0];
  if (first) fields.focus(first);
  else document.querySelector("#chooser input[type=radio]")?.focus();
}
lookBeside().then(() => { if (editable()) lookAhead(); });
document.body.dataset.ready = "yes";
