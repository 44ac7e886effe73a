// What the page says beside the fields: one notice above them, how the claims are reckoned and the history below.

/** One notice above the fields; saying "" takes it away. */
export function say(words, tone = "warn", action = null) {
  const above = document.getElementById("above");
  above.replaceChildren();
  if (!words) return;
  const notice = document.createElement("p");
  notice.className = `notice ${tone}`;
  notice.textContent = words;
  if (action) {
    const link = document.createElement("a");
    link.href = action.href;
    link.textContent = action.word;
    notice.append(" ", link);
  }
  above.append(notice);
}

/** Who did what, newest first, each change with its before and after. */
export function paintHistory(history) {
  const section = document.getElementById("history");
  section.hidden = history.length === 0;
  section.querySelector("ol").replaceChildren(...history.map((act) => {
    const item = document.createElement("li");
    item.textContent = `${act.at}　${act.by}　${act.word}${act.note ? `　「${act.note}」` : ""}`;
    const changes = document.createElement("dl");
    for (const {label, before, after} of act.changes) {
      const [dt, dd, was, is] = ["dt", "dd", "del", "ins"].map((tag) => document.createElement(tag));
      dt.textContent = label;
      was.textContent = before || "（記入なし）";
      is.textContent = after || "（記入なし）";
      dd.append(...(before === after ? ["読み取りどおり ", is] : [was, " → ", is]));
      changes.append(dt, dd);
    }
    if (act.changes.length) item.append(changes);
    return item;
  }));
}

/** How each claim is reckoned, line by line; of several ways that may be, all. */
export function paintAccounts(accounts) {
  const section = document.getElementById("accounts");
  if (!section) return;
  section.hidden = accounts.length === 0;
  section.querySelector("div").replaceChildren(...accounts.flatMap(({title, fits, ways}) => ways.map((steps, i) => {
    const table = document.createElement("table");
    const head = [title, ways.length > 1 ? `場合${i + 1}` : ""].filter(Boolean).join("　");
    if (head) table.createCaption().textContent = head;
    table.classList.toggle("misfit", !fits);
    for (const {name, says, yen} of steps) {
      const row = table.insertRow();
      const what = document.createElement("th");
      what.scope = "row";
      what.textContent = name;
      row.append(what);
      row.insertCell().textContent = says;
      row.insertCell().textContent = yen;
    }
    return table;
  })));
}
