// What was confirmed and is not acknowledged yet: kept in the journal, sent paper by paper in the order of the hands, and sent
// again while nobody answers. Knows no page; tells what came of each by `answered`, and by `silent` that nothing did.
import {keep, kept, recall} from "./journal.js";
import {send, Unreachable} from "./post.js";
import {reached, RETRY_MS} from "./reach.js";

/**
 * `answered(items, reply)`: reply is the server's {status, told}.
 * An item is {document, act: "confirm" | "take-back", field, value, keyed: {took_ms, keys, changed}}. Other pages have acts of
 * their own: `act` is the one that is kept in the journal and sent again; one without `keyed` takes something back.
 */
export function openOutbox({who, act = "confirm", answered, silent}) {
  const waiting = [];
  const versions = new Map();            // document → the version that the server last told
  const unsettled = new Map();           // document → Map(field → item): what the journal holds
  let sending = false, flying = [];

  function journal(document) {
    const mine = unsettled.get(document) ?? new Map();
    const typed = new Map([...mine].map(([field, {value}]) => [field, value]));
    const keyed = Object.fromEntries([...mine].map(([field, one]) => [field, one.keyed]));
    keep(who, document, versions.get(document), typed, {keyed});
  }

  function settle(document, field) {
    unsettled.get(document)?.delete(field);
    journal(document);
  }

  function post(item) {
    put(item);
    pump();
  }

  function put(item) {
    waiting.push(item);
    if (item.act === act) {
      if (!unsettled.has(item.document)) unsettled.set(item.document, new Map());
      unsettled.get(item.document).set(item.field, item);
      journal(item.document);
    }
  }

  /** Take back what has not left yet; whether it was still here. */
  function withdraw(document, field) {
    const at = waiting.findIndex((one) => one.document === document && one.field === field && !flying.includes(one));
    if (at < 0) return false;
    waiting.splice(at, 1);
    settle(document, field);
    return true;
  }

  /** The first that waits, and with it what else was confirmed of the same paper right after. */
  function next() {
    const [first] = waiting;
    if (first.act !== "confirm") return [first];
    const mine = waiting.filter((one) => one.document === first.document);
    const end = mine.findIndex((one, i) => one.act !== "confirm" || mine.slice(0, i).some((two) => two.field === one.field));
    return end < 0 ? mine : mine.slice(0, end);
  }

  async function deliver([first, ...others]) {
    const version = versions.get(first.document), path = `/desk/papers/${first.document}/${first.act}`;
    if (first.act !== "confirm") return send(path, {version, field: first.field, ...(first.keyed && {value: first.value, ...first.keyed})});
    const keyed = [first, ...others].map(({field, value, keyed: how}) => ({field, value, ...how}));
    return send(path, {version, keyed});
  }

  async function pump() {
    if (sending) return;
    sending = true;
    while (waiting.length) {
      flying = next();
      const reply = await deliver(flying).catch((error) => {
        if (error instanceof Unreachable) return {status: 0, told: {}};
        throw error;
      });
      if (!reached(reply.status)) {
        flying = [];
        silent();
        setTimeout(pump, RETRY_MS);
        break;
      }
      taken(reply);
    }
    sending = false;
  }

  function taken(reply) {
    const items = flying;
    flying = [];
    for (const item of items) waiting.splice(waiting.indexOf(item), 1);
    const {document} = items[0];
    if (reply.told.version) versions.set(document, reply.told.version);
    if (reply.status === 200) for (const {field} of items) unsettled.get(document)?.delete(field);     // stored, or no such value
    journal(document);
    answered(items, reply);
  }

  /** What an earlier visit confirmed and could not send is sent now; how many fields it was, once all is answered or nobody does. */
  async function replay() {
    let many = 0;
    for (const document of kept(who)) {
      const {version, typed, keyed} = recall(who, document);
      if (!keyed) continue;              // typed into a sheet and not confirmed: that page asks for it itself
      versions.set(document, version);
      for (const [field, value] of typed) put({document, act, field, value, keyed: keyed[field]});
      many += typed.size;
    }
    await pump();
    return many;
  }

  return {
    post, withdraw, settle, replay,
    left: () => waiting.length,
    versionOf: (document) => versions.get(document),
    know: (document, version) => { if (!(versions.get(document) > version)) versions.set(document, version); },
  };
}
