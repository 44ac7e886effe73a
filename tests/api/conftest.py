"""The machines' API over a real store and real files; only the queue is a fake that writes down what it is told."""

from __future__ import annotations

import base64
import hashlib
import io
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from PIL import Image
from starlette.types import ASGIApp, Receive, Scope, Send

from tsuzuri.api import hang_api
from tsuzuri.errors import Stuck
from tsuzuri.flow import Limits, Line
from tsuzuri.forms import Forms, load_city
from tsuzuri.image.pages import Caps
from tsuzuri.model import Document, Field, Page, Reading, Step
from tsuzuri.settings import REPO
from tsuzuri.store import Files, Store, accounts

NOW = datetime(2025, 11, 7, 3, 0, tzinfo=UTC)       # 12:00 in Japan
MOST = 300_000                                      # bytes a file may have here


@dataclass
class Recorder:
    """A queue that remembers its nudges, or is silent."""

    nudges: list[tuple[str, str]] = field(default_factory=list)
    silent: bool = False

    def send(self, nudges: list[tuple[str, str]]) -> int:
        """Write them down."""
        self.waiting()
        self.nudges += nudges
        return len(nudges)

    def waiting(self) -> int:
        """How many were told."""
        if self.silent:
            raise Stuck("silent", code="queue_silent")
        return len(self.nudges)


@pytest.fixture(scope="session")
def model_database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A migrated, empty SQLite file."""
    path = tmp_path_factory.mktemp("model") / "model.db"
    store = Store(f"sqlite:///{path}")
    store.create()
    store.close()
    return path.read_bytes()


@pytest.fixture
def line(tmp_path: Path, model_database: bytes) -> Iterator[Line]:
    """A line whose queue is a Recorder."""
    (tmp_path / "store.db").write_bytes(model_database)
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    yield Line(
        store=store, files=Files(tmp_path / "files"), queue=Recorder(), forms=Forms({}), readers=dict, clock=lambda: NOW,
        exports=tmp_path, city=load_city(REPO / "pipelines"), zone=ZoneInfo("Asia/Tokyo"),
        limits=Limits(caps=Caps(bytes=MOST, pages=5, pixels=1_000_000)),
    )
    store.close()


@pytest.fixture(scope="session")
def one_app() -> list[FastAPI]:
    """The application of all tests, once there is one: its many routes take a tenth of a second to hang."""
    return []


@pytest.fixture
def app(line: Line, one_app: list[FastAPI]) -> FastAPI:
    """The application, the API alone hung upon it, standing at this test's line."""
    if not one_app:
        one_app.append(new_app(line))
    one_app[0].state.line = line
    return one_app[0]


def new_app(line: Line) -> FastAPI:
    """An application of its own, figures and all."""
    app = FastAPI(title="Tsuzuri", docs_url=None, redoc_url=None)
    hang_api(app, line)
    return app


@dataclass
class Caller:
    """A machine with a key, or none."""

    web: httpx.Client
    key: str | None = None

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
        """Any request, with the key."""
        shown = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return self.web.request(method, path, headers={**shown, **(headers or {})}, **more)

    def get(self, path: str, **more: Any) -> httpx.Response:
        """GET, with the key."""
        return self.ask("GET", path, **more)

    def declare(self, sheets: int = 2, **headers: str) -> httpx.Response:
        """Declare a batch."""
        told = {"box": "KM-0001", "ward": "東区", "procedure": "kodomo", "sheets": sheets}
        return self.ask("POST", "/v1/batches", json=told, headers=headers)

    def batch(self, sheets: int = 2) -> str:
        """The id of a new batch."""
        return str(self.declare(sheets).json()["id"])

    def send(self, batch: str, seq: int, body: bytes, name: str = "0001.png", **headers: str) -> httpx.Response:
        """Send a file as a station does."""
        told = {"Content-Digest": digest_of(body), "X-File-Name": quote(name), **headers}
        return self.ask("PUT", f"/v1/batches/{batch}/scans/{seq}", content=body, headers=told)


class Switch:
    """One server for all tests; whatever application a test hangs here is what it serves."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[Switch, str]]:
    """A real web server on a free loopback port, and its address."""
    switch = Switch()
    # The protocol named: asyncio switches Nagle off for such sockets only, and 40 ms an answer add up.
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(switch, log_level="critical", lifespan="off", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield switch, f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture
def web(app: FastAPI, served: tuple[Switch, str]) -> Iterator[httpx.Client]:
    """A client of the application, over real HTTP."""
    served[0].app = app
    with httpx.Client(base_url=served[1], trust_env=False, timeout=20) as client:
        yield client


@pytest.fixture
def station(line: Line, web: httpx.Client) -> Caller:
    """Scanner station EAST-1."""
    return caller(line, web, "EAST-1", "station")


def caller(line: Line, web: httpx.Client, name: str, role: str, ward: str | None = None) -> Caller:
    """A machine with a new key of that role."""
    with line.unit() as unit:
        return Caller(web, accounts.add_key(unit, name, role, line.clock(), ward))


def digest_of(body: bytes) -> str:
    """Content-Digest of a body."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def picture(shade: int = 255, kind: str = "PNG", size: tuple[int, int] = (60, 80)) -> bytes:
    """A small picture of one colour."""
    out = io.BytesIO()
    Image.new("L", size, shade).save(out, kind)
    return out.getvalue()


def bound(line: Line, batch: str, name: str = "d1", step: Step = Step.REVIEW, form: str | None = None) -> Document:
    """A document read from the batch's first file, with its picture and a reading."""
    fields = {"patient_name": Field("綴 花子", 0.9, "綴 花子", "ppocr/6s", (1.0, 2.0, 3.0, 4.0)),
              "account_no": Field("0123457", 0.9, "0123457", "ppocr/6s", (1.0, 2.0, 3.0, 4.0))}
    document = Document(name, batch, form, 1, NOW.date(), fields, step=step, score=0.5)
    with line.unit() as unit:
        scan = unit.scans_of_batch(batch)[0]
        unit.save_scan(replace(scan, step=Step.OPENED), was=Step.RECEIVED)
        unit.add_document(document)
        unit.add_page(Page(f"p-{name}", scan.id, batch, len(unit.pages_of_batch(batch)) + 1, NOW, Step.BOUND, 0,
                           line.files.put(picture(kind="JPEG")), name))
        unit.add_readings(f"p-{name}", [Reading("account_no", "0123457", 0.9, "ppocr/6s", (1.0, 2.0, 3.0, 4.0))])
    return document
