// One paper before one person: the order of things at this page. What is typed goes to the journal at once and to the
// server at each confirmation; the server alone says what stands.
import {showKeys} from "./common.js";
import {askReason, compare} from "./dialogs.js";
import * as fields from "./fields.js";
import {forget, keep, recall} from "./journal.js";
import {listenKeys} from "./keys.js";
import {send, Unreachable} from "./post.js";
import {paintHistory, say} from "./telling.js";
import {openViewer} from "./viewer.js";

const BEAT_MS = 60_000;        // a paper is held for ten minutes; a sign of life each minute …
const AWAKE_MS = 300_000;      // … while somebody has touched a key in the last five: an empty chair lets go
const RETRY_MS = 5_000;

let now = JSON.parse(document.getElementById("told").textContent);
const here = `/desk/sheets/${now.id}`;
const typed = new Map();       // field → what stands in the input and is not yet saved
const refused = new Map();     // field → why the server would not take it
const ticked = new Set();      // keys of warnings that the person has seen
let active = null, saving = null, busy = false, lost = false, touched = Date.now();

const byId = (id) => document.getElementById(id);
const canvas = document.createElement("canvas");
canvas.setAttribute("aria-hidden", "true");
const viewer = openViewer({pages: now.pages, paper: now.paper, fields: fields.places, onPick: (name) => fields.focus(name)});
const editable = () => now.editable && !lost;

// --- what is shown ---------------------------------------------------------------------------------------------------

function stateOf(name) {
  if (refused.has(name)) return "bad";
  return typed.has(name) ? "changed" : now.fields[name].state;
}

function paint() {
  const states = new Map(fields.names.map((name) => [name, stateOf(name)]));
  for (const [name, state] of states) fields.paint(name, {...now.fields[name], state}, refused.get(name));
  viewer.paint(states);
  const step = byId("step");
  step.textContent = now.step_word;
  step.className = `tag ${now.step_tone}`;
  const doubts = fields.names.filter(doubtful).length;
  byId("left").textContent = fields.names.length && now.editable ? `要確認 残り ${doubts} 項目` : "";
  byId("why").textContent = now.editable ? now.why : "";
  for (const id of ["approve", "save", "return", "choose", "stranger"]) if (byId(id)) byId(id).disabled = !editable();
  if (byId("approve")) byId("approve").disabled = !editable() || now.why !== "";
}

function paintAll() {
  for (const name of fields.names) if (!typed.has(name)) fields.put(name, now.fields[name].shown);
  fields.paintFindings(now.findings, ticked, {editable: editable()});
  fields.lock(!editable());
  paintHistory(now.history);
  paint();
}

function activate(name) {
  if (active === name) return;
  fields.rows.get(active)?.classList.remove("active");
  active = name;
  const row = fields.rows.get(name);
  row.classList.add("active");
  row.prepend(canvas);
  viewer.show(name);
  drawSnippet();
}

function drawSnippet() {
  canvas.hidden = !active || !fields.places.get(active).box || !now.pages.length;
  if (!canvas.hidden && !viewer.snippet(canvas, active)) canvas.hidden = true;
}

// --- where Enter goes ------------------------------------------------------------------------------------------------

function doubtful(name) {
  const {state, by_person: byPerson} = now.fields[name];
  if (refused.has(name)) return true;
  return !typed.has(name) && (state === "pending" || (state === "bad" && !byPerson));
}

/** The next doubtful field after this one, round the end; null when there is none but itself. */
function nextDoubt(after) {
  const at = fields.names.indexOf(after);
  const round = [...fields.names.slice(at + 1), ...fields.names.slice(0, Math.max(at, 0))];
  return round.find(doubtful) ?? null;
}

async function onward(after) {
  const next = nextDoubt(after);
  if (next) return fields.focus(next);
  await save();
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
  if (!editable()) return;
  const {state, shown} = now.fields[name];
  const value = fields.valueOf(name);
  const unchanged = value === (shown ?? "");
  if (unchanged && (state === "auto" || state === "blank" || state === "done")) note(name, null);
  else note(name, value);
  if (typed.size) save();
}

/** Remember what stands in a field and is not saved; null: nothing to remember. */
function note(name, value) {
  if (value === null) typed.delete(name);
  else typed.set(name, value);
  refused.delete(name);
  keep(now.who, now.id, now.version, typed);
  byId("saved").textContent = typed.size ? `未保存 ${typed.size} 項目` : "";
  paint();
}

// --- speaking with the server ----------------------------------------------------------------------------------------

async function save() {
  while (saving) await saving;
  if (typed.size === 0 || !editable()) return typed.size === 0;
  saving = push();
  try {
    return await saving;
  } finally {
    saving = null;
  }
}

async function push() {
  const sent = new Map(typed);
  byId("saved").textContent = "保存しています…";
  const reply = await ask("save", {version: now.version, changes: Object.fromEntries(sent)});
  if (!reply) return false;
  for (const [name, value] of sent) {
    if (name in reply.refused) refused.set(name, reply.refused[name]);
    else if (typed.get(name) === value) typed.delete(name);
  }
  adopt(reply.state);
  byId("saved").textContent = typed.size ? `未保存 ${typed.size} 項目` : `保存済み ${clockNow()}`;
  // Back to what was refused, unless the person is already typing elsewhere.
  if (refused.size && [...typed.keys()].every((name) => refused.has(name))) fields.focus([...refused.keys()][0]);
  return refused.size === 0;
}

function adopt(state) {
  now = state;
  keep(now.who, now.id, now.version, typed);
  paintAll();
}

/** The server's yes as JSON, or null after having told the person what is the matter. */
async function ask(verb, body) {
  let reply;
  try {
    reply = await send(`${here}/${verb}`, body);
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    say("サーバーにつながりません。入力はこの画面に残っています。つながり次第、保存します。", "bad");
    byId("saved").textContent = "保存できていません";
    if (verb === "save") setTimeout(save, RETRY_MS);
    return null;
  }
  if (reply.status === 200) {
    if (byId("above").querySelector(".bad, .warn")) say("");
    return reply.told;
  }
  return trouble(reply);
}

function trouble({status, told}) {
  byId("saved").textContent = typed.size ? `未保存 ${typed.size} 項目` : "";
  if (status === 401) {
    say(told.message, "bad", {href: `/desk/login?to=${encodeURIComponent(here)}`, word: "ログインし直す"});
  } else if (told.code === "stale_version" && told.state) {
    meet(told.state);
  } else if (told.code === "leased") {
    lost = true;
    say(`${told.message}入力した値はこの画面に残っています。`, "bad", {href: here, word: "開き直す"});
    fields.lock(true);
    paint();
  } else {
    say(told.message ?? "うまくいきませんでした。もう一度試してください。", "bad");
  }
  return null;
}

/** Somebody saved first: nothing of either side is lost until the person has chosen. */
function meet(theirs) {
  const differing = [...typed]
    .map(([name, mine]) => ({name, mine, theirs: theirs.fields[name]?.shown ?? ""}))
    .filter(({name, mine, theirs: saved}) => theirs.fields[name] && mine !== saved);
  const last = theirs.history[0];
  const byWhom = last ? `（${last.by}　${last.at}）` : "";
  const same = [...typed.keys()].filter((name) => !differing.some((d) => d.name === name));
  if (differing.length === 0) {
    same.forEach((name) => typed.delete(name));
    adopt(theirs);
    return say(`ほかの人${byWhom}が先に保存していました。値に違いはありません。`);
  }
  compare({differing, labels: now.labels, byWhom, settled: (chosen) => {
    same.forEach((name) => typed.delete(name));
    for (const [name, whose] of chosen) if (whose === "theirs") typed.delete(name);
    adopt(theirs);
    for (const [name, value] of typed) fields.put(name, value);
    save();
    fields.focus(differing[0].name);
  }});
}

// --- acts ------------------------------------------------------------------------------------------------------------

/** One act at a time: a second key press while one is under way does nothing. */
async function once(act) {
  if (busy || !editable()) return;
  busy = true;
  try {
    await act();
  } finally {
    busy = false;
  }
}

function next() {
  forget(now.who, now.id);
  byId("next").submit();
}

const approve = () => once(async () => {
  if (!(await save())) return refused.size ? fields.focus([...refused.keys()][0]) : undefined;
  const warning = fields.openWarning();
  if (now.why) return say(now.why, "bad");
  if (warning) {
    warning.focus();
    return say("注意の内容を見て「確認した」に印（Space）を付けてから承認してください。");
  }
  if (await ask("approve", {version: now.version, accepted: [...ticked]})) next();
});

const giveBack = (first = "") => {
  if (busy || !editable()) return;
  const outward = now.findings.filter((f) => "FE".includes(f.severity) || f.act === "返戻" || f.act === "照会");
  const reasons = [...new Set(outward.map((f) => `${f.code} ${f.message}`))];
  askReason({reasons: [...reasons, "申請書類ではない", "判読できない"], first, given: (note) => once(async () => {
    await save();
    if (await ask("return", {version: now.version, note})) next();
  })});
};

async function leave() {
  if (busy || !byId("onward")) return;
  if (editable() && typed.size && !(await save())) return;
  byId("skip").value = now.id;             // laid aside, not done: it must not come back at once
  byId("next").submit();
}

const choose = () => once(async () => {
  const form = document.querySelector("#chooser input[name=form]:checked");
  if (!form) return say("帳票をひとつ選んでください。");
  if (await ask("form", {version: now.version, form: form.value})) location.reload();
});

// --- keys that need to know the field --------------------------------------------------------------------------------

const fieldAt = (element) => element.closest?.(".field")?.dataset.field;

function enter(target) {
  const name = fieldAt(target);
  if (byId("chooser")) return choose();
  if (name && target.type !== "checkbox") confirmField(name);
  return onward(name);
}

function revert(target) {
  const name = fieldAt(target);
  if (!name || !typed.has(name)) return;
  note(name, null);
  fields.put(name, now.fields[name].shown);
  target.select?.();
}

// --- begin -----------------------------------------------------------------------------------------------------------

const clockNow = () => new Date().toLocaleTimeString("ja-JP", {hour: "2-digit", minute: "2-digit"});

async function hold() {
  if (!editable()) return;
  const reply = await ask("lease", {});
  if (reply && reply.state.version !== now.version && typed.size === 0) adopt(reply.state);
}

async function restore() {
  const kept = recall(now.who, now.id);
  if (!kept || !editable()) return;
  for (const [name, value] of kept.typed) if (fields.rows.has(name)) typed.set(name, value);
  if (kept.version !== now.version) return meet(now);
  for (const [name, value] of typed) fields.put(name, value);
  byId("saved").textContent = `未保存 ${typed.size} 項目`;
  say(`前回の未保存の入力（${typed.size} 項目）を戻しました。`);
  paint();
}

function listen() {
  listenKeys({
    approve, save, leave, enter, revert, giveBack: () => giveBack(), pick: (target, n) => fields.pick(fieldAt(target), n),
    toggle: viewer.toggle, smaller: () => viewer.zoom(1 / 1.25), larger: () => viewer.zoom(1.25),
    pageOn: () => viewer.turn(1), pageBack: () => viewer.turn(-1),
  });
  for (const sign of ["keydown", "pointerdown"]) addEventListener(sign, () => { touched = Date.now(); });
  byId("fields")?.addEventListener("focusin", (event) => {
    const name = fieldAt(event.target);
    if (name) activate(name);
  });
  byId("fields")?.addEventListener("input", (event) => {
    const box = event.target.dataset.key;
    if (box) return event.target.checked ? ticked.add(box) : ticked.delete(box);
    const name = fieldAt(event.target);
    if (!name) return undefined;
    return note(name, fields.valueOf(name) === now.fields[name].shown ? null : fields.valueOf(name));
  });
  const clicks = {
    approve, save, onward: leave, choose, "show-keys": showKeys, return: () => giveBack(),
    stranger: () => giveBack("申請書類ではない"), toggle: viewer.toggle, page: () => viewer.turn(1),
  };
  for (const [id, act] of Object.entries(clicks)) byId(id)?.addEventListener("click", () => act());
  viewer.room.addEventListener("pictured", drawSnippet);
  addEventListener("pagehide", () => {
    if (editable()) send(`${here}/release`, {}, {keepalive: true}).catch(() => {});
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  setInterval(() => { if (Date.now() - touched < AWAKE_MS) hold(); }, BEAT_MS);
}

listen();
paintAll();
if (now.held_by) say(`${now.held_by} さんが作業中です。見るだけになります。`);
await hold();
await restore();
if (document.activeElement === document.body) {
  const first = fields.names.find(doubtful) ?? fields.names[0];
  if (first) fields.focus(first);
  else document.querySelector("#chooser input[type=radio]")?.focus();
}
document.body.dataset.ready = "yes";
