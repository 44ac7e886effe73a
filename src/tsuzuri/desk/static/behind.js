// Sheets that the hands have left before the server said yes. What was keyed into each and how it was finished goes there in the
// order of the hands, again while nobody answers; what the server will not take comes back before anything new is opened.
import {keep, keepReason, kept, recall} from "./journal.js";
import {send, Unreachable} from "./post.js";
import {reached, RETRY_MS, tellLate} from "./reach.js";

const left = [];                     // {who, id, version, typed, how, verb, body, first}
const back = [];                     // ids of sheets that must be looked at again
let going = null;

export const isLeft = (id) => left.some((one) => one.id === id);
/** The sheet to go back to before the next, or undefined. */
export const comesBack = () => back.shift();
/** Once all that is under way has been answered, or nobody answers. */
export const settled = () => going;

const journal = ({who, id, version, typed, how, verb, body}) => keep(who, id, version, typed, {how, verb, body});

/**
 * The sheet is left: `typed` (field → ink, keyed as `how` says) is to be saved upon `version`, then `verb` done with `body`.
 * `first` is the promise of an answer where `verb` is on its way already.
 */
export function leave(one, first = null) {
  const sheet = {...one, first};
  left.push(sheet);
  journal(sheet);
  go();
}

/** What earlier windows left and could not send, but for the sheet that is open here. */
export function replay(who, open) {
  for (const id of kept(who)) {
    const {verb, ...one} = recall(who, id);
    if (verb && id !== open) left.push({...one, who, id, verb, again: true});
  }
  go();
}

const go = () => { going ??= pump().finally(() => { going = null; }); };

async function pump() {
  while (left.length) {
    const reply = await deliver(left[0]);
    if (!reached(reply.status)) {
      setTimeout(go, RETRY_MS);
      return;
    }
    const one = left.shift(), lost = one.again && reply.told.code === "settled";     // its first answer was lost
    if (reply.status === 200 || lost) keep(one.who, one.id, one.version, new Map());
    else comeBack(one, reply.told.message ?? "うまくいきませんでした。");
  }
}

async function deliver(one) {
  if (one.typed.size) {
    const reply = await post(one, "save", {changes: Object.fromEntries(one.typed), how: one.how});
    const trouble = stored(one, reply);
    if (trouble) return trouble;
  }
  const reply = await (one.first ?? post(one, one.verb, one.body));
  one.first = null;
  if (reply.status === 0) one.again = true;
  return reply;
}

const post = (one, verb, body) => send(`/desk/sheets/${one.id}/${verb}`, {version: one.version, ...body}, {keepalive: true})
  .catch((error) => {
    if (error instanceof Unreachable) return {status: 0, told: {}};
    throw error;
  });

/** Null once all that was typed is stored, this time or before; else the answer that stands against going on. */
function stored(one, reply) {
  const {status, told} = reply;
  if (status === 409 && told.agreed && [...one.typed.keys()].every((name) => told.agreed.includes(name))) one.typed.clear();
  else if (status !== 200) return reply;
  else for (const name of [...one.typed.keys()]) if (!(name in told.refused)) one.typed.delete(name);
  one.version = told.state.version;
  journal(one);
  if (one.typed.size) return {status: 422, told: {message: "受け付けられない値があります。"}};
  return told.lured?.length ? {status: 409, told: {message: "見比べるために変えて示した値が、そのまま確認されました。"}} : null;
}

/** It is the person's again: what is not stored yet lies in the journal, and that page lays it beside what is. */
function comeBack({who, id, version, typed, body}, says) {
  back.push(id);
  keep(who, id, version, typed);
  if (body.note) keepReason(who, id, body.note);
  tellLate(`前の書類 ${id.slice(-8)} は終わっていません。${says}${document.body.dataset.sheet ? "いまの書類のあとに開きます。" : ""}`, `/desk/sheets/${id}`, "いま開く");
}
