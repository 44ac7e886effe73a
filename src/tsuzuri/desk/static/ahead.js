// The sheets that come next: held for this person, their pages fetched and their pictures decoded while hands are busy.
import * as post from "./post.js";
import {reached} from "./reach.js";

const MOST_AHEAD = 2;                // a server is started anew in ten seconds, in which nobody keys more; nor does it lend more
const FORGOTTEN = 60;                // of those laid aside at this window the last so many do not come back by themselves
const ready = [];                    // {id, page: Document, told, picture: Image or null}
const aside = [];
let filling = false;

export const isReady = () => ready.length > 0;
export const take = () => ready.shift();

/** It was laid aside, not done: it does not come next. */
export function layAside(id) {
  aside.push(id);
  aside.splice(0, aside.length - FORGOTTEN);
}

const quietly = (path, body, more) => post.send(path, body, more).catch((error) => {
  if (error instanceof post.Unreachable) return {status: 0, told: {}};
  throw error;
});

/** As many as there should be, behind the sheet `now`. */
export async function fill(now) {
  if (filling || ready.length >= MOST_AHEAD) return;
  filling = true;
  try {
    const but = [now, ...ready.map(({id}) => id), ...aside];
    const {status, told} = await quietly("/desk/ahead", {but, most: MOST_AHEAD - ready.length});
    const sheets = await Promise.all((reached(status) && status === 200 ? told.documents : []).map(fetched));
    ready.push(...sheets.filter((sheet) => sheet));
  } finally {
    filling = false;
  }
}

/** A held sheet as it would be loaded; null where it cannot be had, or not be keyed. */
async function fetched(id) {
  const page = await post.page(`/desk/sheets/${id}`);
  const laid = page?.getElementById("told");
  if (!laid) return null;
  const told = JSON.parse(laid.textContent), source = told.pages[0]?.picture;
  return told.editable ? {id, page, told, picture: source ? await drawn(source) : null} : null;
}

async function drawn(source) {
  const picture = new Image();
  picture.src = source;
  return picture.decode().then(() => picture, () => null);
}

/** Go on holding them, except those that somebody else has by now. */
export async function hold() {
  if (!ready.length) return;
  const {status, told} = await quietly("/desk/runs/hold", {documents: ready.map(({id}) => id)});
  if (status !== 200) return;
  const still = ready.filter(({id}) => !told.lost.includes(id));
  ready.splice(0, ready.length, ...still);
}

/** They are anybody's again. */
export function giveBack() {
  const documents = ready.splice(0).map(({id}) => id);
  if (documents.length) quietly("/desk/runs/release", {documents}, {keepalive: true});
}
