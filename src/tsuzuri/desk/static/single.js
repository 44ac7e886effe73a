// One field before a person: its name, its piece of the picture, an empty input or its choices. Shows no value of anybody's.
import {keyOf} from "./keymap.js";

const byId = (id) => document.getElementById(id);

function made(tag, className = "", text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/** The pictures of fields that come next are fetched while this one is keyed. */
export function prefetch(items) {
  for (const {crop} of items) if (crop) new Image().src = crop;
}

/** Put the field on the page; its input's verbs: value() (null: nothing chosen), put(value), pick(number), focus(). */
export function showField(item) {
  byId("one").hidden = false;
  byId("label").textContent = item.label;
  byId("snippet").replaceChildren(picture(item));
  return item.choices.length ? choices(item) : text(item);
}

function picture(item) {
  if (!item.crop) return made("p", "no-crop quiet", `画像の位置が分かりません（${keyOf("toggle")} で書類の全体を見て入力）`);
  const image = made("img", "crop");
  image.src = item.crop;
  image.alt = `${item.label}の画像`;
  return image;
}

function text(item) {
  const input = made("input");
  Object.assign(input, {type: "text", id: "typed", autocomplete: "off", spellcheck: false, maxLength: 200, inputMode: item.inputmode});
  input.setAttribute("aria-labelledby", "label");
  byId("entry").replaceChildren(input);
  return {
    value: () => input.value || null,
    put: (value) => { input.value = value ?? ""; },
    pick: () => false,
    focus: () => { input.focus({preventScroll: true}); input.select(); },
  };
}

function choices(item) {
  const group = made("div", "choices");
  group.setAttribute("role", "radiogroup");
  group.setAttribute("aria-labelledby", "label");
  const radios = item.choices.map(([value, word], i) => {
    const radio = made("input");
    Object.assign(radio, {type: "radio", name: "typed", value});
    if (i === 0) radio.id = "typed";
    const label = made("label");
    label.append(radio, made("kbd", "", String(i + 1)), word);
    group.append(label);
    return radio;
  });
  byId("entry").replaceChildren(group);
  return {
    value: () => radios.find((one) => one.checked)?.value ?? null,
    put: (value) => radios.forEach((one) => { one.checked = one.value === value; }),
    pick(number) {
      const radio = radios[number - 1];
      if (!radio) return false;
      radio.checked = true;
      radio.focus();
      return true;
    },
    focus: () => (radios.find((one) => one.checked) ?? radios[0]).focus({preventScroll: true}),
  };
}
