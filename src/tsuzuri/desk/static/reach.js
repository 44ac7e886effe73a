// Whether the server answers: said once, in the same words on every page that keeps what was keyed until it does.
export const RETRY_MS = 3_000;
const SILENT = [502, 503, 504];      // somebody before the server answers for it, or it has no time
const room = document.createElement("div");
const banner = document.createElement("p");
let how = "";                        // "" it answers, "gone" nobody does, "out" it knows us no longer

room.id = "reach";
banner.setAttribute("role", "status");
banner.hidden = true;
room.append(banner);
document.querySelector(".bar")?.after(room);

export const isAway = () => how !== "";

/** What the last answer meant: its status, or 0 where none came. Gives back whether it was one. */
export function reached(status) {
  const now = status === 401 ? "out" : status === 0 || SILENT.includes(status) ? "gone" : "";
  if (now !== how) paint(how = now);
  return now === "";
}

function paint(now) {
  banner.hidden = false;
  banner.className = `notice ${now ? "bad" : "good"}`;
  banner.textContent = {
    gone: "サーバーにつながりません。入力はこの画面に残り、そのまま続けられます。つながり次第、保存します。",
    out: "ログアウトしています。入力はこの画面に残っています。",
    "": "つながりました。",
  }[now];
  if (now === "out") banner.append(" ", linked(`/desk/login?to=${encodeURIComponent(location.pathname)}`, "ログインし直す"));
  if (now === "") addEventListener("keydown", () => { banner.hidden = how === ""; }, {once: true});
}

function linked(href, word) {
  const link = document.createElement("a");
  link.href = href;
  link.textContent = word;
  return link;
}

/** Something that came of what was sent late; it stays until the page is left. */
export function tellLate(words, href, word) {
  const line = document.createElement("p");
  line.className = "notice bad";
  line.setAttribute("role", "alert");
  line.append(words, " ", linked(href, word));
  room.append(line);
}
