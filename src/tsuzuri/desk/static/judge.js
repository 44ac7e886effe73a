// Judging between two who keyed differently: one key each. Who keyed which is not told.
import {openBlind} from "./blind.js";

const one = document.getElementById("one");
const sides = [...document.querySelectorAll(".side")];
const told = (says) => { document.getElementById("told").textContent = says; };

const page = openBlind({
  act: "judge",
  more: () => ["/desk/judge/more", {}],
  counted: ({total}, gone) => `裁定待ち ${Math.max(total - gone, 0).toLocaleString("ja-JP")} 欄`,
  over: ({total}) => (total ? `裁定できる欄は、いまありません。ご自分が入力した欄は、ほかの人が裁定します（${total} 欄）。` : "裁定を待つ欄はありません。"),
  shown: (item) => {
    sides.forEach((side, i) => {
      const parts = item.options[i]?.parts ?? [];
      side.hidden = !item.options[i];
      side.querySelector(".said").replaceChildren(...parts.map(([text, differs]) => {
        const piece = document.createElement(differs ? "mark" : "span");
        piece.textContent = text;
        return piece;
      }));
    });
    one.focus({preventScroll: true});
  },
});

function choose(side) {
  const {ink, legible} = page.now().options[side] ?? {};
  if (ink === undefined) return;
  if (legible) page.done(ink, {verdict: "right"});
  else unread();
}

const again = () => page.now() && page.done(null, {verdict: "again"});
const unread = () => page.now() && page.done(null, {verdict: "illegible"});

function typed() {
  const value = page.input().value();
  if (value === null) told("別の値を入力してください（Esc でやめる）。");
  else page.done(value, {verdict: "right"});
}

page.listen((chord, event) => {
  if (!page.now()) return null;
  if (chord === "F10") return unread;
  const inside = event.target.closest("#entry");
  if (inside && chord === "Enter") return typed;
  if (inside && chord === "Escape") return () => { page.input().put(null); one.focus(); };
  if (inside && /^[1-9]$/.test(chord) && event.target.type === "radio") return () => page.input().pick(Number(chord));
  if (inside) return null;
  if (chord === "1" || chord === "2") return () => choose(Number(chord) - 1);
  if (chord === "3") return () => page.input().focus();
  if (chord === "0") return again;
  return null;
}, {again, unread});
sides.forEach((side, i) => side.addEventListener("click", () => choose(i)));
await page.begin();
