// What lies beside the field that is worked on: the readers' candidates, the sheet before, what typed ink will be stored as.
import * as fields from "./fields.js";
import {keyOf} from "./keymap.js";
import {here, paper, typed} from "./paper.js";
import {look, send, Unreachable} from "./post.js";

const PAUSE_MS = 200;                // after the last stroke, before the server is asked what it means
const line = document.createElement("div");
line.className = "beside";
line.setAttribute("aria-live", "polite");
const NOTHING = {candidates: {}, ditto: {}, no_ditto: {}, previous: null, following: null};
let told = NOTHING;
let active = null, timer = 0, asked = 0, answered = null;
const chosen = new Map();            // field → the reader whose candidate was taken: named only now

/** Ask what lies beside the sheet that is there now; nothing does while nobody answers. */
export function lookBeside() {
  told = NOTHING;
  chosen.clear();
  clearTimeout(timer);
  asked += 1;
  answered = fetchBeside();
  return answered;
}

async function fetchBeside() {
  const mine = here();
  const reply = await look(`${mine}/beside`).catch(() => null);
  const found = reply?.status === 200 ? reply.told : null;
  if (mine !== here()) return;       // another sheet has come meanwhile
  if (found) told = found;
  paintBeside();
}

/** Once the last question has been answered: a key may come sooner. */
export const looked = () => answered;
export const candidate = (name, number) => told.candidates[name]?.[number - 1]?.value;
export const ditto = (name) => told.ditto[name];
/** Why the sheet before says nothing of this field. */
export const noDitto = (name) => told.no_ditto[name] ?? "この欄は、直前の書類と同じとは限らないため、写せません。";
/** The sheets before and behind this one. */
export const previous = async () => { await answered; return told.previous; };
export const following = async () => { await answered; return told.following; };

/** Remember whose candidate was taken. */
export function take(name, number) {
  chosen.set(name, told.candidates[name][number - 1].reader);
}

export function moveBeside(name) {
  active = name;
  clearTimeout(timer);
  fields.rows.get(name).querySelector(".findings").before(line);
  paintBeside();
}

function paintBeside(will = null) {
  line.replaceChildren();
  if (!active || !paper.now.editable) return;
  if (will) line.append(piece("will", will.shown === null ? `▲ ${will.refused}` : `→ 保存される値：${will.shown || "（記入なし）"}`));
  const found = told.candidates[active] ?? [];
  if (found.length > 1) found.forEach(({value}, i) => line.append(piece("candidate", value, keyOf(`candidate${i + 1}`))));
  if (told.ditto[active]) line.append(piece("candidate", `前の書類：${told.ditto[active]}`, keyOf("ditto")));
  if (chosen.has(active)) line.append(piece("reader", `選んだ候補の読み取り：${chosen.get(active)}`));
}

function piece(kind, says, key = "") {
  const span = document.createElement("span");
  span.className = kind;
  if (key) {
    const cap = document.createElement("kbd");
    cap.textContent = key;
    span.append(cap, " ");
  }
  span.append(says);
  return span;
}

/** After a pause in typing: what will be stored, in sight before it is. */
export function preview(name) {
  clearTimeout(timer);
  asked += 1;
  chosen.delete(name);
  paintBeside();
  if (fields.isChoice(name) || !typed.get(name)) return;
  const mine = asked;
  timer = setTimeout(async () => {
    const ink = typed.get(name);
    if (!ink) return;
    const reply = await send(`${here()}/normal`, {field: name, ink}).catch((error) => {
      if (error instanceof Unreachable) return null;
      throw error;
    });
    if (reply?.status === 200 && mine === asked && active === name && reply.told.shown !== ink) paintBeside(reply.told);
  }, PAUSE_MS);
}
