// Says so, beside the work and without stopping it, when somebody confirms faster than anybody reads.
const HASTY_MS = 300, IN_A_ROW = 3;
const notice = document.createElement("p");
let hasty = 0;

notice.className = "notice warn hasty";
notice.setAttribute("role", "status");
notice.hidden = true;
notice.textContent = "確認がとても速く続いています。紙の値と見比べてから確認してください。";
document.body.append(notice);

/** Whether that is said just now. */
export const isHasty = () => !notice.hidden;

/** A field was confirmed after so many milliseconds before the person. */
export function confirmed(ms) {
  hasty = ms < HASTY_MS ? hasty + 1 : 0;
  notice.hidden = hasty < IN_A_ROW;
}
