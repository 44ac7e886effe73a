// What stands in an input will be stored as: asked after a pause in typing, shown before it is confirmed.
import {send, Unreachable} from "./post.js";

const PAUSE_MS = 200;
let timer = 0, asked = 0;

/** `show` is called with a sentence once the server has said what the ink means in this field of this paper; "" at once. */
export function foretell({document: id, field}, ink, show) {
  clearTimeout(timer);
  const mine = asked += 1;
  show("");
  if (!ink) return;
  timer = setTimeout(async () => {
    const reply = await send(`/desk/sheets/${id}/normal`, {field, ink}).catch((error) => {
      if (error instanceof Unreachable) return null;
      throw error;
    });
    if (reply?.status !== 200 || mine !== asked) return;
    const {shown, refused} = reply.told;
    if (shown === null) show(`▲ ${refused}`);
    else if (shown !== ink) show(`→ 保存される値：${shown || "（記入なし）"}`);
  }, PAUSE_MS);
}
