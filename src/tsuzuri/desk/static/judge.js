// Judging between two who keyed differently: one key each. Who keyed which is not told.
import {openBlind} from "./blind.js";

const one = document.getElementById("one");
const sides = [...document.querySelectorAll(".side")];
const told = (says) => { document.getElementById("told").textContent = says; };

const page = openBlind({
  act: "judge", holds: true,
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
  const {ink, legible} = page.now()?.options[side] ?? {};
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

const within = (target) => target.closest("#entry") !== null;
const leave = () => { page.input().put(null); one.focus(); };
page.listen({
  first: () => choose(0), second: () => choose(1), other: () => page.now() && page.input().focus(), again, unreadable: unread,
  enter: (target) => within(target) && typed(), revert: (target) => page.now() && within(target) && leave(),
}, {yields: (act, target) => act !== "unreadable" && within(target), clicks: {again, unread}});
sides.forEach((side, i) => side.addEventListener("click", () => choose(i)));
await page.begin();
