// The paper: boxes are drawn with the mouse, snap to the printed rules, and are nudged by arrow keys in millimetres.
import {added, changed, copied, draft, fields, heard, paper, removed, rounded, spots, title, undone} from "./draft.js";

const SNAP_MM = 1.5, SMALLEST_MM = 2;
const svg = document.getElementById("boxes");
const picture = document.getElementById("picture");
const near = {};
export const chosen = {name: "", spot: 0};
export const faulty = new Set();

function drawn(tag, name, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  element.setAttribute("class", name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  return element;
}

const framed = (name, [x, y, width, height]) => drawn("rect", name, {x, y, width, height});

function rules() {
  const {lines = [], frames = []} = draft.tree.print ?? {};
  return [...lines, ...frames.flatMap(([x, y, w, h]) => [[x, y, x + w, y], [x, y + h, x + w, y + h], [x, y, x, y + h], [x + w, y, x + w, y + h]])];
}

export function choose(name, spot = 0) {
  Object.assign(chosen, {name, spot});
  changed("chosen");
}

function paint() {
  const [width, height] = paper();
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  picture.hidden = !draft.picture;
  if (draft.picture && !picture.src.endsWith(draft.picture)) picture.src = `/desk/studio/pictures/${draft.picture}`;
  document.getElementById("paper-size").textContent = `用紙 ${width} × ${height} mm`;
  const parts = rules().map(([x1, y1, x2, y2]) => drawn("line", "rule", {x1, y1, x2, y2}));
  parts.push(framed("spot title", draft.tree.title_box ?? [0, 0, 0, 0]));
  (draft.tree.anchors ?? []).forEach(([x, y]) => parts.push(framed("anchor", [x - 2.5, y - 2.5, 5, 5])));
  fields().filter(({table}) => table).forEach(({spec, table}) => ghosts(draft.tree.rows[table], spec, parts));
  fields().forEach(({name, spec}) => spots(spec).forEach((spot, i) => {
    const on = chosen.name === name && chosen.spot === i;
    const rect = framed(`spot${on ? " on" : ""}${faulty.has(name) ? " bad" : ""}`, spot.box);
    rect.dataset.name = name;
    rect.dataset.spot = i;
    parts.push(rect);
    const text = drawn("text", "", {x: spot.box[0] + 0.6, y: spot.box[1] + 2.8});
    text.textContent = spot.word || title(name);
    parts.push(text);
    if (on) {
      const [x, y, w, h] = spot.box, corner = framed("corner", [x + w - 1.2, y + h - 1.2, 2.4, 2.4]);
      Object.assign(corner.dataset, {name, spot: i, corner: ""});
      parts.push(corner);
    }
  }));
  svg.replaceChildren(...parts);
}

/** Where the further rows of a table lie. */
function ghosts(rows, spec, parts) {
  for (let n = 1; n < rows.count; n += 1) parts.push(...spots(spec).map(({box: [x, y, w, h]}) => framed("ghost", [x, y + n * rows.pitch, w, h])));
}

function at(event) {
  const bounds = svg.getBoundingClientRect(), [width, height] = paper();
  return [(event.clientX - bounds.left) / bounds.width * width, (event.clientY - bounds.top) / bounds.height * height];
}

/** The nearest rule's place along one axis, if one runs beside this point. */
function snapped([x, y], axis) {
  const place = axis ? y : x, along = axis ? x : y;
  let best = place, far = SNAP_MM;
  rules().forEach(([x1, y1, x2, y2]) => {
    if (axis ? Math.abs(y1 - y2) > 0.05 : Math.abs(x1 - x2) > 0.05) return;
    const [from, to] = axis ? [x1, x2] : [y1, y2], here = axis ? y1 : x1;
    if (along < Math.min(from, to) - 2 || along > Math.max(from, to) + 2) return;
    if (Math.abs(here - place) < far) [best, far] = [here, Math.abs(here - place)];
  });
  return rounded(best);
}

function between(a, b) {
  const [x1, y1, x2, y2] = [snapped(a, 0), snapped(a, 1), snapped(b, 0), snapped(b, 1)];
  return [Math.min(x1, x2), Math.min(y1, y2), rounded(Math.abs(x1 - x2)), rounded(Math.abs(y1 - y2))];
}

/** The box of the field that is chosen. */
function chosenBox() {
  const field = fields().find((one) => one.name === chosen.name);
  return field && spots(field.spec)[chosen.spot]?.box;
}

/** The chosen box dragged by its corner, or as a whole; its sides fall onto rules that are near. */
function pulled(box, from, to, byCorner) {
  const [x, y, w, h] = box, dx = to[0] - from[0], dy = to[1] - from[1];
  if (byCorner) {
    const end = [x + w + dx, y + h + dy];
    return [x, y, rounded(Math.max(SMALLEST_MM, snapped(end, 0) - x)), rounded(Math.max(SMALLEST_MM, snapped(end, 1) - y))];
  }
  const corner = [x + dx, y + dy];
  return [Math.max(0, snapped(corner, 0)), Math.max(0, snapped(corner, 1)), w, h];
}

svg.addEventListener("pointerdown", (event) => {
  const {name, spot, corner} = event.target.dataset;
  near.from = at(event);
  near.held = name === undefined ? null : {name, spot: Number(spot), corner: corner !== undefined};
  near.moves = near.held && near.held.name === chosen.name && near.held.spot === chosen.spot ? chosenBox() : null;
  svg.setPointerCapture(event.pointerId);
});
svg.addEventListener("pointermove", (event) => {
  if (!near.from) return;
  const to = at(event);
  svg.querySelector(".new")?.remove();
  if (Math.hypot(to[0] - near.from[0], to[1] - near.from[1]) < 1) return;
  svg.append(framed("new", near.moves ? pulled(near.moves, near.from, to, near.held.corner) : between(near.from, to)));
});
svg.addEventListener("pointerup", (event) => {
  if (!near.from) return;
  const to = at(event), far = Math.hypot(to[0] - near.from[0], to[1] - near.from[1]) >= 1, held = near.held;
  const box = between(near.from, to), what = document.querySelector("[name=draws]:checked").value;
  const from = near.from.map(rounded);
  if (near.moves && far) near.moves.splice(0, 4, ...pulled(near.moves, near.from, to, held.corner));
  near.from = null;
  if (near.moves) return far ? changed() : choose(held.name, held.spot);
  if (what === "anchor") return anchored(from);
  if (box[2] < SMALLEST_MM || box[3] < SMALLEST_MM) return held ? choose(held.name, held.spot) : paint();
  if (what === "title") draft.tree.title_box = box;
  else Object.assign(chosen, {name: added(box), spot: 0});
  changed();
});

function anchored([x, y]) {
  const others = (draft.tree.anchors ?? []).filter(([ax, ay]) => Math.hypot(ax - x, ay - y) > 4);
  draft.tree.anchors = others.length < (draft.tree.anchors ?? []).length ? others : [...others, [x, y]];
  changed();
}

const ways = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
svg.addEventListener("keydown", (event) => {
  const field = fields().find((one) => one.name === chosen.name);
  if (!field) return;
  if (event.key === "Delete") {
    removed(chosen.name);
    choose("");
    return changed();
  }
  if (event.ctrlKey && event.key === "d") {
    event.preventDefault();
    if (!field.table) choose(copied(chosen.name));
    return changed();
  }
  const way = ways[event.key], box = chosenBox();
  if (!way || !box) return;
  event.preventDefault();
  const step = event.ctrlKey ? 1 : 0.1, first = event.shiftKey ? 2 : 0;
  box[first] = rounded(Math.max(first ? SMALLEST_MM : 0, box[first] + way[0] * step));
  box[first + 1] = rounded(Math.max(first ? SMALLEST_MM : 0, box[first + 1] + way[1] * step));
  changed();
});

addEventListener("keydown", (event) => {
  if (!event.ctrlKey || event.key !== "z" || event.target.matches("input[type=text], input[type=number]")) return;
  event.preventDefault();
  undone();
});

heard.add(paint);
paint();
