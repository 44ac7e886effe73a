// Two questions that need an answer before the work goes on: whose value holds, and why a paper goes back.

/** Lay the values of screen and store side by side; `settled(Map name → "mine" | "theirs")` once each row has been chosen. */
export function compare({differing, labels, heading, byWhom, settled}) {
  const dialog = document.getElementById("comparing");
  const body = dialog.querySelector("tbody");
  const go = document.getElementById("settle");
  const chosen = new Map();
  document.getElementById("comparing-title").textContent = heading;
  document.getElementById("by-whom").textContent = byWhom;
  body.replaceChildren(...differing.map(({name, mine, theirs}) => {
    const row = document.createElement("tr");
    const head = document.createElement("td");
    head.textContent = labels[name] ?? name;
    row.append(head, side(name, "mine", mine), side(name, "theirs", theirs));
    return row;
  }));
  body.oninput = (event) => {
    chosen.set(event.target.name.slice(2), event.target.value);
    go.disabled = chosen.size < differing.length;
  };
  go.disabled = true;
  dialog.oncancel = (event) => event.preventDefault();     // no way round the choice: closing would hide a difference
  go.onclick = () => {
    dialog.close();
    settled(chosen);
  };
  if (!dialog.open) dialog.showModal();
  body.querySelector("input").focus();
}

function side(name, whose, value) {
  const cell = document.createElement("td");
  const label = document.createElement("label");
  const radio = document.createElement("input");
  radio.type = "radio";
  radio.name = `c-${name}`;
  radio.value = whose;
  const shown = document.createElement("span");
  shown.textContent = value === "" ? "（記入なし）" : value;
  label.append(radio, shown);
  cell.append(label);
  return cell;
}

/** Why a senior is asked, in the words that come up most. */
export const SENIOR = ["読み方に自信がない", "制度の判断が要る", "書類が足りない", "二重請求の疑い"];

/** Ask why under `heading`, the button saying `word`; `first` stands there already; `written(note)` at each stroke, `given(note)` with a reason that is not empty. */
export function askReason({heading, word, reasons, first, written, given}) {
  const dialog = document.getElementById("giving");
  const note = document.getElementById("note");
  const list = document.getElementById("reasons");
  document.getElementById("giving-title").textContent = heading;
  document.getElementById("give-word").textContent = word;
  note.value = first;
  note.oninput = () => written(note.value);
  const lines = () => note.value.split("\n").filter((line) => line);
  list.querySelectorAll("label").forEach((old) => old.remove());
  for (const reason of reasons) {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = lines().includes(reason);
    box.addEventListener("change", () => {
      const others = lines().filter((line) => line !== reason);
      note.value = (box.checked ? [...others, reason] : others).join("\n");
      written(note.value);
    });
    label.append(box, ` ${reason}`);
    list.append(label);
  }
  const give = () => {
    if (!note.value.trim()) return note.focus();
    dialog.close();
    given(note.value.trim());
  };
  document.getElementById("give").onclick = give;
  dialog.querySelector(".cancel").onclick = () => dialog.close();
  dialog.onkeydown = (event) => {
    if (event.key === "Enter" && event.ctrlKey && !event.isComposing) {
      event.preventDefault();
      give();
    }
  };
  dialog.showModal();
  note.focus();
}
