// 試し読み: samples are read under the draft, one after another; values stand beside the picture with their boxes drawn.
import {draft} from "./draft.js";

const MOST = 3;
const button = document.getElementById("try"), waiting = document.getElementById("waiting"), room = document.getElementById("tried");
const token = document.querySelector("meta[name=csrf]").content;

function made(tag, text = "", name = "") {
  return Object.assign(document.createElement(tag), {textContent: text, className: name});
}

async function pictured(told) {
  const bytes = Uint8Array.from(atob(told.picture), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], {type: "image/jpeg"}));
  const canvas = Object.assign(made("canvas"), {width: bitmap.width, height: bitmap.height});
  const brush = canvas.getContext("2d"), scale = bitmap.width / told.paper[0];
  brush.drawImage(bitmap, 0, 0);
  brush.lineWidth = 4;
  told.fields.filter((field) => field.box && told.known).forEach((field) => {
    brush.strokeStyle = field.value ? "#1d4a7d" : "#9aa6ab";
    brush.strokeRect(...field.box.map((mm) => mm * scale));
  });
  return canvas;
}

function valued(fields) {
  const table = made("table");
  const head = table.createTHead().insertRow();
  ["欄", "値", "読取"].forEach((text) => head.append(made("th", text)));
  const rows = table.createTBody();
  fields.filter((field) => field.ink || field.value).forEach((field) => {
    const row = rows.insertRow();
    [field.label, field.value, field.ink].forEach((text) => row.append(made("td", text)));
  });
  return table;
}

async function tried(file) {
  const sent = new FormData();
  sent.append("draft", JSON.stringify(draft));
  sent.append("sample", file);
  const answer = await fetch("/desk/studio/try", {method: "POST", body: sent, headers: {"X-CSRF-Token": token, "Accept": "application/json"}});
  const told = await answer.json();
  room.append(made("h3", file.name));
  if (!answer.ok) return room.append(made("p", told.message, "notice bad"));
  if (!told.known) room.append(made("p", "この帳票とは認められませんでした。表題・表題の枠・四隅の目印・罫線を確かめてください。", "notice warn"));
  told.findings.forEach((finding) => room.append(made("p", `${finding.code} ${finding.message}`, "notice warn")));
  room.append(valued(told.fields), await pictured(told));
}

button.addEventListener("click", async () => {
  const files = [...document.getElementById("samples").files].slice(0, MOST);
  if (!files.length) { waiting.textContent = "スキャンを選んでください。"; return; }
  button.disabled = true;
  room.replaceChildren();
  const since = Date.now();
  const clock = setInterval(() => { waiting.textContent = `読み取っています… ${Math.round((Date.now() - since) / 1000)} 秒`; }, 500);
  waiting.textContent = "読み取っています…";
  try {
    for (const file of files) await tried(file);
    waiting.textContent = `✓ ${files.length} 枚を読みました。`;
  } catch {
    waiting.textContent = "サーバーにつながりません。少し待って、もう一度試してください。";
  } finally {
    clearInterval(clock);
    button.disabled = false;
  }
});
