// A finding explained, where somebody asks: what it rests on lit on the picture, what stands beside the paper, what to do.
import {editable, paper} from "./paper.js";
import {look, send} from "./post.js";
import {viewer} from "./showing.js";

let open = null;      // the button whose explanation is shown

const element = (tag, text = "", className = "") => {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
};

/** Each button of a finding shows and hides its explanation; `giveBack` is what leads on to a return. */
export function listenWhy(giveBack) {
  // The focus stays where it is: a field that opened under the pointer would push the button away before it is let go.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest?.("[data-why], .explained button")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-why]");
    if (button) toggle(button, giveBack);
  });
}

/** The explanation of the field's finding, or the paper's; of the next one where one is shown already. */
export function explain(at) {
  const near = at?.closest?.(".field, #whole");
  const buttons = [...(near?.querySelectorAll("[data-why]") ?? [])];
  const all = buttons.length ? buttons : [...document.querySelectorAll("[data-why]")];
  const next = all[(all.indexOf(open) + 1) % Math.max(all.length, 1)];
  if (!next) return;
  next.click();
  next.scrollIntoView({block: "nearest"});
}

/** The sheet that was explained is gone. */
export function forgetWhy() {
  open = null;
}

function hide() {
  open?.parentNode?.querySelector(".explained")?.remove();
  open?.setAttribute("aria-expanded", "false");
  viewer.light([]);
  open = null;
}

async function toggle(button, giveBack) {
  const again = open === button && button.isConnected;
  hide();
  if (again) return;
  open = button;
  button.setAttribute("aria-expanded", "true");
  const panel = element("div", "", "explained");
  panel.setAttribute("aria-live", "polite");
  panel.textContent = "調べています…";
  button.parentNode.append(panel);
  const told = await fetched(button.dataset.why);
  if (open !== button) return;
  panel.replaceChildren(...(told ? shown(told, giveBack) : [element("p", "説明を開けません。もう一度試してください。")]));
  if (told) viewer.light(told.fields);
}

async function fetched(key) {
  try {
    const reply = await look(`/desk/sheets/${paper.now.id}/why?key=${encodeURIComponent(key)}`);
    return reply.status === 200 ? reply.told : null;
  } catch {
    return null;
  }
}

function shown(told, giveBack) {
  const parts = [element("h3", `${told.code}　${told.title}`), element("p", told.message)];
  const names = told.fields.map((name) => paper.now.labels[name]).filter(Boolean);
  if (names.length) parts.push(element("p", `もとになる欄：${names.join("・")}`, "quiet"));
  if (told.steps.length) {
    const steps = element("ol");
    steps.append(...told.steps.map((step) => element("li", step)));
    parts.push(element("h4", "計算の順序"), steps);
  }
  parts.push(...told.beside.map(beside));
  parts.push(element("h4", `対応：${told.act || "なし"}`), element("p", told.todo));
  if (told.mend) parts.push(element("p", `${told.letter || "文書"}に書く文：${told.mend}`, "quiet"));
  if (told.letter && editable()) parts.push(act(told, giveBack));
  return parts;
}

/** One row of a ledger, or one claim, against the paper; what differs is marked character by character. */
function beside({title, document: other, step, rows}) {
  const block = element("div");
  const head = element("h4", title);
  if (other) {
    const link = element("a", `${other.slice(-8)} ${step}`);
    link.href = `/desk/sheets/${other}`;
    head.append(" ", link);
  }
  const table = element("table");
  const top = table.createTHead().insertRow();
  top.append(...["項目", "この書類", other ? "前の請求" : "台帳"].map((word) => {
    const cell = element("th", word);
    cell.scope = "col";
    return cell;
  }));
  const body = table.createTBody();
  for (const {label, mine, theirs, same} of rows) {
    const row = body.insertRow();
    row.insertCell().textContent = label;
    row.insertCell().textContent = mine;
    const cell = row.insertCell();
    cell.append(...theirs.map(([text, alike]) => (alike ? document.createTextNode(text) : element("mark", text))));
    if (!same && mine) cell.append(" ", element("span", "≠", "tag warn"));
  }
  block.append(head, table);
  return block;
}

function act(told, giveBack) {
  const button = element("button", told.letter === "返戻票" ? "返戻する（返戻票）" : "照会文を作る");
  button.type = "button";
  button.addEventListener("click", async () => {
    if (told.letter === "返戻票") return giveBack();
    button.disabled = true;
    const reply = await inquired(`${told.code} ${told.message}`);
    if (!reply) {
      button.disabled = false;
      return button.after(element("span", "照会文を作れませんでした。", "quiet"));
    }
    const link = element("a", "照会文を開く（PDF）");
    link.href = reply.letter;
    link.target = "_blank";
    link.rel = "noopener";
    button.replaceWith(link);
    return link.focus();
  });
  return button;
}

async function inquired(note) {
  try {
    const reply = await send(`/desk/sheets/${paper.now.id}/inquire`, {note});
    return reply.status === 200 ? reply.told : null;
  } catch {
    return null;
  }
}
