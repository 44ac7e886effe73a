// The paper: one picture, the fields' boxes over it in millimetres, the whole sheet or one field near.

const SVG = "http://www.w3.org/2000/svg";
const GLYPH = {pending: "?", bad: "!", done: "✓", auto: "", changed: "✎", blank: "", blind: "◐"};
const LOOK = {changed: "pending", blank: "auto", blind: "auto"};     // states that are framed like another
const AROUND_MM = 36;                                  // paper shown on each side of a near field

/** The viewer's verbs: show(name), whole(), toggle(), zoom(by), rotate(), contrast(), turn(by), paint(states), snippet(canvas, name). */
export function openViewer({pages, fields, onPick}) {
  const room = document.getElementById("viewer");
  const leaf = document.getElementById("leaf");
  const picture = document.getElementById("picture");
  const svg = document.getElementById("boxes");
  let page = 1, near = null, scale = 1, left = 0, top = 0, last = "whole", stay = false;
  let [wide, high] = [210, 297];
  let quarters = 0;                    // turned right so often
  const groups = new Map();
  const tabs = [...document.querySelectorAll("#tabs button")];

  function place() {
    const [x, y] = [room.clientWidth / 2, room.clientHeight / 2];
    leaf.style.transform = `translate(${x}px, ${y}px) rotate(${quarters * 90}deg) translate(${left - x}px, ${top - y}px) scale(${scale})`;
  }

  function fit() {
    const [across, down] = quarters % 2 ? [high, wide] : [wide, high];
    return Math.min((room.clientWidth - 24) / across, (room.clientHeight - 24) / down);
  }

  function size() {
    leaf.style.width = `${wide * fit()}px`;
    leaf.style.height = `${high * fit()}px`;
  }

  function whole() {
    size();
    scale = 1;
    left = (room.clientWidth - wide * fit()) / 2;
    top = (room.clientHeight - high * fit()) / 2;
    last = "whole";
    place();
  }

  function close(box) {
    size();
    const [x, y, w, h] = box, mm = fit();
    scale = Math.min(room.clientWidth / ((w + 2 * AROUND_MM) * mm), room.clientHeight / ((h + 2 * AROUND_MM) * mm), 6);
    scale = Math.max(scale, 1);
    left = held(room.clientWidth / 2 - (x + w / 2) * mm * scale, room.clientWidth, wide * mm * scale);
    top = held(room.clientHeight / 2 - (y + h / 2) * mm * scale, room.clientHeight, high * mm * scale);
    last = "near";
    place();
  }

  // The paper's edge stays at the room's edge where the paper is the larger of the two.
  function held(at, space, length) {
    return length <= space ? (space - length) / 2 : Math.min(12, Math.max(at, space - length - 12));
  }

  function draw() {
    svg.replaceChildren();
    groups.clear();
    svg.setAttribute("viewBox", `0 0 ${wide} ${high}`);
    for (const [name, field] of fields) {
      if (!field.box || field.page !== page) continue;
      const [x, y, w, h] = field.box;
      const group = document.createElementNS(SVG, "g");
      const rect = document.createElementNS(SVG, "rect");
      for (const [k, v] of Object.entries({x, y, width: w, height: h, rx: 0.6})) rect.setAttribute(k, v);
      const glyph = document.createElementNS(SVG, "text");
      glyph.setAttribute("x", x + w - 3.2);
      glyph.setAttribute("y", y - 0.4);
      group.append(rect, glyph);
      group.addEventListener("click", () => onPick(name));
      groups.set(name, group);
      svg.append(group);
    }
  }

  let states = new Map(), lit = new Set();
  function paint(fresh = states) {
    states = fresh;
    for (const [name, group] of groups) {
      const state = states.get(name) ?? "auto";
      group.setAttribute("class", `${LOOK[state] ?? state}${name === near ? " active" : ""}${lit.has(name) ? " lit" : ""}`);
      group.lastChild.textContent = GLYPH[state] ?? "";
    }
  }

  function turnTo(number) {
    page = Math.min(Math.max(number, 1), Math.max(pages.length, 1));
    const at = pages[page - 1];
    [wide, high] = at?.paper ?? [210, 297];
    document.getElementById("lost").hidden = Boolean(at?.picture);
    leaf.hidden = !at?.picture;
    if (at?.picture) {
      if (picture.getAttribute("src") !== at.picture) picture.src = at.picture;      // else it was decoded before it came here
      picture.alt = `書類の画像 ${page} / ${pages.length} 枚目`;
    }
    for (const tab of tabs) tab.setAttribute("aria-current", String(Number(tab.dataset.page) === page));
    const split = document.getElementById("split");
    if (split) split.hidden = page === 1;
    draw();
    paint();
  }

  function show(name) {
    near = name;
    const field = fields.get(name);
    if (field?.box) {
      if (field.page !== page) turnTo(field.page);
      if (!stay) close(field.box);
      groups.get(name)?.parentNode.append(groups.get(name));     // drawn last, so on top
    }
    paint();
  }

  /** The boxes of several fields, lit and all in sight as far as they lie on one page; none: as it was. */
  function light(names) {
    lit = new Set(names);
    const boxes = names.map((name) => fields.get(name)).filter((field) => field?.box);
    if (boxes.length) {
      if (!boxes.some((field) => field.page === page)) turnTo(boxes[0].page);
      const here = boxes.filter((field) => field.page === page).map((field) => field.box);
      const [x, y] = [Math.min(...here.map((b) => b[0])), Math.min(...here.map((b) => b[1]))];
      const [r, d] = [Math.max(...here.map((b) => b[0] + b[2])), Math.max(...here.map((b) => b[1] + b[3]))];
      close([x, y, r - x, d - y]);
    }
    paint();
  }

  function toggle() {
    const box = fields.get(near)?.box;
    stay = last !== "whole";               // who asked for the whole sheet keeps it from field to field
    if (last === "whole" && box) close(box);
    else if (last === "whole") zoom(2);
    else whole();
  }

  function zoom(by, x = room.clientWidth / 2, y = room.clientHeight / 2) {
    const to = Math.min(Math.max(scale * by, 0.5), 10);
    left = x - ((x - left) * to) / scale;
    top = y - ((y - top) * to) / scale;
    scale = to;
    last = "near";
    place();
  }

  function rotate() {
    quarters = (quarters + 1) % 4;
    whole();
  }

  /** As it is, stronger, or white on black. */
  function contrast() {
    const looks = ["", "strong", "inverted"], at = looks.indexOf(document.body.dataset.contrast ?? "");
    document.body.dataset.contrast = looks[(at + 1) % looks.length];
  }

  /** A way on the screen as a way on the turned paper. */
  function turned([x, y]) {
    return [[x, y], [y, -x], [-x, -y], [-y, x]][quarters];
  }

  /** The field's own piece of the picture, drawn large; false when there is none to draw. */
  function snippet(canvas, name) {
    const field = fields.get(name);
    if (!field?.box || field.page !== page || !picture.complete || !picture.naturalWidth) return false;
    const px = picture.naturalWidth / wide, py = picture.naturalHeight / high;
    const ratio = devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * ratio;
    canvas.height = canvas.clientHeight * ratio;
    // As wide a strip of the paper as the canvas has room for, the field in its middle.
    const [x, y, w, h] = field.box;
    const tall = Math.max(h + 3, ((w + 4) * canvas.height) / canvas.width);
    const broad = (tall * canvas.width) / canvas.height, k = canvas.height / tall;
    const from = Math.min(Math.max(x + w / 2 - broad / 2, 0), Math.max(wide - broad, 0)), over = y + h / 2 - tall / 2;
    const ink = canvas.getContext("2d");
    ink.imageSmoothingQuality = "high";
    ink.drawImage(picture, from * px, over * py, broad * px, tall * py, 0, 0, canvas.width, canvas.height);
    ink.fillStyle = canvas.classList.contains("of-row") ? "#f3f4f166" : "#f3f4f1b0";      // a row's other cells stay readable
    ink.fillRect(0, 0, (x - 1 - from) * k, canvas.height);
    ink.fillRect((x + w + 1 - from) * k, 0, canvas.width, canvas.height);
    return true;
  }

  function pictured() {
    if (!pages[page - 1]?.paper) {
      high = (wide * picture.naturalHeight) / picture.naturalWidth;
      draw();
      whole();
    }
    room.dispatchEvent(new Event("pictured"));
  }

  picture.addEventListener("load", pictured);
  picture.addEventListener("error", () => {
    document.getElementById("lost").hidden = false;
    leaf.hidden = true;
  });
  room.addEventListener("wheel", (event) => {
    event.preventDefault();
    const at = room.getBoundingClientRect();
    zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, event.clientX - at.left, event.clientY - at.top);
  }, {passive: false});
  room.addEventListener("pointerdown", (event) => {
    if (event.target.closest("button")) return;
    leaf.classList.add("held");
    const from = [event.clientX, event.clientY], was = [left, top];
    const drag = (moved) => {
      const [x, y] = turned([moved.clientX - from[0], moved.clientY - from[1]]);
      [left, top] = [was[0] + x, was[1] + y];
      place();
    };
    addEventListener("pointermove", drag);
    addEventListener("pointerup", () => {
      removeEventListener("pointermove", drag);
      leaf.classList.remove("held");
    }, {once: true});
  });
  for (const tab of tabs) tab.addEventListener("click", () => { turnTo(Number(tab.dataset.page)); whole(); });
  const sized = new ResizeObserver(() => (last === "whole" || !fields.get(near)?.box ? whole() : close(fields.get(near).box)));
  sized.observe(room);

  turnTo(1);
  whole();
  if (picture.complete && picture.naturalWidth) pictured();
  return {
    show, whole, toggle, light, zoom, rotate, contrast, paint, snippet, room,
    at: () => page, close: () => sized.disconnect(),
    turn: (by) => { turnTo(page + by); whole(); },
  };
}
