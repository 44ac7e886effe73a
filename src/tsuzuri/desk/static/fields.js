// The fields' inputs: what stands in them, which mark they bear, which comes next.
import {MARK} from "./marks.js";

const SEVERITY = {F: ["■", "bad"], E: ["▲", "bad"], W: ["●", "warn"], I: ["ｉ", "calm"]};

export let rows, names, places;      // field → its row; in their order; field → {box, page} as the viewer wants it

/** The fields of the sheet that lies there now. */
export function seat() {
  rows = new Map([...document.querySelectorAll(".field")].map((row) => [row.dataset.field, row]));
  names = [...rows.keys()];
  places = new Map(names.map((name) => {
    const {box, page} = rows.get(name).dataset;
    return [name, {box: box ? box.split(",").map(Number) : null, page: Number(page)}];
  }));
}
seat();

const radios = (name) => [...rows.get(name).querySelectorAll("input[type=radio]")];
const text = (name) => rows.get(name).querySelector("input[type=text]");

export const isChoice = (name) => text(name) === null;

/** What stands in the input now; "" for nothing. */
export function valueOf(name) {
  return isChoice(name) ? (radios(name).find((r) => r.checked)?.value ?? "") : text(name).value;
}

/** Null leaves every radio open: nobody has said anything yet. */
export function put(name, value) {
  if (isChoice(name)) radios(name).forEach((r) => { r.checked = r.value === value; });
  else if (text(name).value !== (value ?? "")) text(name).value = value ?? "";
}

/** What stands there when the paper has nothing: the choice that says so, or no text. */
export function blankOf(name) {
  const open = radios(name).map((r) => r.value);
  return open.includes("0") && !open.includes("") ? "0" : "";
}

/** Whether a choice has been made, or text can be read off. */
export const answered = (name) => !isChoice(name) || radios(name).some((r) => r.checked);

export function pick(name, number) {
  const radio = radios(name)[number - 1];
  if (!radio || radio.disabled) return;
  radio.checked = true;
  radio.focus();
  radio.dispatchEvent(new Event("input", {bubbles: true}));
}

export function focus(name) {
  const row = rows.get(name);
  const target = text(name) ?? radios(name).find((r) => r.checked) ?? radios(name)[0];
  target.focus({preventScroll: true});
  if (text(name)) target.select();
  row.scrollIntoView({block: "center"});
}

export function lock(locked) {
  for (const name of names) {
    const shut = locked || rows.get(name).classList.contains("blind");      // two key it, on a page of its own
    if (isChoice(name)) radios(name).forEach((r) => { r.disabled = shut; });
    else text(name).readOnly = shut;
  }
  document.querySelectorAll(".findings input").forEach((box) => { box.disabled = locked; });
}

/** Show one field's state, its ink, and what was refused of it. */
export function paint(name, {state, ink, shown}, refused) {
  const row = rows.get(name);
  const active = row.classList.contains("active");
  row.className = `field ${state === "changed" ? "pending" : state}${active ? " active" : ""}`;
  const [word, tone] = MARK[state];
  row.querySelector(".mark").className = `mark tag ${tone}`;
  row.querySelector(".mark").textContent = word;
  const beside = row.querySelector(".ink");
  beside.replaceChildren();
  if (ink && ink !== shown) {
    const raw = document.createElement("b");
    raw.textContent = ink;
    beside.append("読取 ", raw);
  }
  const says = row.querySelector(".refused");
  says.hidden = !refused;
  says.textContent = refused ?? "";
  const input = text(name);
  if (input) input.setAttribute("aria-invalid", String(Boolean(refused) || state === "bad"));
}

/** The findings under their fields (or above all), each warning with its box to tick. `ticked` is a set of keys. */
export function paintFindings(findings, ticked, {editable}) {
  const whole = document.getElementById("whole");
  const focused = document.activeElement?.dataset?.key;
  for (const list of document.querySelectorAll(".findings")) list.replaceChildren();
  for (const finding of findings) {
    const row = finding.field ? rows.get(finding.field) : null;
    (row ?? whole).querySelector(".findings").append(line(finding, ticked, editable));
  }
  whole.hidden = whole.querySelector(".findings").children.length === 0;
  if (focused) document.querySelector(`.findings input[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function line(finding, ticked, editable) {
  const item = document.createElement("li");
  item.className = finding.severity;
  const [glyph, tone] = SEVERITY[finding.severity];
  const tag = document.createElement("span");
  tag.className = `tag ${tone}`;
  tag.textContent = `${glyph} ${finding.word} ${finding.code}${finding.act ? `・${finding.act}` : ""}`;
  const says = document.createElement("span");
  says.className = "says";
  says.textContent = finding.message;
  const ask = document.createElement("button");
  ask.type = "button";
  ask.className = "ask";
  ask.dataset.why = finding.key;
  ask.textContent = "説明";
  ask.setAttribute("aria-expanded", "false");
  ask.setAttribute("aria-label", `${finding.code} の説明`);
  item.append(tag, says, ask);
  if (finding.severity === "W" && editable) {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.dataset.key = finding.key;
    box.checked = ticked.has(finding.key);
    label.append(box, " 確認した");
    item.append(label);
  }
  return item;
}

/** The first warning not yet ticked, as its check box, or undefined; none of fields in `but`: of those it is to be judged anew. */
export const openWarning = (but = new Map()) => [...document.querySelectorAll(".findings input[type=checkbox]:not(:checked)")]
  .find((box) => !but.has(box.closest(".field")?.dataset.field));
