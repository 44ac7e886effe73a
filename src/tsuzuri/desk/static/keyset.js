// キー設定: press a key in a row to choose it; the server says what may be.
import {chordOf, shownAs} from "./keymap.js";
import {send} from "./post.js";

const inputs = [...document.querySelectorAll("#keyset input")];
const told = document.getElementById("told");
const HELD = new Set(["Control", "Alt", "Shift", "Meta", "Process", "Unidentified"]);

function say(words, tone) {
  told.hidden = false;
  told.className = `notice ${tone}`;
  told.textContent = words;
}

for (const input of inputs) {
  input.addEventListener("keydown", (event) => {
    if (HELD.has(event.key) || event.key === "Tab" || event.key === "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    const chord = event.key === "Backspace" ? "" : chordOf(event);
    input.dataset.chord = chord;
    input.value = chord ? shownAs(chord) : "（元のキー）";
  });
}

async function save() {
  const keys = Object.fromEntries(inputs.filter(({dataset}) => dataset.chord).map(({name, dataset}) => [name, dataset.chord]));
  const {status, told: reply} = await send("/desk/keys", {keys}).catch(() => ({status: 0, told: {}}));
  for (const {name} of inputs) document.getElementById(`w-${name}`).textContent = reply.wrong?.[name] ?? "";
  if (status !== 200) return say(reply.message ?? "サーバーにつながりません。少し待って、もう一度押してください。", "bad");
  for (const {name, chord, shown} of reply.acts) {
    const input = inputs.find((one) => one.name === name);
    input.dataset.chord = chord;
    input.value = shown;
  }
  return say("キーの設定を保存しました。", "good");
}

document.getElementById("save-keys").addEventListener("click", save);
document.getElementById("house").addEventListener("click", () => {
  for (const input of inputs) input.dataset.chord = "";
  save();
});
document.body.dataset.ready = "yes";
