// The paper before this person: what the server last told of it, and what was typed over it and is not saved yet.
// Says how things stand; shows nothing and sends nothing.
import {names} from "./fields.js";
import {keep, keepReason, recall, recallReason} from "./journal.js";
import {isAway} from "./reach.js";

export const paper = {
  now: JSON.parse(document.getElementById("told").textContent),
  busy: false,                        // an approval or a return is under way: nothing may be typed past it
  hands: 0,                           // strokes and clicks so far: who has gone on working is not called back
  lost: false,                        // somebody else holds the paper by now
};
export const here = () => `/desk/sheets/${paper.now.id}`;
export const typed = new Map();       // field → what stands in the input and is not yet saved
export const refused = new Map();     // field → why the server would not take what stands there
export const ticked = new Set();      // keys of warnings that the person has seen

/** Another sheet lies before the same person: nothing of the one before is left here. */
export function lay(now) {
  Object.assign(paper, {now, busy: false, lost: false});
  for (const held of [typed, refused, ticked]) held.clear();
}

export const editable = () => paper.now.editable && !paper.lost;
/** Whether keys may reach the fields just now. */
export const open = () => editable() && !paper.busy;

/** Whether what was typed cannot be judged now: it will be when the server is there again. */
export const unjudged = () => typed.size > 0 && isAway();

/** What is worth sending: a refused value is not asked for again before it has been changed. */
export const unsent = () => new Map([...typed].filter(([name]) => !refused.has(name)));

/** The journal holds exactly what is not stored: only the server's yes takes a value out of it. */
export const journal = () => keep(paper.now.who, paper.now.id, paper.now.version, typed);

/** Why the paper is to go back, as far as it was written; it stays until the paper has gone. */
export const reason = () => recallReason(paper.now.who, paper.now.id);
export const noteReason = (written) => keepReason(paper.now.who, paper.now.id, written);

/** Remember what stands in a field and is not saved; null: nothing to remember. */
export function note(name, value) {
  if (value === null) typed.delete(name);
  else typed.set(name, value);
  refused.delete(name);
  journal();
}

/** Nothing is left to say of this field: it is stored, or given up. */
export function drop(name) {
  typed.delete(name);
  refused.delete(name);
}

/** The server has answered `sent`: what was changed since then is neither stored nor refused. */
export function answered(sent, refusals) {
  for (const [name, value] of sent) {
    if (typed.get(name) !== value) continue;
    if (name in refusals) refused.set(name, refusals[name]);
    else drop(name);
  }
}

/** What an earlier visit left in the journal, taken back: "none", "here", or "stale" where the stored paper is newer. */
export function takeBack() {
  const kept = recall(paper.now.who, paper.now.id);
  if (!kept || !editable()) return "none";
  for (const [name, value] of kept.typed) if (names.includes(name)) typed.set(name, value);
  return kept.version === paper.now.version ? "here" : "stale";
}

export function stateOf(name) {
  if (refused.has(name)) return "bad";
  return typed.has(name) ? "changed" : paper.now.fields[name].state;
}

/** Whether somebody is to look at the field, as the server told last. */
export function asked(name) {
  const {state, by_person: byPerson} = paper.now.fields[name];
  return refused.has(name) || state === "pending" || (state === "bad" && !byPerson);
}

/** Whether they have not done so yet. */
export const doubtful = (name) => refused.has(name) || (!typed.has(name) && asked(name));

/** The next doubtful field after this one, round the end; null when there is none but itself. */
export function nextDoubt(after) {
  const at = names.indexOf(after);
  const round = [...names.slice(at + 1), ...names.slice(0, Math.max(at, 0))];
  return round.find(doubtful) ?? null;
}

/** Who saved first, as a sentence's beginning: the person's own other window is no other person. */
export function whoWasFirst(theirs) {
  const last = theirs.history[0];
  if (last?.by === paper.now.name) return {heading: "別の画面で先に保存されました", byWhom: `（${last.at}）`};
  return {heading: "ほかの人が先に保存しました", byWhom: last ? `（${last.by}　${last.at}）` : ""};
}
