// 例外: walk the odd papers by key, and act on the one that has the focus.
import {composing} from "./common.js";
import {askReason} from "./dialogs.js";
import {send, Unreachable} from "./post.js";
import {say} from "./telling.js";

const rows = [...document.querySelectorAll(".strayed")];
const AT = "tsuzuri.odd";                // which row had the focus, over a reload
const REASONS = ["かすれて読めない", "端が切れている", "折れ・重なりがある", "上下が逆", "白紙のように見える"];

async function act(row, verb, body) {
  const reply = await send(`/desk/sheets/${row.dataset.id}/${verb}`, body).catch((error) => {
    if (error instanceof Unreachable) return {status: 0, told: {message: "サーバーにつながりません。少し待って、もう一度操作してください。"}};
    throw error;
  });
  if (reply.status !== 200) return say(reply.told.message ?? "うまくいきませんでした。", "bad");
  sessionStorage.setItem(AT, String(rows.indexOf(row)));
  return location.reload();
}

const version = (row) => Number(row.dataset.version);
const ACTS = {
  open: (row) => row.querySelector("a").click(),
  name(row) {
    const {value} = row.querySelector("select");
    if (!value) return say("帳票を選んでください（N）。");
    return act(row, "form", {version: version(row), form: value});
  },
  rescan: (row) => askReason({heading: "再スキャンを頼む", word: "頼む", reasons: REASONS, first: "", written: () => {},
    given: (why) => act(row, "ask", {version: version(row), kind: "rescan", why})}),
  lay: (row) => location.assign(`/desk/batches/${row.dataset.batch}/papers?at=${row.dataset.seq}`),
  done: (row) => act(row, "answer", {kind: row.dataset.kind}),
};
const KEYS = {KeyR: "rescan", KeyB: "lay", KeyA: "done"};

function walk(by) {
  const at = rows.indexOf(document.activeElement.closest(".strayed"));
  rows[Math.min(Math.max(at + by, 0), rows.length - 1)]?.querySelector("a").focus();
}

addEventListener("keydown", (event) => {
  if (composing(event) || document.querySelector("dialog[open]") || event.ctrlKey || event.altKey || event.metaKey) return;
  const row = event.target.closest(".strayed"), choosing = event.target.matches("select");
  if (choosing && event.key === "Enter") {
    event.preventDefault();
    return ACTS.name(row);
  }
  if (choosing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    return walk(event.key === "ArrowDown" ? 1 : -1);
  }
  if (event.code === "KeyN" && row?.querySelector("select")) {
    event.preventDefault();
    return row.querySelector("select").focus();
  }
  const name = KEYS[event.code];
  if (!row?.querySelector(`[data-act=${name}]`) || event.repeat) return;
  event.preventDefault();
  ACTS[name](row);
});
for (const button of document.querySelectorAll("[data-act]")) button.addEventListener("click", () => ACTS[button.dataset.act](button.closest(".strayed")));

const was = Number(sessionStorage.getItem(AT) ?? 0);
sessionStorage.removeItem(AT);
rows[Math.min(was, rows.length - 1)]?.querySelector("a").focus();
document.body.dataset.ready = "yes";
