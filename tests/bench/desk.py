"""How fast the desk is under the hands, in a real browser before a database of half a million papers; and how long 30 people
at once wait. `python tests/bench/desk.py` runs it and writes a line of history.

The scripted operator needs KEY_S a key and LOOK_S for each field that asks for a look; what the machine adds is measured.
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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from playwright.sync_api import Page as Window
from playwright.sync_api import sync_playwright
from read import HERE, _commit
from rich.console import Console
from sqlalchemy import insert

sys.path.insert(0, str(HERE.parent.parent))
from tests.desk import papers
from tests.desk.conftest import QUIET

from tsuzuri.flow import Line
from tsuzuri.house import open_line
from tsuzuri.model import Batch, Page, Scan, Step
from tsuzuri.settings import REPO, Settings
from tsuzuri.stages.validate import validate
from tsuzuri.store import accounts, rows
from tsuzuri.store.tables import documents

KEY_S, LOOK_S, THINK_S = 0.25, 1.2, 1.0
PEOPLE, REAL, SHEETS = 30, 1500, 20
ASKED = ("patient_kana", "patient_name", "days")      # what a person is asked of each sheet
SERVER = """
import sys, uvicorn
from pathlib import Path
from fastapi import FastAPI
from tsuzuri.desk import hang_desk
from tsuzuri.house import open_line
from tsuzuri.settings import Settings
app = FastAPI()
hang_desk(app, open_line(Settings(home=Path(sys.argv[1]), redis_url="", database_url="")))
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), log_level="error", lifespan="off")
"""
# Each key's way to the next painted frame; and from the approving key to the next sheet, its picture drawn.
WATCH = """
window.painted = [];
addEventListener("keydown", (event) => {
  const at = event.timeStamp;
  if (event.ctrlKey && event.key === "Enter") sessionStorage.setItem("bench", String(performance.timeOrigin + at));
  requestAnimationFrame(() => setTimeout(() => window.painted.push(performance.now() - at)));
}, {capture: true});
addEventListener("DOMContentLoaded", () => {
  const from = Number(sessionStorage.getItem("bench") ?? 0), look = () => {
    const picture = document.getElementById("picture");
    if (!document.body.dataset.ready || !picture?.complete || !picture.naturalWidth) return requestAnimationFrame(look);
    if (from) window.next = performance.timeOrigin + performance.now() - from;
    sessionStorage.removeItem("bench");
    document.body.dataset.shown = "yes";
  };
  look();
});
"""


def lay(line: Line, n: int) -> list[str]:
    """A database of n papers in review, of which the oldest are whole; people; their sessions' tokens."""
    line.store.create()
    now = datetime.now(UTC)
    form = line.forms["kodomo_seikyu"]
    with line.unit() as unit:
        people = [accounts.add_user(unit, f"clerk{i}", "kusamakura-1906", "clerk", now) for i in range(1)]
        unit.add_batch(Batch("bt_bench", "EAST-1", "KM-BENCH", "東区", "kodomo", n, now, papers.DAY))
    with line.unit() as unit:
        for i in range(1, PEOPLE):
            found = unit.connection.execute(insert(accounts.users).values(
                id=f"us_{i}", name=f"clerk{i}", role="clerk", password_hash="", active=True, failures=0, created_at=now))
            people += [accounts.User(f"us_{i}", f"clerk{i}", accounts.Role.CLERK)] if found.rowcount else []
        tokens = [accounts.open_session(unit, person, now) for person in people]
    picture = line.files.put(papers.picture(form, papers.CLAIM, dpi=200))
    for i in range(REAL):
        _paper(line, form, i, picture, now)
    far = {"fields": {}, "batch_id": "bt_bench", "ward": "東区"}
    model = rows.from_document(papers.read(form, papers.CLAIM, step=Step.REVIEW)) | far
    with line.unit() as unit:
        for start in range(REAL, n, 10_000):
            many = [model | {"id": f"dc_far{i:07}"} for i in range(start, min(n, start + 10_000))]
            unit.connection.execute(insert(documents), many)
    return tokens


def _paper(line: Line, form: Any, i: int, picture: str, now: datetime) -> None:
    values = {**papers.CLAIM, "recipient_no": papers.numbered(f"{100_000 + i}")}
    document = papers.read(form, values, id=f"dc_{i:06}", batch_id="bt_bench")
    unsure = {name: replace(document.fields[name], confidence=0.4) for name in ASKED}
    document = validate(replace(document, fields=document.fields | unsure), form)
    with line.unit() as unit:
        scan = Scan(f"sc_{i}", "bt_bench", i + 1, f"{i:06}.jpg", "0" * 64, 1, "image/jpeg", 1, now, step=Step.OPENED)
        unit.add_scan(scan)
        unit.add_document(document)
        unit.add_page(Page(f"pg_{i}", scan.id, "bt_bench", 1, now, Step.BOUND, 0, picture, document.id, form.name))


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The desk in a process of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(home), str(port)], stdout=subprocess.DEVNULL)
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
        self.window, self.keys, self.confirmed = window, 0, 0

    def press(self, key: str) -> None:
        """One key, at the tempo of a hand."""
        self.window.wait_for_timeout(KEY_S * 1000)
        self.window.keyboard.press(key)
        self.keys += 1

    def sheet(self, n: int) -> float:
        """A sheet from sight to the next one's sight: every field asked for is looked at, one in five is typed anew. Seconds."""
        begun = time.perf_counter()
        for i in range(len(ASKED)):
            self.window.wait_for_timeout(LOOK_S * 1000)
            if i == 2 and n % 5 < 3:
                self.press("2")
            self.press("Enter")
            self.confirmed += 1
        self.window.wait_for_function("document.activeElement.id === 'approve'")
        before = self.window.url
        self.press("Control+Enter")
        self.window.wait_for_function("(was) => location.href !== was && document.body?.dataset.shown === 'yes'", arg=before)
        return time.perf_counter() - begun


def at_the_browser(url: str) -> dict[str, tuple[float, int]]:
    """What one operator meets: sheets, then a field run."""
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=list(QUIET))
        window = browser.new_page(viewport={"width": 1440, "height": 900}, locale="ja-JP")
        window.add_init_script(WATCH)
        window.goto(f"{url}/desk/login")
        window.fill("input[name=name]", "clerk0")
        window.fill("input[name=password]", "kusamakura-1906")
        window.press("input[name=password]", "Enter")
        window.wait_for_url("**/desk/")
        window.keyboard.press("Enter")
        window.wait_for_selector("body[data-shown]")
        operator = Operator(window)
        took, painted, nexts = [], [], []
        for i in range(SHEETS):
            window.evaluate("window.painted.length = 0")
            window.wait_for_timeout(50)
            took.append(operator.sheet(i))
            nexts.append(window.evaluate("window.next"))
            window.keyboard.press("Tab")            # a key on every sheet, painted and counted below
            window.wait_for_timeout(150)
            window.keyboard.press("Shift+Tab")
            window.wait_for_timeout(150)
            painted += window.evaluate("window.painted")
        per_field = operator.keys / operator.confirmed
        confirm_s, many = run(window, url)
        browser.close()
    return {"key_to_paint_p95_ms": (float(np.percentile(painted, 95)), len(painted)),
            "next_sheet_p95_ms": (float(np.percentile(nexts, 95)), len(nexts)),
            "next_sheet_p50_ms": (float(np.median(nexts)), len(nexts)),
            "clean_sheet_s": (float(np.mean(took)), len(took)), "keys_per_field": (per_field, operator.confirmed),
            "confirm_s": (confirm_s, many)}


def run(window: Window, url: str) -> tuple[float, int]:
    """Seconds a confirmation in a field run, each looked at for half a second: three screens of twenty."""
    window.goto(f"{url}/desk/runs/kodomo_seikyu/days")
    window.wait_for_selector("body[data-ready]")
    begun, many = time.perf_counter(), 60
    for _ in range(many):
        window.wait_for_timeout(500)
        window.wait_for_timeout(KEY_S * 1000)
        window.keyboard.press("Enter")
    return (time.perf_counter() - begun) / many, many


def request_p95_ms(url: str, tokens: list[str], seconds: float) -> tuple[float, int]:
    """Of all requests that 30 people make at once, each at its own pace, while a worker reads papers."""
    took: list[float] = []
    stop = time.monotonic() + seconds
    samples = sorted((REPO / "samples" / "kodomo_seikyu").glob("*.png"))
    worker = subprocess.Popen(["sh", "-c", f"while :; do tsuzuri read {samples[0]} >/dev/null 2>&1; done"], start_new_session=True)
    people = [threading.Thread(target=_person, args=(url, token, stop, took)) for token in tokens]
    for person in people:
        person.start()
        time.sleep(THINK_S / PEOPLE)
    for person in people:
        person.join()
    os.killpg(worker.pid, 9)
    worker.wait()
    return float(np.percentile(took, 95)), len(took)


def _person(url: str, token: str, stop: float, took: list[float]) -> None:
    with httpx.Client(base_url=url, trust_env=False, timeout=60, cookies={"tsuzuri_desk": token}) as web:
        csrf = web.get("/desk/keys").text.partition('name="csrf" content="')[2].partition('"')[0]
        headers = {"X-CSRF-Token": csrf, "Accept": "application/json"}

        def timed(method: str, path: str, **more: Any) -> httpx.Response:
            begun = time.perf_counter()
            reply = web.request(method, path, headers=headers, **more)
            took.append((time.perf_counter() - begun) * 1000)
            time.sleep(THINK_S)
            return reply

        while time.monotonic() < stop:
            paper = timed("POST", "/desk/next", data={"csrf": csrf}).headers["location"].rpartition("/")[2]
            page = timed("GET", f"/desk/sheets/{paper}").text
            told = json.loads(page.partition('id="told">')[2].partition("</script>")[0])
            timed("GET", told["pages"][0]["picture"])
            timed("POST", f"/desk/sheets/{paper}/lease", json={})
            timed("GET", f"/desk/sheets/{paper}/beside")
            version = told["version"]
            for name in ASKED:
                sent = {"version": version, "changes": {name: told["fields"][name]["shown"]}}
                version = timed("POST", f"/desk/sheets/{paper}/save", json=sent).json()["state"]["version"]
            timed("POST", f"/desk/sheets/{paper}/approve", json={"version": version, "accepted": []})


def main() -> None:
    """Run all, and write one line of history."""
    told = argparse.ArgumentParser(description=__doc__)
    told.add_argument("--n", type=int, default=500_000, help="papers in the queue")
    told.add_argument("--seconds", type=float, default=60, help="how long 30 people work")
    told.add_argument("--dry", action="store_true", help="write no history")
    args = told.parse_args()
    with tempfile.TemporaryDirectory() as home:
        line = open_line(Settings(home=Path(home), redis_url="", database_url=""))
        tokens = lay(line, args.n)
        line.store.close()
        with served(Path(home)) as url:
            found = at_the_browser(url)
            found["request_p95_ms"] = request_p95_ms(url, tokens, args.seconds)
    out = Console(width=120)
    for name, (value, many) in found.items():
        out.print(f"  {name:24} {value:12,.2f}   n = {many:,}")
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
