"""A station with a folder of its own before a real office: the API over HTTP, a real store, real files. Its clock is the test's."""

from __future__ import annotations

import hashlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import app, caller, line, model_database, one_app, picture, served, web
from tsuzuri.flow import Line
from tsuzuri.model import Batch as OfficeBatch
from tsuzuri.model import Scan
from tsuzuri.station.client import Office, Pace
from tsuzuri.station.folder import LOOKS, HotFolder
from tsuzuri.station.journal import Journal
from tsuzuri.station.work import Station
from tsuzuri.store.tables import batches

__all__ = ["app", "line", "model_database", "one_app", "served", "web"]
WORDS = 'ward = "東区"\nprocedure = "kodomo"\n'


@dataclass
class Desk:
    """The scanning PC: a hot folder, a home, and an office at `url`. `now` is what its clock says."""

    root: Path
    home: Path
    url: str
    key: str
    line: Line
    now: float = 0.0
    pin: str = ""
    opened: list[Station] = field(default_factory=list)

    def station(self, looks: int = LOOKS, **more: object) -> Station:
        """The program, started (again)."""
        (self.home / "spool").mkdir(parents=True, exist_ok=True)
        http = httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {self.key}"}, trust_env=False, timeout=20)
        station = Station(Journal(self.home), self.home / "spool", Office(http, Pace(sleep=self.sleep, clock=lambda: self.now)),
                          HotFolder(self.root, looks), pin=self.pin, clock=lambda: self.now, chance=lambda: 1.0, **more)
        self.opened.append(station)
        station.wake()
        return station

    def sleep(self, seconds: float) -> None:
        """Time goes by."""
        self.now += seconds

    def work(self, station: Station, turns: int = 12) -> None:
        """So many turns, two seconds apart."""
        for _ in range(turns):
            station.turn()
            self.now += 2.0

    def scanned(self, name: str, shade: int, size: int = 0) -> bytes:
        """A scanner writes a file."""
        body = picture(shade)
        body += bytes(max(0, size - len(body)))
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        return body

    def batch(self, box: str, count: int = 3, ended: bool = True) -> list[bytes]:
        """A folder with so many scans and its words."""
        bodies = [self.scanned(f"{box}/{n}.png", 40 * n) for n in range(1, count + 1)]
        (self.root / box / "batch.toml").write_text(f"{WORDS}sheets = {count}\n", "utf-8")
        if ended:
            (self.root / box / "END").touch()
        return bodies

    def stored(self, box: str) -> list[tuple[OfficeBatch, list[Scan]]]:
        """What the office has of a box."""
        with self.line.store.read() as look:
            rows = look.connection.execute(batches.select().where(batches.c.box == box)).all()
            return [(look.batch(row.id), look.scans_of_batch(row.id)) for row in rows]

    def sent(self, box: str) -> list[str]:
        """What was put away."""
        return sorted(path.name for path in (self.root / "sent" / box).glob("*") if path.suffix == ".png")


@pytest.fixture
def desk(tmp_path: Path, line: Line, web: httpx.Client) -> Iterator[Desk]:
    """A scanning PC with a key."""
    root = tmp_path / "scans"
    root.mkdir()
    made = Desk(root, tmp_path / "station", str(web.base_url), caller(line, web, "EAST-1", "station").key or "", line)
    yield made
    for station in made.opened:
        station.journal.close()
        station.office.hang_up()


def sha(body: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(body).hexdigest()


class Cutter:
    """A line to `url` that breaks: of each connection only so many bytes get through. When `cuts` are used up, all do."""

    def __init__(self, url: str, cuts: list[int]) -> None:
        self._to, self.cuts = (httpx.URL(url).host, httpx.URL(url).port), cuts
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """No more connections."""
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            far = socket.create_connection(self._to)
            left = self.cuts.pop(0) if self.cuts else None
            threads = [threading.Thread(target=self._pass, args=(near, far, left), daemon=True),
                       threading.Thread(target=self._pass, args=(far, near, None), daemon=True)]
            for thread in threads:
                thread.start()
            threading.Thread(target=self._end, args=(threads, near, far), daemon=True).start()

    @staticmethod
    def _pass(one: socket.socket, other: socket.socket, left: int | None) -> None:
        try:
            while left is None or left > 0:
                heard = one.recv(65536 if left is None else min(left, 65536))
                if not heard:
                    break
                other.sendall(heard)
                left = left if left is None else left - len(heard)
        except OSError:
            pass
        for end in (one, other):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    @staticmethod
    def _end(threads: list[threading.Thread], *ends: socket.socket) -> None:
        for thread in threads:
            thread.join()
        for end in ends:
            end.close()
