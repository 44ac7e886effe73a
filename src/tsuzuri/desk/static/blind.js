// What keying blind and judging share: the field that is there and those that come, the outbox, the clock, the keys.
import {composing, showKeys} from "./common.js";
import {askReason, SENIOR} from "./dialogs.js";
import {listenKeys} from "./keys.js";
import {openOutbox} from "./outbox.js";
import {send, Unreachable} from "./post.js";
import {reached} from "./reach.js";
import {prefetch, showField} from "./single.js";
import {say} from "./telling.js";
import {showWhole} from "./whole.js";
import {foretell} from "./will.js";

const BEAT_MS = 60_000, AWAKE_MS = 300_000, AGAIN_MS = 3_000, FEW = 5, LONGEST_MS = 3_600_000;
const will = (says) => { byId("will").textContent = says; };
const byId = (id) => document.getElementById(id);
export const who = byId("main").dataset.who;

/**
 * `act` is what is done to a field (the last part of its path), `more(last)` says where and with what to ask for more,
 * `counted(told, gone)` what is written beside the heading, `over(told)` at the end, `shown(item, input)` once a
 * field stands there; `holds`: the papers that are given are held for this person, and let go of with the
 * page. Gives back the verbs of the page.
 */
export function openBlind({act, more, counted, over, shown = () => {}, holds = false}) {
  const met = new Set();               // "document field version" that were before this person
  let queue = [], now = null, input = null, last = null, told = {}, asking = null, ended = false;
  let touched = Date.now();
  let since = 0, keys = 0, gone = 0;     // gone: done with since the server counted
  const outbox = openOutbox({who: `${act}-${who}`, act, answered, silent: tell});
  const nameOf = ({document: id, field, version}) => `${id} ${field} ${version}`;

  async function ask() {
    const [path, body] = more(last);
    const reply = await send(path, body).catch((error) => {
      if (error instanceof Unreachable) return null;
      throw error;
    });
    reached(reply?.status ?? 0);
    if (reply?.status !== 200) {
      await new Promise((later) => { setTimeout(later, AGAIN_MS); });
      return ask();
    }
    told = reply.told;
    gone = outbox.left();
    last = told.waiting.at(-1) ?? last;
    const fresh = told.waiting.filter((item) => !met.has(nameOf(item)));
    ended = fresh.length === 0;
    for (const item of fresh) {
      met.add(nameOf(item));
      outbox.know(item.document, item.version);
    }
    queue.push(...fresh);
    prefetch(fresh);
    return tell();
  }

  function refill() {
    asking ??= ask().finally(() => { asking = null; });
    return asking;
  }

  async function next() {
    now = null;
    if (!queue.length && !ended) await refill();
    else if (queue.length < FEW && !ended) refill();
    const item = queue.shift();
    tell();
    if (!item) {
      byId("one").hidden = true;
      return say(over(told), "good");
    }
    return place(item, item.draft, item.says);
  }

  function place(item, value = null, says = "") {
    now = item;
    input = showField(item);
    input.put(value);
    byId("told").textContent = says;
    foretell(item, "", will);
    since = performance.now();
    keys = 0;
    input.focus();
    shown(item, input);
  }

  /** Done with the field that is there: it leaves, and the next stands there at once. */
  function done(value, more_ = {}) {
    const item = now;
    const keyed = {took_ms: Math.min(Math.round(performance.now() - since), LONGEST_MS), keys: Math.min(keys, 10_000), ...more_};
    outbox.post({document: item.document, act, field: item.field, value, keyed, item});
    gone += 1;
    next();
    return item;
  }

  /** The field comes back before the one that is there. */
  function back(item, value, says = "") {
    gone -= 1;
    if (now) queue.unshift(now);
    if (byId("above").textContent) say("");
    place(item, value, says);
    tell();
  }

  /** What was not taken comes back at once, or, where the hands are at the next field already, after it. */
  function comeBack(item, value, says) {
    if (!now || keys === 0) return back(item, value, says);
    gone -= 1;
    queue.unshift({...item, draft: value, says});
    return tell();
  }

  function answered([one], {status, told: reply}) {
    const {document: id, field, item, value} = one;
    if (one.act !== act) {
      if (status !== 200) say(reply.message, "warn");
    } else if (status === 409 && reply.code === "stale_version") again(one, reply);
    else if (status !== 200) {
      outbox.settle(id, field);
      say(reply.message ?? "うまくいきませんでした。", "warn");
    } else if (field in reply.refused) {
      outbox.settle(id, field);
      if (item) comeBack(item, value, reply.refused[field]);
    }
    tell();
    if (status === 200 && !now && !queue.length && !outbox.left()) anew();     // all is stored: how does it stand?
  }

  /** The paper changed: what was keyed holds where the same picture is still to be keyed. */
  function again(one, {now: fresh}) {
    outbox.settle(one.document, one.field);
    const same = fresh && one.item && fresh.picture === one.item.picture && String(fresh.box) === String(one.item.box);
    if (same) outbox.post(one);
    else if (fresh && one.item) comeBack({...one.item, ...fresh}, one.value, "書類が変わりました。画像を見て、もう一度確かめてください。");
    else say("この欄は、もう入力を待っていません。", "warn");
  }

  function tell() {
    byId("left").textContent = told.waiting ? counted(told, gone) : "";
    byId("saved").textContent = outbox.left() ? `未送信 ${outbox.left()} 件` : "";
  }

  /** `acts` by the names of the key map, with those that listenKeys knows of; `clicks`: button's id → act. */
  function listen(acts, {yields, clicks}) {
    const all = {
      toggle: whole, ...acts, pick: (_, number) => input.pick(number),
      enter: (target) => (now ? acts.enter?.(target) : anew()),
    };
    listenKeys(all, {yields});
    addEventListener("keydown", (event) => {
      touched = Date.now();
      if (!composing(event)) keys += 1;
    }, {capture: true});
    if (holds) keepHolding();
    byId("entry").addEventListener("input", ({target}) => { if (now && target.type === "text") foretell(now, target.value, will); });
    for (const [id, what] of Object.entries({whole, "show-keys": showKeys, ...clicks})) {
      byId(id).addEventListener("click", () => { what(); if (!document.querySelector("dialog[open]")) input?.focus(); });
    }
    addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  }

  /** A sign of life each minute, while somebody touches a key. */
  function keepHolding() {
    const tell = (verb, how) => {
      const documents = [...new Set([now, ...queue].filter(Boolean).map((item) => item.document))];
      if (documents.length) send(`/desk/runs/${verb}`, {documents}, how).catch(() => {});
    };
    setInterval(() => { if (Date.now() - touched < AWAKE_MS) tell("hold", {}); }, BEAT_MS);
    addEventListener("pagehide", () => tell("release", {keepalive: true}));
  }

  /** The field's whole paper is put before a senior: none of its fields comes here meanwhile. */
  function senior() {
    if (!now) return;
    const {document: id, field} = now;
    askReason({heading: "監督者に判断を頼む", word: "頼む", reasons: SENIOR, first: "", written: () => {}, given: (why) => {
      outbox.post({document: id, act: "senior", field, value: why, keyed: {}});
      queue = queue.filter((item) => item.document !== id);
      gone += 1;
      next();
    }});
  }

  const whole = () => now && showWhole(now);

  /** At the end: is there more by now? */
  function anew() {
    ended = false;
    last = null;
    say("");
    return next();
  }

  async function begin() {
    const sent = await outbox.replay();
    if (sent && !outbox.left()) say(`前回、送れなかった入力（${sent} 欄）を保存しました。`, "good");
    await next();
    document.body.dataset.ready = "yes";
  }

  return {outbox, senior, next, done, back, listen, begin, now: () => now, input: () => input, tell};
}
