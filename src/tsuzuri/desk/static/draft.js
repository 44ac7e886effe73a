// A draft as the page holds it: the form's tree and schema, and the boxes in them that can be taken hold of. Millimetres throughout.

const told = JSON.parse(document.getElementById("told").textContent);

export const known = told.known;
export const draft = {name: told.name, tree: told.tree, schema: told.schema, picture: told.picture};
export const heard = new Set();

const STEPS = 100;
const past = [], state = () => JSON.stringify([draft.tree, draft.schema]);
let now = state();

/** Something changed: all who listen draw anew. */
export function changed(what = "tree") {
  if (what === "tree" && state() !== now) {
    past.push(now);
    past.splice(0, past.length - STEPS);
    now = state();
  } else if (what === "held") now = state();              // what the server completed is no step of its own
  heard.forEach((listener) => listener(what));
}

/** The last change taken back; false where there is none. */
export function undone() {
  if (!past.length) return false;
  now = past.pop();
  [draft.tree, draft.schema] = JSON.parse(now);
  changed();
  return true;
}

export const rounded = (mm) => Math.round(mm * 10) / 10;
export const paper = () => draft.tree.paper ?? [210, 297];

/** All rows of the list: {name, spec, table}. A table's columns are "table.column". */
export function fields() {
  const own = Object.entries(draft.tree.fields ?? {}).map(([name, spec]) => ({name, spec, table: ""}));
  const rows = Object.entries(draft.tree.rows ?? {}).flatMap(([table, {fields: columns}]) =>
    Object.entries(columns).map(([column, spec]) => ({name: `${table}.${column}`, spec, table})));
  return [...own, ...rows];
}

/** Every box of a field that can be moved: {box, word}. */
export function spots(spec) {
  if (spec.box) return [{box: spec.box, word: ""}];
  if (spec.parts) {
    const eras = spec.era && typeof spec.era === "object" ? Object.entries(spec.era).map(([word, box]) => ({box, word})) : [];
    return [...eras, ...spec.parts.map((part) => ({box: part.box, word: part.after ?? ""}))];
  }
  return Object.entries(spec.choices ?? {}).map(([word, box]) => ({box, word}));
}

export function area(spec) {
  const boxes = spots(spec).map((spot) => spot.box);
  if (!boxes.length) return null;
  const x = Math.min(...boxes.map((b) => b[0])), y = Math.min(...boxes.map((b) => b[1]));
  return [x, y, rounded(Math.max(...boxes.map((b) => b[0] + b[2])) - x), rounded(Math.max(...boxes.map((b) => b[1] + b[3])) - y)];
}

/** Where a field's own table stands in the tree, and its property in the schema. */
export function home(name) {
  const [table, column] = name.includes(".") ? name.split(".") : ["", name];
  const tree = table ? draft.tree.rows[table].fields : draft.tree.fields;
  draft.schema.properties ??= {};
  if (table) {
    draft.schema.properties[table] ??= {title: table, type: "array", maxItems: draft.tree.rows[table].count};
    draft.schema.properties[table].items ??= {type: "object", additionalProperties: false, properties: {}};
  }
  const schema = table ? draft.schema.properties[table].items : draft.schema;
  schema.properties ??= {};
  return {tree, schema, column};
}

export function title(name) {
  const {schema, column} = home(name);
  return schema.properties[column]?.title ?? column;
}

function split(box, count) {
  const width = rounded(box[2] / count);
  return Array.from({length: count}, (_, i) => [rounded(box[0] + i * width), box[1], width, box[3]]);
}

/** The field lies as its kind must: one box, a date's parts side by side, or an area for each word. */
export function shape(spec, kind, words = Object.keys(spec.choices ?? {})) {
  const whole = area(spec);
  const dated = {wareki: ["年", "月", "日"], ym: ["年", "月"]}[kind];
  delete spec.box; delete spec.choices; delete spec.parts; delete spec.era;
  spec.kind = kind;
  if (kind === "choice") {
    const said = words.length ? words : ["有", "無"];
    const boxes = split(whole, said.length);
    spec.choices = Object.fromEntries(said.map((word, i) => [word, boxes[i]]));
  } else if (dated) {
    spec.era = "令和";
    spec.parts = split(whole, dated.length).map((box, i) => ({box: [box[0], box[1], rounded(box[2] - 5), box[3]], cells: 2, after: dated[i]}));
  } else {
    spec.box = whole;
  }
  if (kind === "choice" || dated) delete spec.cells;
}

export function renamed(name, wanted) {
  const {tree, schema, column} = home(name);
  if (!wanted || wanted === column || wanted in tree) return false;
  for (const [one, key] of [[tree, column], [schema.properties, column]]) {
    const entries = Object.entries(one).map(([k, v]) => [k === key ? wanted : k, v]);
    Object.keys(one).forEach((k) => delete one[k]);
    Object.assign(one, Object.fromEntries(entries));
  }
  if (schema.required) schema.required = schema.required.map((one) => (one === column ? wanted : one));
  return true;
}

export function removed(name) {
  const {tree, schema, column} = home(name);
  delete tree[column];
  delete schema.properties[column];
  if (schema.required) schema.required = schema.required.filter((one) => one !== column);
}

export function added(box) {
  let number = Object.keys(draft.tree.fields).length + 1;
  while (`field_${number}` in draft.tree.fields) number += 1;
  const name = `field_${number}`;
  draft.tree.fields[name] = {kind: "text", box};
  home(name).schema.properties[name] = {title: `欄${number}`};
  return name;
}

/** The field once more, right below itself. */
export function copied(name) {
  const {spec} = fields().find((one) => one.name === name), box = area(spec);
  const twin = added([0, 0, 10, 10]), lower = JSON.parse(JSON.stringify(spec));
  spots(lower).forEach((spot) => { spot.box[1] = rounded(spot.box[1] + box[3]); });
  draft.tree.fields[twin] = lower;
  home(twin).schema.properties[twin] = {title: `${title(name)}（写し）`};
  return twin;
}

/** Fields of the first row become a table's columns. */
export function tabled(table, names, count, pitch) {
  draft.tree.rows ??= {};
  draft.tree.rows[table] = {count, pitch, fields: {}};
  names.forEach((name) => {
    const spec = draft.tree.fields[name], label = title(name);
    removed(name);
    draft.tree.rows[table].fields[name] = spec;
    home(`${table}.${name}`).schema.properties[name] = {title: label};
  });
}
