// One field on a run's screen: its piece of the picture above its input, its mark, and what is to be said of it.
import {keyOf} from "./keymap.js";
import {MARK} from "./marks.js";

const WIDE = 7;            // a strip of paper so many times as long as high has its input beside it

function made(tag, className = "", text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** The card of one waiting field. `row` is its list item; everything shown is text, whatever stands on the paper. */
export function makeCard(item, number) {
  const row = made("li", "card");
  const mark = made("span", "mark tag");
  const told = made("p", "told");
  const will = made("p", "will");
  will.setAttribute("aria-live", "polite");
  const entry = made("div", "entry");
  const name = `${item.document} ${item.field}`;
  row.dataset.name = name;
  const head = made("div", "head");
  head.append(mark, made("span", "quiet code", item.field.includes(".") ? `${item.short}・${item.label}` : item.short));
  row.append(picture(item), head, entry, will, ...doubts(item), told);
  if (item.box && item.box[2] / item.box[3] > WIDE) row.classList.add("wide");
  const {input, radios} = item.choices.length ? choices(item, entry, name) : text(item, entry, number);

  const card = {
    item, row, radios, state: "pending", told: item.says.join(" "), theirs: null,
    value: () => (input ? input.value : (radios.find((one) => one.checked)?.value ?? null)),
    put(value) {
      if (input) input.value = value ?? "";
      else radios.forEach((one) => { one.checked = one.value === value; });
    },
    will(says) { will.textContent = says; },
    focus() {
      const target = input ?? radios.find((one) => one.checked) ?? radios[0];
      target.focus({preventScroll: true});
      input?.select();
      row.scrollIntoView({block: "nearest"});
    },
    become(state, says = "") {
      card.state = state;
      card.told = says;
      const [word, tone] = MARK[state];
      mark.textContent = word;
      mark.className = `mark tag ${tone}`;
      row.className = `card ${state}${row.classList.contains("wide") ? " wide" : ""}`;
      told.textContent = says;
      told.hidden = !says;
      input?.setAttribute("aria-invalid", String(state === "bad"));
    },
  };
  card.put(item.shown);
  card.become("pending", card.told);
  return card;
}

function picture(item) {
  if (!item.crop) return made("p", "no-crop quiet", `画像の位置が分かりません（${keyOf("toggle")} で書類の全体）`);
  const image = made("img", "crop");
  image.src = item.crop;
  image.alt = `${item.label}の画像`;
  image.decoding = "async";
  return image;
}

/** The digits that were doubted among all that were read alike, marked in their number. */
function doubts({doubted}) {
  if (!doubted.length) return [];
  const line = made("p", "doubts", "疑わしい字：");
  line.append(...doubted.map(([digit, odd]) => made(odd ? "mark" : "span", "", digit)));
  return [line];
}

function text(item, entry, number) {
  const input = made("input");
  Object.assign(input, {type: "text", autocomplete: "off", spellcheck: false, maxLength: 200, id: `c-${number}`});
  input.inputMode = item.inputmode;
  input.setAttribute("aria-label", `${item.label}（${item.short}）`);
  entry.append(input);
  return {input, radios: []};
}

function choices(item, entry, name) {
  const group = made("div", "choices");
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-label", `${item.label}（${item.short}）`);
  const radios = item.choices.map(([value, word], i) => {
    const radio = made("input");
    Object.assign(radio, {type: "radio", name, value});
    const label = made("label");
    label.append(radio, made("kbd", "", String(i + 1)), word);
    group.append(label);
    return radio;
  });
  entry.append(group);
  return {input: null, radios};
}
