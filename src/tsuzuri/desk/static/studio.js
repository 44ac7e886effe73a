// 帳票スタジオ: the list of fields beside the paper, checks, tables, and what the server says of it all.
import {chosen, choose, faulty} from "./board.js";
import {added, area, changed, draft, fields, heard, home, known, paper, removed, renamed, shape, spots, tabled, title} from "./draft.js";
import {put, send} from "./post.js";
import "./attempt.js";

const $ = (id) => document.getElementById(id);
const body = $("fields").tBodies[0];
const PLACES = ["左", "上", "幅", "高さ"];
const marked = new Set();
let says = {place: "", message: ""};

function made(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function input(label, value, type, take) {
  const element = made("input", {type, value: value ?? "", ariaLabel: label});
  if (type === "number") element.step = "0.1";
  element.addEventListener("change", () => { take(element.value); changed(); });
  return element;
}

function place(spec, i, label) {
  const box = spec.box ?? area(spec);
  const element = input(label, box?.[i], "number", (value) => {
    const by = Number(value) - box[i];
    if (spec.box) spec.box[i] += by;
    else if (i < 2) [...Object.values(spec.choices ?? {}), ...(spec.parts ?? []).map((part) => part.box)].forEach((one) => { one[i] += by; });
  });
  element.disabled = !spec.box && i > 1;
  return element;
}

function kinds(spec) {
  const select = made("select", {ariaLabel: "種類"}, ...Object.entries(known.kinds).map(([kind, says]) =>
    made("option", {value: kind, textContent: says, selected: kind === spec.kind})));
  select.addEventListener("change", () => { shape(spec, select.value); changed(); });
  return select;
}

function row({name, spec, table}) {
  const {schema, column} = home(name);
  const tick = (label, checked, take) => {
    const box = made("input", {type: "checkbox", checked, ariaLabel: `${name} ${label}`});
    box.addEventListener("change", () => take(box.checked));
    return box;
  };
  const cells = input("桁", spec.cells, "number", (value) => { if (Number(value)) spec.cells = Number(value); else delete spec.cells; });
  cells.step = "1";
  cells.disabled = !spec.box;
  const called = input("名前", column, "text", (value) => { if (renamed(name, value.trim())) chosen.name = table ? `${table}.${value.trim()}` : value.trim(); });
  const label = input("表示名", title(name), "text", (value) => { (schema.properties[column] ??= {}).title = value; });
  const away = made("button", {type: "button", textContent: "×", title: "消す", ariaLabel: `${name} を消す`});
  away.addEventListener("click", () => { removed(name); changed(); });
  const must = tick("必須", (schema.required ?? []).includes(column), (on) => {
    schema.required = (schema.required ?? []).filter((one) => one !== column);
    if (on) schema.required.push(column);
    changed();
  });
  const toRow = tick("表へ", marked.has(name), (on) => (on ? marked.add(name) : marked.delete(name)));
  toRow.disabled = Boolean(table);
  toRow.addEventListener("change", suggested);
  const cellsOf = [toRow, made("span", {}, ...(table ? [`${table}.`] : []), called), label, kinds(spec), cells,
    ...PLACES.map((word, i) => place(spec, i, `${word} mm`)), must, away];
  const line = made("tr", {className: chosen.name === name ? "on" : ""}, ...cellsOf.map((cell) => made("td", {}, cell)));
  line.dataset.name = name;
  line.addEventListener("focusin", () => { if (chosen.name !== name) choose(name); });
  return line;
}

/** How high the rows are and how many, by the level rules below the marked fields. */
function suggested() {
  const boxes = fields().filter(({name}) => marked.has(name)).map(({spec}) => area(spec));
  if (!boxes.length) return;
  const x = Math.min(...boxes.map((box) => box[0])) + 1, y = Math.min(...boxes.map((box) => box[1])), low = Math.max(...boxes.map((box) => box[1] + box[3]));
  const heights = [...new Set((draft.tree.print?.lines ?? []).filter(([x1, y1, x2, y2]) => Math.abs(y1 - y2) < 0.3 && x1 <= x && x2 >= x).map((rule) => rule[1]))].sort((a, b) => a - b);
  const top = heights.findLastIndex((at) => at <= y + 1.5), under = heights.findIndex((at) => at >= low - 1.5);
  if (top < 0 || under < 0) return;
  const pitch = heights[under] - heights[top];
  let count = 1;
  while (heights.some((at) => Math.abs(at - heights[under] - count * pitch) < 0.6)) count += 1;
  $("row-pitch").value = pitch.toFixed(1);
  $("row-count").value = count;
}

/** The chosen field's cells: what can be answered, and the place of each in mm. */
function inner({name, spec}) {
  if (chosen.name !== name || spec.box) return [];
  const words = input("選択肢（、で区切る）", Object.keys(spec.choices ?? {}).join("、"), "text", (value) => {
    const told = value.split(/[、,]/).map((word) => word.trim()).filter(Boolean);
    if (told.length) shape(spec, "choice", told);
  });
  const cells = spots(spec).map((spot, at) => {
    const places = spot.box.map((mm, i) => input(`${spot.word} ${PLACES[i]} mm`, mm, "number", (value) => { spot.box[i] = Number(value); }));
    const line = made("span", {className: `cell${chosen.spot === at ? " on" : ""}`}, made("b", {textContent: spot.word || `枠${at + 1}`}), ...places);
    line.addEventListener("focusin", () => { if (chosen.spot !== at) choose(name, at); });
    return line;
  });
  const asked = spec.kind === "choice" ? [made("label", {textContent: "選択肢 "}, words)] : [];
  return [made("tr", {className: "inner"}, made("td", {colSpan: 11}, ...asked, ...cells))];
}

/** A dotted place of the loader in the page's own words. */
function placed(spot) {
  const [first, second, third, fourth] = spot.split(".");
  if (first === "fields") return `「${title(second)}」の欄`;
  if (first === "rows" && third === "fields") return `表 ${second} の「${title(`${second}.${fourth}`)}」`;
  if (first === "checks") return `点検 ${Number(second) + 1}`;
  return {name: "帳票名", title: "表題", title_box: "表題の枠", number: "様式番号", rows: `表 ${second}`, anchors: "四隅の目印"}[first] ?? "";
}

function listed() {
  const held = document.activeElement?.closest?.("#fields tr"), at = held && [held.dataset.name, [...held.querySelectorAll("input,select,button")].indexOf(document.activeElement)];
  body.replaceChildren(...fields().flatMap((field) => {
    const line = row(field);
    const spot = field.table ? `rows.${field.table}.fields.${field.name.split(".")[1]}` : `fields.${field.name}`;
    if (says.place !== spot) return [line, ...inner(field)];
    return [line, ...inner(field), made("tr", {className: "says"}, made("td", {colSpan: 11, textContent: `▲ ${says.message}`}))];
  }));
  if (at) body.querySelector(`tr[data-name="${CSS.escape(chosen.name || at[0])}"]`)?.querySelectorAll("input,select,button")[at[1]]?.focus();
  $("rows").replaceChildren(...Object.entries(draft.tree.rows ?? {}).map(([table, rows]) =>
    made("li", {textContent: `${table}：${rows.count}行、${rows.pitch} mm ごと`})));
  $("checks").replaceChildren(...(draft.tree.checks ?? []).map((check, i) => {
    const away = made("button", {type: "button", textContent: "消す", ariaLabel: `${check.check} を消す`});
    away.addEventListener("click", () => { draft.tree.checks.splice(i, 1); changed(); });
    const bad = says.place === `checks.${i}`;
    return made("li", {className: bad ? "bad" : ""}, `${check.check}　${JSON.stringify(check.of ?? {})} `, away, ...(bad ? [` ▲ ${says.message}`] : []));
  }));
}

function marks() {
  const at = document.activeElement;
  if (body.contains(at) && at.closest("tr").dataset.name === chosen.name && !body.querySelector(".inner") && spots(fields().find((one) => one.name === chosen.name).spec).length < 2) {
    return body.querySelectorAll("tr[data-name]").forEach((line) => line.classList.toggle("on", line.dataset.name === chosen.name));
  }
  listed();
}

// --- the loader's word on it
let later = 0, asked = 0;
async function held() {
  const mine = ++asked;
  const {status, told} = await send("/desk/studio/check", draft).catch(() => ({status: 0, told: {}}));
  if (mine !== asked) return;
  says = status !== 200 ? {place: "", message: "サーバーにつながりません。"} : told.fits ? {place: "", message: ""} : told;
  if (told.fits) draft.schema = told.schema;
  faulty.clear();
  const spot = says.place?.match(/^(?:fields\.(?<name>\w+)|rows\.(?<table>\w+)\.fields\.(?<column>\w+))$/)?.groups;
  if (spot) faulty.add(spot.name ?? `${spot.table}.${spot.column}`);
  $("verdict").className = `notice ${told.fits ? "good" : "warn"}`;
  $("verdict").textContent = told.fits ? `✓ 帳票として読み込めます（${told.fields}欄）` : `● ${placed(says.place ?? "") ? `${placed(says.place)}：` : ""}${says.message}`;
  document.body.dataset.checked = told.fits ? "fits" : "not";
  changed("held");
}

heard.add((what) => {
  if (what === "chosen") return marks();
  listed();
  if (what !== "tree") return;
  delete document.body.dataset.checked;
  clearTimeout(later);
  later = setTimeout(held, 500);
});

// --- form, checks, tables
for (const id of ["name", "title", "number"]) {
  $(id).value = (id === "name" ? draft.name : draft.tree[id]) ?? "";
  $(id).addEventListener("change", () => {
    if (id === "name") draft.name = $(id).value.trim();
    else if ($(id).value) draft.tree[id] = $(id).value;
    else delete draft.tree[id];
    changed();
  });
}
$("add").addEventListener("click", () => {
  const [width] = paper(), last = fields().at(-1), box = last ? area(last.spec) : null;
  const name = added(box ? [box[0], box[1] + box[3] + 2, box[2], 8] : [width / 2 - 30, 50, 60, 8]);
  choose(name);
  changed();
  body.querySelector(`tr[data-name="${name}"] input[type=text]`).select();
});
$("row-make").addEventListener("click", () => {
  const table = $("row-name").value.trim();
  if (!table || !marked.size) return;
  tabled(table, [...marked].filter((name) => name in draft.tree.fields), Number($("row-count").value), Number($("row-pitch").value));
  marked.clear();
  changed();
});
$("check-word").append(...Object.keys(known.checks).map((word) => made("option", {textContent: word})));
function parameters() {
  const names = made("datalist", {id: "names"}, ...[...fields().map(({name}) => name), ...Object.keys(draft.tree.rows ?? {})].map((name) => made("option", {value: `$${name}`})));
  $("check-of").replaceChildren(names, ...Object.entries(known.checks[$("check-word").value]).map(([name, must]) => {
    const field = made("input", {type: "text", name, required: must});
    field.setAttribute("list", "names");
    return made("label", {}, `${name}${must ? "（必須）" : ""}`, field);
  }));
}
$("check-word").addEventListener("change", parameters);
$("check-form").addEventListener("focusin", (event) => { if (!$("check-of").childElementCount || event.target === $("check-word")) parameters(); });
$("check-add").addEventListener("click", () => {
  const meant = (text) => (text.includes(",") ? text.split(",").map((one) => meant(one.trim())) : /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text);
  const of = Object.fromEntries([...$("check-of").querySelectorAll("input")].filter((field) => field.value).map((field) => [field.name, meant(field.value)]));
  (draft.tree.checks ??= []).push({check: $("check-word").value, of});
  changed();
});

// --- the blank's scan, and keeping
$("blank").addEventListener("change", async () => {
  const file = $("blank").files[0];
  if (!file) return;
  $("verdict").textContent = "スキャンをまっすぐにし、罫線を探しています…";
  const {status, told} = await put("/desk/studio/blank", file)
    .catch(() => ({status: 0, told: {message: "サーバーにつながりません。少し待って、もう一度試してください。"}}));
  if (status !== 200) { $("verdict").textContent = `▲ ${told.message}`; return; }
  draft.picture = told.picture;
  if (!fields().length) Object.assign(draft.tree, {paper: told.tree.paper, anchors: told.tree.anchors, print: told.tree.print});
  changed();
});
$("keep").addEventListener("click", async () => {
  const {status, told} = await send("/desk/studio/keep", draft).catch(() => ({status: 0, told: {}}));
  if (status !== 200) { $("kept").textContent = "▲ 保存できませんでした。"; return; }
  draft.tree.version = told.version || draft.tree.version;
  const link = (href, text) => made("a", {href, textContent: text, className: "button"});
  $("kept").replaceChildren("✓ 保存しました ", link(`/desk/studio/drafts/${told.n}.diff`, "差分・適用"), " ",
    ...(told.diff ? [link(`/desk/studio/drafts/${told.n}.zip`, "ZIP を取り出す")] : []));
  $("diff").hidden = !told.diff;
  $("diff").textContent = told.diff;
});

listed();
held();
document.body.dataset.ready = "";
