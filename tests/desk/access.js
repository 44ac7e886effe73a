// Gives [what is wrong, where] for each fault of the page against WCAG 2.1 AA. Contrast by its formula, the ground found by laying
// all backgrounds over one another.
() => {
  const faults = [];
  const seen = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden" && !e.closest("[aria-hidden=true], .skip");
  const where = (e) => e.outerHTML.slice(0, 160);
  const name = (e) => (e.getAttribute("aria-label") || (e.getAttribute("aria-labelledby") || "").split(" ").filter(Boolean)
    .map((id) => document.getElementById(id)?.textContent ?? "").join(" ") || [...(e.labels ?? [])].map((l) => l.textContent).join(" ")
    || e.getAttribute("alt") || e.title || (e.matches("button, a, summary") ? e.textContent : "")).trim();
  for (const e of document.querySelectorAll("button, a[href], input:not([type=hidden]), select, textarea, summary, [role=radiogroup]"))
    if (seen(e) && !name(e)) faults.push(["no name", where(e)]);
  for (const e of document.querySelectorAll("img")) if (!e.hasAttribute("alt")) faults.push(["no alt", where(e)]);
  for (const e of document.querySelectorAll("[tabindex]")) if (e.tabIndex > 0) faults.push(["its own place in the focus", where(e)]);
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of new Set(ids)) if (ids.filter((one) => one === id).length > 1) faults.push(["id twice", id]);
  for (const e of document.querySelectorAll("[aria-labelledby], [aria-describedby]"))
    for (const id of `${e.getAttribute("aria-labelledby") ?? ""} ${e.getAttribute("aria-describedby") ?? ""}`.split(" ").filter(Boolean))
      if (!document.getElementById(id)) faults.push(["names what is not there", where(e)]);
  if (document.querySelectorAll("main").length !== 1) faults.push(["one main", ""]);
  if (document.querySelectorAll("h1").length !== 1) faults.push(["one h1", ""]);
  if (document.documentElement.lang !== "ja") faults.push(["no language", ""]);
  if (!document.title) faults.push(["no title", ""]);
  if (!document.querySelector("header nav[aria-label]")) faults.push(["no named nav", ""]);
  if (document.querySelector("a.skip")?.getAttribute("href") !== "#main") faults.push(["no skip link", ""]);
  const rgb = (c) => { const m = c.match(/[\d.]+/g).map(Number); return {c: m.slice(0, 3), a: m[3] ?? 1}; };
  const over = (top, under) => top.c.map((v, i) => v * top.a + under[i] * (1 - top.a));
  const ground = (e) => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) layers.unshift(rgb(getComputedStyle(at).backgroundColor));
    return layers.reduce((under, top) => over(top, under), [255, 255, 255]);
  };
  const light = (c) => { const [r, g, b] = c.map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const e = texts.currentNode.parentElement;
    if (!texts.currentNode.textContent.trim() || !seen(e) || e.matches("script, style, :disabled, option") || e.closest("svg, :disabled")) continue;
    const style = getComputedStyle(e), under = ground(e), ink = over(rgb(style.color), under);
    const [a, b] = [light(ink), light(under)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) faults.push([`contrast ${ratio.toFixed(2)}`, where(e)]);
  }
  return faults;
}
