"""A desk: real web server on a free loopback port, SQLite, files on disk; papers are laid there by hand."""

from __future__ import annotations

import secrets
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import uvicorn
from argon2 import PasswordHasher
from fastapi import FastAPI
from playwright.sync_api import Browser, Playwright, sync_playwright
from playwright.sync_api import Page as Window

from tests.desk import papers
from tests.desk.killed import forking
from tsuzuri.desk import hang_desk
from tsuzuri.flow import Line
from tsuzuri.forms import load_city
from tsuzuri.model import Batch, Document, Page, Scan, Step, Value
from tsuzuri.queue import Queue
from tsuzuri.settings import REPO
from tsuzuri.stages.validate import validate
from tsuzuri.store import Files, Store, accounts

PASSWORD = "kusamakura-1906"
CHROMIUM = shutil.which("chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NOW = datetime(2025, 6, 3, 1, 30, tzinfo=UTC)  # 10:30 in the office


class Clock:
    """The desk's time: stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Person:
    """Somebody logged in over HTTP, as a browser would: cookie kept, token sent with every change."""

    def __init__(self, url: str, name: str) -> None:
        self.web = httpx.Client(base_url=url, trust_env=False, timeout=20)
        self.web.post("/desk/login", data={"name": name, "password": PASSWORD})
        page = self.web.get("/desk/").text
        self.csrf = page.partition('<meta name="csrf" content="')[2].partition('"')[0]

    def post(self, path: str, told: dict[str, Any] | None = None) -> httpx.Response:
        """A change as the page's scripts ask for it."""
        headers = {"X-CSRF-Token": self.csrf, "Accept": "application/json"}
        return self.web.post(path, json=told or {}, headers=headers)

    def send(self, path: str, **fields: str) -> httpx.Response:
        """A change as a page's form asks for it."""
        return self.web.post(path, data={"csrf": self.csrf, **fields})


@dataclass
class Desk:
    """The running desk and what lies on it."""

    url: str
    line: Line
    clock: Clock
    app: FastAPI
    open: ExitStack = field(default_factory=ExitStack)

    @property
    def home(self) -> str:
        """The folder of its database."""
        return str(Path(str(self.line.store.url.database)).parent)

    def person(self, name: str) -> Person:
        """Log in as one of the people."""
        person = Person(self.url, name)
        self.open.callback(person.web.close)
        return person

    def paper(
        self,
        form: str | None = "kodomo_seikyu",
        batch: str = "bt_east",
        draw: bool = False,
        doubt: tuple[str, ...] = (),
        **changed: Value,
    ) -> Document:
        """Lay one sheet there: the fictional claim, some values changed, unsure in the fields of `doubt`."""
        number = secrets.token_hex(4)
        own = papers.numbered(f"{int(number, 16) % 10**6:06}")      # a patient of its own: no two papers are one claim
        values = {**papers.CLAIM, "recipient_no": own, **changed}
        known = papers.FORMS[form] if form else None
        laid = known if known and known.rows else papers.FORMS["kodomo_seikyu"]
        document = papers.read(laid, values, id=f"dc_{number}", batch_id=batch)
        unsure = {name: replace(document.fields[name], confidence=0.4) for name in doubt}
        fields = {**document.fields, **unsure} if known else {}
        document = validate(replace(document, form=form, fields=fields), known)
        image = self.line.files.put(papers.picture(laid, values)) if draw else None
        with self.line.unit() as unit:
            seq = len(unit.scans_of_batch(batch)) + 1
            scan = Scan(
                f"sc_{number}",
                batch,
                seq,
                f"{seq:04d}.jpg",
                "0" * 64,
                1,
                "image/jpeg",
                1,
                NOW,
                step=Step.OPENED,
            )
            unit.add_scan(scan)
            unit.add_document(document)
            unit.add_page(Page(f"pg_{number}", scan.id, batch, 1, NOW, Step.BOUND, 0, image, document.id, document.form))
        return document

    def stored(self, document: Document) -> Document:
        """The document as it stands now."""
        with self.line.store.read() as look:
            return look.document(document.id)


def _line(home: Path, clock: Clock) -> Line:
    return Line(
        store=Store(f"sqlite:///{home / 'desk.sqlite3'}"),
        files=Files(home / "files"),
        queue=Queue("unix:///nowhere.sock"),
        forms=papers.FORMS,
        readers=dict,
        clock=clock,
        exports=home / "exports",
        city=load_city(REPO / "pipelines").model_copy(update={"lures": 0.0, "blind": 0.0}),      # tests that want them say so
        zone=ZoneInfo("Asia/Tokyo"),
    )


def _people_and_batches(line: Line) -> None:
    with line.unit() as unit:
        for name, role, ward in (
            ("sato", "clerk", None),
            ("suzuki", "clerk", None),
            ("kanto", "supervisor", None),
            ("kansa", "auditor", None),
            ("higashi", "supervisor", "東区"),
            ("nishi", "clerk", "西区"),
        ):
            accounts.add_user(unit, name, PASSWORD, role, NOW, ward)
        for name, ward in (("bt_east", "東区"), ("bt_west", "西区")):
            unit.add_batch(
                Batch(name, "EAST-1", f"KM-20250603-{name[3:].upper()}-B001", ward, "kodomo", 3, NOW, papers.DAY)
            )


@pytest.fixture(scope="session")
def births() -> Iterator[subprocess.Popen[str]]:
    """Where servers that are to be killed are forked off."""
    with forking() as process:
        yield process


@pytest.fixture(scope="session")
def web() -> Iterator[tuple[FastAPI, str]]:
    """The web server with the desk, still without a line."""
    app = FastAPI()
    hang_desk(app, None)  # type: ignore[arg-type]
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", timeout_keep_alive=60))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        until = time.monotonic() + 20
        while not server.started and time.monotonic() < until:
            thread.join(0.01)
        yield app, f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def peopled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database that knows people and two batches; copied, not used."""
    home = tmp_path_factory.mktemp("peopled")
    line = _line(home, Clock())
    line.store.create()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_hasher", _quick_hasher)
        _people_and_batches(line)
    line.store.close()
    return home


@pytest.fixture
def desk(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    web: tuple[FastAPI, str],
    peopled: Path,
) -> Iterator[Desk]:
    """A desk with people, two batches and no paper yet."""
    monkeypatch.setattr(accounts, "_hasher", _quick_hasher)
    shutil.copy(peopled / "desk.sqlite3", tmp_path)
    app, url = web
    clock = Clock()
    app.state.line = line = _line(tmp_path, clock)
    with ExitStack() as opened:
        yield Desk(url, line, clock, app, opened)
    line.store.close()


def _quick_hasher() -> PasswordHasher:
    """The same hash, for people who need not be safe."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One headless browser for all of these."""
    playwright: Playwright
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


@contextmanager
def window(chromium: Browser, desk: Desk, name: str) -> Iterator[Window]:
    """A window of its own, with somebody logged in by keyboard; any fault of a script fails the test."""
    context = chromium.new_context(locale="ja-JP", timezone_id="Asia/Tokyo", viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(10_000)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda told: faults.append(told.text) if "Content Security" in told.text else None)
    page.on("dialog", lambda dialog: faults.append(dialog.message))
    page.goto(f"{desk.url}/desk/login")
    page.wait_for_selector("input[autofocus]:focus")      # letters typed sooner would be lost
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/")
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def page(chromium: Browser, desk: Desk) -> Iterator[Window]:
    """The window of a clerk."""
    with window(chromium, desk, "sato") as page:
        yield page
