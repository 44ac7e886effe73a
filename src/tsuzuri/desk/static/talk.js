// What is said to the server about this paper, and what comes of its answer: stored, refused, stale, or nobody there.
import {compare} from "./dialogs.js";
import * as fields from "./fields.js";
import {answered, drop, editable, here, journal, paper, refused, typed, unsent, whoWasFirst} from "./paper.js";
import {forgetPace, howTyped} from "./pace.js";
import {send, Unreachable} from "./post.js";
import {reached, RETRY_MS} from "./reach.js";
import {byId, paint, paintAll, tellUnsaved, toRefused} from "./showing.js";
import {say} from "./telling.js";

let saving = null;

const clockNow = () => new Date().toLocaleTimeString("ja-JP", {hour: "2-digit", minute: "2-digit"});

/** Whether all that was typed when asked is stored. */
export async function save() {
  while (saving) await saving;
  if (unsent().size === 0 || !editable()) return typed.size === 0;
  saving = push();
  try {
    return await saving;
  } finally {
    saving = null;
  }
}

async function push() {
  const sent = unsent(), before = paper.hands;
  byId("saved").textContent = "保存しています…";
  const reply = await ask("save", {version: paper.now.version, changes: Object.fromEntries(sent), how: howTyped(sent.keys())});
  if (!reply) return false;
  forgetPace(sent.keys());
  answered(sent, reply.refused);
  adopt(reply.state);
  tellUnsaved(`保存済み ${clockNow()}`);
  if (reply.lured.length) caught(reply.lured);
  if (refused.size && paper.hands === before) toRefused();
  return refused.size === 0;
}

/** What was shown there was not what was read, and it was confirmed: nothing is stored, the reading stands there again. */
function caught([first]) {
  say("いまの値は、見比べているかを確かめるために変えて（または空にして）示した値でした。保存はしていません。読み取りの値に戻したので、紙と見比べてください。", "bad");
  fields.focus(first);
}

export function adopt(state) {
  paper.now = state;
  journal();
  paintAll();
}

/** The server's answer, {status, told}; status 0 where none comes. */
export function spoken(verb, body) {
  return send(`${here()}/${verb}`, body).catch((error) => {
    if (error instanceof Unreachable) return {status: 0, told: {}};
    throw error;
  });
}

/** The server's yes as JSON, or null after having told the person what is the matter. */
export async function ask(verb, body) {
  const mine = paper.now.id, reply = await spoken(verb, body);
  if (paper.now.id !== mine) return null;        // another sheet lies here by now: what is owed to that one is sent from behind
  return heard(reply, verb);
}

/** The same of an answer that has come. */
export function heard(reply, verb) {
  const there = reached(reply.status);
  if (reply.status === 200) {
    if (verb !== "lease" && byId("above").querySelector(".bad, .warn")) say("");      // a sign of life answers nothing that was said
    return reply.told;
  }
  if (there) return trouble(reply);
  byId("saved").textContent = "保存できていません";
  if (verb === "save") setTimeout(save, RETRY_MS);
  paint();
  return null;
}

function trouble({status, told}) {
  tellUnsaved();
  if (told.code === "stale_version" && told.state) {
    meet(told.state, told.agreed);
  } else if (told.code === "lured") {
    adopt(told.state);
    say(told.message, "bad");
  } else if (told.code === "leased") {
    paper.lost = true;
    say(`${told.message}入力した値はこの画面に残っています。`, "bad", {href: here(), word: "開き直す"});
    fields.lock(true);
    paint();
  } else {
    say(told.message ?? "うまくいきませんでした。もう一度試してください。", "bad");
  }
  return null;
}

/** Somebody saved first: nothing of either side is lost until the person has chosen. `agreed`: there both mean the same. */
export function meet(theirs, agreed = []) {
  const differing = [...typed]
    .map(([name, mine]) => ({name, mine, theirs: theirs.fields[name]?.shown ?? ""}))
    .filter(({name, mine, theirs: saved}) => theirs.fields[name] && mine !== saved && !agreed.includes(name));
  const {heading, byWhom} = whoWasFirst(theirs);
  const same = [...typed.keys()].filter((name) => !differing.some((d) => d.name === name));
  if (differing.length === 0) {
    same.forEach(drop);
    adopt(theirs);
    return say(`${heading}${byWhom}。値に違いはありません。`);
  }
  compare({differing, labels: paper.now.labels, heading, byWhom, settled: (chosen) => {
    same.forEach(drop);
    for (const [name, whose] of chosen) if (whose === "theirs") drop(name);
    adopt(theirs);
    for (const [name, value] of typed) fields.put(name, value);
    save();
    fields.focus(differing[0].name);
  }});
}
