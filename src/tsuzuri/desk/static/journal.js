// What was typed and not yet saved, kept in this browser until it is. One entry a person and document.

const PREFIX = "tsuzuri.typed.";
const key = (who, id) => `${PREFIX}${who}.${id}`;

/** `more` goes along: a run tells how each field was keyed, a sheet that was left how (`verb`); by it each is known again. */
export function keep(who, id, version, typed, more = {}) {
  if (typed.size === 0 && !more.verb) return forget(who, id);
  try {
    localStorage.setItem(key(who, id), JSON.stringify({version, typed: [...typed], at: Date.now(), ...more}));
  } catch {
    // A full or forbidden store costs the safety net, not the work.
  }
}

/** {version, typed: Map, …more} or null. */
export function recall(who, id) {
  const kept = localStorage.getItem(key(who, id));
  if (!kept) return null;
  const {typed, ...rest} = JSON.parse(kept);
  return {...rest, typed: new Map(typed)};
}

/** Ids of all papers of which something of this person's is kept. */
export function kept(who) {
  const mine = key(who, "");
  return Object.keys(localStorage).filter((name) => name.startsWith(mine) && !name.endsWith(".reason")).map((name) => name.slice(mine.length));
}

export function forget(who, id) {
  localStorage.removeItem(key(who, id));
}

/** Why a paper is to go back, kept until it has gone; "" forgets it. */
export function keepReason(who, id, reason) {
  if (!reason) return localStorage.removeItem(`${key(who, id)}.reason`);
  try {
    localStorage.setItem(`${key(who, id)}.reason`, JSON.stringify({reason, at: Date.now()}));
  } catch {
    // as above
  }
}

/** The reason that was kept, or "". */
export function recallReason(who, id) {
  return JSON.parse(localStorage.getItem(`${key(who, id)}.reason`))?.reason ?? "";
}

/** Nothing a citizen wrote stays behind on a shared machine: `older_ms` spares what was typed just now. */
export function sweep(older_ms = 0) {
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith(PREFIX)) continue;
    const {at = 0} = JSON.parse(localStorage.getItem(name));
    if (Date.now() - at >= older_ms) localStorage.removeItem(name);
  }
}
