// A sheet, and those that come next, are held while somebody is at them; who leaves or pauses lets go.
import * as ahead from "./ahead.js";
import {isLeft} from "./behind.js";
import {editable, here, paper, typed} from "./paper.js";
import {send} from "./post.js";
import {adopt, ask} from "./talk.js";

const BEAT_MS = 60_000;        // a paper is held for ten minutes; a sign of life each minute …
const AWAKE_MS = 300_000;      // … while somebody has touched a key in the last five: an empty chair lets go

let touched = Date.now();

/** Hold the sheet on; what was changed since it came here is shown, unless something has been typed. */
export async function hold() {
  if (!editable()) return;
  const reply = await ask("lease", {});
  if (reply && reply.state.version !== paper.now.version && typed.size === 0) adopt(reply.state);
}

/** Window and clock: signs of life, and going. */
export function listenStaying() {
  for (const sign of ["keydown", "pointerdown", "input"]) addEventListener(sign, () => {
    touched = Date.now();
    paper.hands += 1;
  }, {capture: true});
  addEventListener("pagehide", () => {
    ahead.giveBack();
    if (editable() && !isLeft(paper.now.id)) send(`${here()}/release`, {}, {keepalive: true}).catch(() => {});
  });
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  addEventListener("popstate", () => { if (location.pathname !== here()) location.reload(); });
  setInterval(() => {
    if (Date.now() - touched > AWAKE_MS) return ahead.giveBack();
    hold();
    return ahead.hold().then(() => ahead.fill(paper.now.id));
  }, BEAT_MS);
}
