// How a sheet is finished and the next one laid in its place. Where that is here already nobody waits for the server's yes longer
// than a moment: it is fetched from behind. Without it the next page is loaded, as by a form.
import * as ahead from "./ahead.js";
import {comesBack, leave} from "./behind.js";
import {lookBeside} from "./beside.js";
import * as fields from "./fields.js";
import {forgetPace, howTyped} from "./pace.js";
import {lay, paper, typed} from "./paper.js";
import {isAway, RETRY_MS} from "./reach.js";
import {byId, seat} from "./showing.js";
import {heard, spoken} from "./talk.js";
import {say} from "./telling.js";
import {forgetWhy} from "./why.js";

const MOMENT_MS = 30;                // most answers are here by then; laying the next sheet took 118 ms at p95, and both are to take 150

/** Whether the sheet is done with, or owed to the server; else why not has been told. `typed`, if any, is saved before `verb`. */
export async function finish(verb, body) {
  const {who, id, version} = paper.now;
  const one = {who, id, version, typed: new Map(typed), how: howTyped(typed.keys()), verb, body};
  const answer = typed.size ? null : spoken(verb, {version, ...body});
  let first = answer && await (ahead.isReady() ? Promise.race([answer, moment()]) : answer);
  if (!ahead.isReady()) first ??= await (answer ?? {status: 0, told: {}});      // somebody else may have by now what was held
  if (first?.status || !ahead.isReady()) return heard(first, verb) !== null;
  leave(one, answer);
  return true;
}

const moment = () => new Promise((over) => { setTimeout(() => over(null), MOMENT_MS); });

/** On to what comes next; `begin` is called once it lies there. Settles only where no page is loaded for it. */
export async function onwards(begin, aside = "") {
  const again = comesBack();
  if (again) location.assign(`/desk/sheets/${again}`);
  else if (ahead.isReady()) return begin(laid(ahead.take()));
  else if (isAway()) {
    say("次の書類を取れません。サーバーにつながり次第、開きます。", "bad");
    await new Promise((over) => { setTimeout(over, RETRY_MS); });
    await ahead.fill(paper.now.id);
    return onwards(begin, aside);
  } else {
    byId("skip").value = aside;
    byId("next").submit();
  }
  return new Promise(() => {});
}

/** The fetched sheet in the place of this one: its parts of the page, and every module's view of them. */
function laid({id, page, told, picture}) {
  for (const part of [".strip", "#main", "#told"]) {
    document.querySelector(part).replaceWith(document.adoptNode(page.querySelector(part)));
  }
  if (picture) {
    const plain = byId("picture");
    Object.assign(picture, {id: plain.id, alt: plain.alt, draggable: false});
    plain.replaceWith(picture);
  }
  document.title = page.title;
  document.body.className = page.body.className;
  history.pushState(null, "", `/desk/sheets/${id}`);
  lay(told);
  fields.seat();
  seat();
  forgetPace();
  forgetWhy();
  lookBeside();
  return told;
}
