// A ledger's file: tried first, its differences shown, and only then taken — the very same bytes.
const token = document.querySelector("meta[name=csrf]")?.content ?? "";
const form = document.getElementById("bring");
const outcome = document.getElementById("outcome");
const number = new Intl.NumberFormat("ja-JP");

function made(tag, text = "", name = "") {
  const element = document.createElement(tag);
  element.textContent = text;
  element.className = name;
  return element;
}

function notice(text, tone) {
  outcome.replaceChildren(made("p", text, `notice ${tone}`));
}

function listed(heads, rows) {
  const table = made("table");
  const head = table.createTHead().insertRow();
  heads.forEach((text) => head.append(made("th", text)));
  const body = table.createTBody();
  rows.forEach((cells) => {
    const row = body.insertRow();
    cells.forEach((text) => row.append(made("td", text)));
  });
  const scroll = made("div", "", "scroll");
  scroll.append(table);
  return scroll;
}

async function put(options) {
  const file = form.elements.file.files[0];
  const query = new URLSearchParams({delta: form.elements.delta.checked, ...options});
  const button = form.querySelector("button");
  button.disabled = true;
  notice("ファイルを調べています…", "");
  try {
    const answer = await fetch(`/desk/ledgers/${form.elements.ledger.value}/file?${query}`, {
      method: "PUT", body: file,
      headers: {"Accept": "application/json", "X-CSRF-Token": token, "X-File-Name": encodeURIComponent(file.name)},
    });
    return {ok: answer.ok, told: await answer.json()};
  } catch {
    return {ok: false, told: {message: "サーバーにつながりません。少し待って、もう一度試してください。"}};
  } finally {
    button.disabled = false;
  }
}

function refused(told) {
  notice(told.message, "bad");
  if (told.faults?.length) {
    outcome.append(listed(["行", "列", "理由"], told.faults.map((f) => [String(f.line), f.column, f.why])));
  }
}

function counted(told) {
  const parts = [`新規 ${number.format(told.new)}`, `変更 ${number.format(told.changed)}`, `変更なし ${number.format(told.unchanged)}`];
  const gone = told.full ? `（ほかに終了 ${number.format(told.ended)}件）` : ` ＋ 削除 ${number.format(told.ended)}`;
  return `${told.title}台帳: ${number.format(told.rows)}行 ＝ ${parts.join(" ＋ ")}${gone}　注意 ${number.format(told.warnings)}件`;
}

function shown(told) {
  notice(counted(told), told.ends_many ? "warn" : "good");
  const take = made("button", "この内容で取り込む", "main");
  take.type = "button";
  if (told.ends_many) {
    outcome.append(made("p", "台帳の5%を超える行が終わります。ファイルが欠けていないか確かめてください。", "notice bad"));
  }
  take.addEventListener("click", async () => {
    if (told.ends_many && !confirm(`${number.format(told.ended)}件が台帳から終わります。本当に取り込みますか。`)) return;
    take.disabled = true;
    const {ok, told: done} = await put({dry: false, many: told.ends_many, digest: told.digest});
    if (!ok) return refused(done);
    notice(`取り込みました。${counted(done)}`, "good");
  });
  outcome.append(take);
  if (told.odd.length) outcome.append(made("h2", "注意"), listed(["行", "列", "内容"], told.odd.map((f) => [String(f.line), f.column, f.why])));
  outcome.append(made("h2", "変わるところ（それぞれ初めの20件、氏名は一部を伏せています）"), listed(
    ["", "行", "番号", "名称", "有効期間", "変わる列"],
    told.diff.map((d) => [d.word, d.line ? String(d.line) : "―", d.key, d.name, `${d.since} 〜 ${d.until}`, d.changed])));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const {ok, told} = await put({dry: true});
  if (!ok) return refused(told);
  if (told.again) return notice("このファイルは取込済みです。変わるところはありません。", "good");
  shown(told);
});
// What was shown belongs to the file and ledger that were chosen then.
form.addEventListener("change", () => outcome.replaceChildren());
