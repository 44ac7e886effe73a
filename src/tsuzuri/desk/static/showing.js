// What this page shows of its paper: the fields' marks, the picture, the state, what is not saved yet.
import * as fields from "./fields.js";
import {doubtful, editable, open, paper, refused, stateOf, ticked, typed, unjudged} from "./paper.js";
import {paintAccounts, paintHistory} from "./telling.js";
import {stripRoom} from "./grid.js";
import {openViewer} from "./viewer.js";

export const byId = (id) => document.getElementById(id);
let active = null;
const canvas = document.createElement("canvas");
canvas.setAttribute("aria-hidden", "true");
export let viewer;

/** The picture of the sheet that lies there now. */
export function seat() {
  viewer?.close();
  active = null;
  viewer = openViewer({pages: paper.now.pages, fields: fields.places, onPick: (name) => fields.focus(name)});
  viewer.room.addEventListener("pictured", drawSnippet);
}
seat();

export function paint() {
  const now = paper.now;
  const states = new Map(fields.names.map((name) => [name, stateOf(name)]));
  for (const [name, state] of states) fields.paint(name, {...now.fields[name], state}, refused.get(name));
  viewer.paint(states);
  const step = byId("step");
  step.textContent = now.step_word;
  step.className = `tag ${now.step_tone}`;
  const doubts = fields.names.filter(doubtful).length;
  byId("left").textContent = fields.names.length && now.editable ? `要確認 残り ${doubts} 項目` : "";
  byId("why").textContent = now.editable ? now.why : "";
  for (const id of ["approve", "save", "return", "choose", "stranger", "join", "split", "blot", "senior", "rescan"]) if (byId(id)) byId(id).disabled = !editable();
  if (byId("approve")) byId("approve").disabled = !editable() || (now.why !== "" && !unjudged());
}

export function paintAll() {
  for (const name of fields.names) if (!typed.has(name)) fields.put(name, paper.now.fields[name].shown);
  fields.paintFindings(paper.now.findings, ticked, {editable: editable()});
  paintAccounts(paper.now.accounts);
  paintHistory(paper.now.history);
  if (!document.querySelector(".explained")) viewer.light([]);      // what was explained has been judged anew
  paint();
  fields.lock(!open());
}

/** The field that is worked on, near on the picture and drawn beside its input. */
export function activate(name) {
  if (active === name) return;
  fields.rows.get(active)?.classList.remove("active");
  active = name;
  const row = fields.rows.get(name);
  row.classList.add("active");
  const room = stripRoom(row);
  canvas.classList.toggle("of-row", room !== row);
  room.prepend(canvas);
  viewer.show(name);
  drawSnippet();
}

export function drawSnippet() {
  canvas.hidden = !active || !fields.places.get(active).box || !paper.now.pages.length;
  if (!canvas.hidden && !viewer.snippet(canvas, active)) canvas.hidden = true;
}

export function tellUnsaved(otherwise = "") {
  byId("saved").textContent = typed.size ? `未保存 ${typed.size} 項目` : otherwise;
}

/** Back to what the server would not take. */
export function toRefused() {
  fields.focus([...refused.keys()][0]);
}
