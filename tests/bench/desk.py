"""How fast the desk is under the hands, in a real browser before a database of half a million papers; and how long 30 people
at once wait. `python tests/bench/desk.py` runs it and writes a line of history.

The scripted operator keeps the times of the keystroke-level model (Card, Moran and Newell 1980): what the machine adds is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from playwright.sync_api import Page as Window
from playwright.sync_api import sync_playwright
from read import HERE, _commit
from rich.console import Console

sys.path.insert(0, str(HERE.parent.parent))
from half_a_million import ASKED, PASSWORD, lay, seated
from tests.desk.conftest import QUIET
from tests.desk.papers import CLAIM

from tsuzuri.house import open_line
from tsuzuri.jobs import YIELDING
from tsuzuri.rules import show
from tsuzuri.settings import REPO, Settings

KEY_S = 0.36        # 10,000 keystrokes an hour, what keying bureaus ask of numeric keying; the model's average typist has 0.28
LOOK_S = 1.35       # the model's M: turning to another field of another kind, comparing picture and value, deciding
GLANCE_S = 0.5      # assumed: two fixations of 0.23 s (picture, value) where the same kind of field comes again at the same place
PEOPLE, SHEETS, CONFIRMED = 30, 20, 60
A_LIST = 5          # each of the 30 looks at the list once in so many sheets
TRUTH = {name: show(kind, CLAIM[name]) for name, kind in
         (("patient_kana", "kana"), ("patient_name", "name"), ("days", "int"), ("amount", "yen"))}
# Each key's way to the frame that shows it (a task after the next frame's callbacks runs once that is painted); and from the key
# that finishes a sheet to the next one: its picture drawn, the caret in a field of it.
WATCH = """
window.painted = [];
let latest = 0;
const watched = (from) => {
  if (from.at < latest) return undefined;      // that key finished nothing: another came upon the same sheet
  const picture = document.getElementById("picture");
  const there = location.pathname !== from.path
    && location.pathname.endsWith(document.body?.dataset.sheet ?? "…") && picture?.complete && picture.naturalWidth
    && document.activeElement.closest(".field");
  if (!there) return requestAnimationFrame(() => watched(from));
  sessionStorage.removeItem("bench");
  requestAnimationFrame(() => setTimeout(() => {
    window.next = performance.timeOrigin + performance.now() - from.at;
    document.body.dataset.shown = location.pathname;
  }));
};
addEventListener("keydown", (event) => {
  const at = event.timeStamp;
  requestAnimationFrame(() => setTimeout(() => window.painted.push(performance.now() - at)));
  if (event.key !== "Enter") return;
  const from = {at: latest = performance.timeOrigin + at, path: location.pathname};
  sessionStorage.setItem("bench", JSON.stringify(from));
  watched(from);
}, {capture: true});
addEventListener("DOMContentLoaded", () => {
  const from = sessionStorage.getItem("bench");
  if (from) watched(JSON.parse(from));
});
"""
AT = "document.activeElement.closest('.field, .card')?.dataset.field ?? document.activeElement.id"


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The web server in a process of its own, as `tsuzuri serve` runs it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = {"TSUZURI_HOME": str(home), "TSUZURI_PORT": str(port), "TSUZURI_HOST": "127.0.0.1", "TSUZURI_REDIS_URL": "",
            "TSUZURI_DATABASE_URL": ""}
    process = subprocess.Popen([sys.executable, "-m", "tsuzuri.web"], env=os.environ | told, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                httpx.get(f"{url}/desk/login", trust_env=False)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url
    finally:
        process.kill()
        process.wait()


class Operator:
    """Hands with a tempo, on a sheet or a run."""

    def __init__(self, window: Window) -> None:
        self.window, self.keys, self.confirmed, self.mended = window, 0, 0, False

    def press(self, key: str) -> None:
        """One key, at the tempo of a hand."""
        self.window.wait_for_timeout(KEY_S * 1000)
        self.window.keyboard.press(key)
        self.keys += 1

    def at(self) -> str:
        """The field that has the caret, or the id of what has."""
        while not (found := self.window.evaluate(AT)):
            time.sleep(0.002)
        return str(found)

    def moved(self, name: str, path: str) -> bool:
        """Once the caret has left that field: whether it did so for another sheet."""
        while True:
            if self.window.evaluate("location.pathname") != path:
                return True
            if self.at() != name:
                return False
            time.sleep(0.002)

    def field(self, name: str) -> None:
        """Compare with the paper, key what differs, confirm."""
        shown = self.window.evaluate("document.activeElement.value")
        if shown != TRUTH[name]:
            self.mended = True
            for sign in TRUTH[name]:
                self.press(sign)
        self.press("Enter")
        self.confirmed += 1

    def sheet(self) -> float:
        """A sheet from sight to the next one's sight, every field that is asked for looked at. Seconds."""
        begun, self.mended = time.perf_counter(), False
        path, on = self.window.evaluate("location.pathname"), False
        while not on:
            name = self.at()
            self.window.wait_for_timeout(LOOK_S * 1000)
            if name == "approve":
                self.press("Enter")
            else:
                self.field(name)
            on = self.moved(name, path)
        self.window.wait_for_selector(f"body[data-shown]:not([data-shown='{path}'])")
        return time.perf_counter() - begun


def at_the_browser(url: str) -> dict[str, tuple[float, int]]:
    """What one operator meets: sheets, then a field run."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
        window = browser.new_page(viewport={"width": 1440, "height": 900}, locale="ja-JP")
        window.add_init_script(WATCH)
        window.goto(f"{url}/desk/login")
        window.fill("input[name=name]", "clerk0")
        window.fill("input[name=password]", PASSWORD)
        window.press("input[name=password]", "Enter")
        window.wait_for_url("**/desk/")
        window.keyboard.press("Enter")
        window.wait_for_selector("body[data-ready]")
        operator = Operator(window)
        took, painted, nexts = [], [], []
        for _ in range(SHEETS):
            window.evaluate("window.painted.length = 0")
            seconds = operator.sheet()
            took += [] if operator.mended else [seconds]
            nexts.append(window.evaluate("window.next"))
            painted += window.evaluate("window.painted")
        on_sheets = operator.keys / operator.confirmed, operator.confirmed
        confirm_s, in_run = run(window, url, painted)
        browser.close()
    return {"key_to_paint_p95_ms": (float(np.percentile(painted, 95)), len(painted)),
            "next_sheet_p95_ms": (float(np.percentile(nexts, 95)), len(nexts)),
            "next_sheet_p50_ms": (float(np.median(nexts)), len(nexts)),
            "clean_sheet_s": (float(np.mean(took)), len(took)), "confirm_s": (confirm_s, CONFIRMED),
            "keys_per_field": (in_run, CONFIRMED), "keys_per_field_on_sheets": on_sheets}


def run(window: Window, url: str, painted: list[float]) -> tuple[float, float]:
    """Seconds and keys a confirmation in a field run, each glanced at: some screens of twenty."""
    window.goto(f"{url}/desk/runs/kodomo_seikyu/days")
    window.wait_for_selector("body[data-ready]")
    operator, begun = Operator(window), time.perf_counter()
    card = "document.activeElement.closest('.card')?.dataset.name ?? ''"
    for _ in range(CONFIRMED):
        here = window.evaluate(card)
        window.wait_for_timeout(GLANCE_S * 1000)
        operator.field("days")
        while window.evaluate(card) in ("", here):
            time.sleep(0.002)
    painted += window.evaluate("window.painted")
    return (time.perf_counter() - begun) / CONFIRMED, operator.keys / operator.confirmed


def request_p95_ms(url: str, tokens: list[str], seconds: float) -> dict[str, list[float]]:
    """By what was asked for, the ms of all requests that 30 people make at once, at the scripted operator's pace,
    while a worker reads.
    """
    took: dict[str, list[float]] = defaultdict(list)
    stop = time.monotonic() + seconds
    samples = sorted((REPO / "samples" / "kodomo_seikyu").glob("*.png"))
    reading = f"while :; do nice -n {YIELDING} tsuzuri read {samples[0]} >/dev/null 2>&1; done"      # as a worker yields
    worker = subprocess.Popen(["sh", "-c", reading], start_new_session=True)
    people = [threading.Thread(target=_person, args=(url, token, stop, took)) for token in tokens]
    for person in people:
        person.start()
        time.sleep((len(ASKED) + 1) * (LOOK_S + KEY_S) / PEOPLE)      # so that they are not all at the same field at once
    for person in people:
        person.join()
    os.killpg(worker.pid, 9)
    worker.wait()
    return took


def _person(url: str, token: str, stop: float, took: dict[str, list[float]]) -> None:
    with httpx.Client(base_url=url, trust_env=False, timeout=60, cookies={"tsuzuri_desk": token}) as web:
        csrf = web.get("/desk/keys").text.partition('name="csrf" content="')[2].partition('"')[0]
        headers = {"X-CSRF-Token": csrf, "Accept": "application/json"}

        def timed(what: str, method: str, path: str, **more: Any) -> httpx.Response:
            begun = time.perf_counter()
            reply = web.request(method, path, headers=headers, **more)
            took[what].append((time.perf_counter() - begun) * 1000)
            assert reply.status_code < 400, (what, reply.status_code, reply.text[:200])
            return reply

        for turn in count():
            if time.monotonic() >= stop:
                break
            if turn % A_LIST == 0:
                timed("list", "GET", "/desk/")
            (paper,) = timed("ahead", "POST", "/desk/ahead", json={"but": [], "most": 1}).json()["documents"]
            page = timed("sheet", "GET", f"/desk/sheets/{paper}").text
            told = json.loads(page.partition('id="told">')[2].partition("</script>")[0])
            timed("picture", "GET", told["pages"][0]["picture"])
            timed("lease", "POST", f"/desk/sheets/{paper}/lease", json={})
            timed("beside", "GET", f"/desk/sheets/{paper}/beside")
            version = told["version"]
            for name in ASKED:
                time.sleep(LOOK_S + KEY_S)
                sent = {"version": version, "changes": {name: TRUTH[name]}}
                version = timed("save", "POST", f"/desk/sheets/{paper}/save", json=sent).json()["state"]["version"]
            time.sleep(LOOK_S + KEY_S)
            timed("approve", "POST", f"/desk/sheets/{paper}/approve", json={"version": version, "accepted": []})


def _laid(home: Path, n: int) -> list[str]:
    """So many papers lie there, laid now or in an earlier run; the tokens of the people's sessions, opened now."""
    line = open_line(Settings(home=home, redis_url="", database_url=""))
    if not (home / "tsuzuri.sqlite3").exists():
        lay(line, n, PEOPLE)
    tokens = seated(line, PEOPLE)
    line.store.close()
    os.sync()       # what was laid is on the disk: nobody's first papers wait for gigabytes to be written
    return tokens


def main() -> None:
    """Run all, and write one line of history."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--n", type=int, default=500_000, help="papers in the queue")
    told.add_argument("--seconds", type=float, default=60, help="how long 30 people work")
    told.add_argument("--dry", action="store_true", help="write no history")
    told.add_argument("--laid", type=Path, help="folder where the papers lie from an earlier run, or are to lie for the next")
    args = told.parse_args()
    out = Console(width=120)
    with tempfile.TemporaryDirectory() as own:
        home = args.laid or Path(own)
        tokens = _laid(home, args.n)
        with served(home) as url:
            found = at_the_browser(url)
            took = request_p95_ms(url, tokens, args.seconds)
    every = [ms for many in took.values() for ms in many]
    found["request_p95_ms"] = (float(np.percentile(every, 95)), len(every))
    for what, many in took.items():
        out.print(f"  {what:12} p50 {np.median(many):8,.1f}  p95 {np.percentile(many, 95):8,.1f} ms   n = {len(many):,}")
    for name, (value, many) in found.items():
        out.print(f"  {name:26} {value:12,.2f}   n = {many:,}")
    history = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "commit": _commit(),
               "machine": f"{platform.machine()} × {os.cpu_count()}", "load": round(os.getloadavg()[0], 1),
               "bench": "desk", "n": args.n,
               "figures": {name: round(value, 2) for name, (value, _) in found.items()},
               "counts": {name: many for name, (_, many) in found.items()}}
    if not args.dry:
        with (HERE / "history.jsonl").open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(history, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
