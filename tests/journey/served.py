"""A web server as `tsuzuri serve` starts it, and nothing beside it: no worker, no queue server. Killed and started again at will.

A nursery process imports the server once and forks each life off it, so that a start takes a tenth of a second.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tsuzuri.store import Files, Store, accounts
from tsuzuri.up import free_port

PATIENCE_S = 60.0
NURSERY = """
import json, os, signal, sys
import tsuzuri.web
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for asked in sys.stdin:
    asked = json.loads(asked)
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.environ.update(asked["environment"])
        out = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(out, 1), os.dup2(out, 2)
        exec(asked["first"])
        tsuzuri.web.main()
    print(child, flush=True)
"""


@dataclass
class Nursery:
    """Where web servers are forked off."""

    process: subprocess.Popen[str]

    def begin(self, environment: dict[str, str], log: Path, first: str) -> int:
        """A new one; its process id."""
        told, born = self.process.stdin, self.process.stdout
        assert told is not None and born is not None
        print(json.dumps({"environment": environment, "log": str(log), "first": first}), file=told, flush=True)
        return int(born.readline())


@contextmanager
def nursery() -> Iterator[Nursery]:
    """One for a whole session."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "OMP_THREAD_LIMIT": "1"}
    with subprocess.Popen([sys.executable, "-c", NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          env=environment) as process:
        yield Nursery(process)
        process.kill()


@dataclass
class Served:
    """One house's web server. `first`: Python that a life runs before it serves, to make it impatient or unlucky."""

    nursery: Nursery
    home: Path
    first: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=lambda: free_port("127.0.0.1", 0))
    pid: int = 0

    def start(self) -> None:
        """Serve, and come back once it answers."""
        environment = {"TSUZURI_HOME": str(self.home), "TSUZURI_PORT": str(self.port), "TSUZURI_DATABASE_URL": "",
                       "TSUZURI_REDIS_URL": f"unix://{self.home / 'nobody.sock'}", **self.settings}
        self.pid = self.nursery.begin(environment, self.log, self.first)
        deadline = time.monotonic() + PATIENCE_S
        while True:
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/healthz", trust_env=False).is_success:
                    return
            assert self.alive() and time.monotonic() < deadline, self.said()
            time.sleep(0.02)

    def kill(self) -> None:
        """As a power cut ends a process: at once, with whatever it was doing."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        while self.alive():
            time.sleep(0.002)

    def alive(self) -> bool:
        """Whether this life goes on."""
        return Path(f"/proc/{self.pid}/stat").exists()

    def said(self) -> str:
        """What it printed: warnings and errors only."""
        return self.log.read_text("utf-8") if self.log.exists() else ""

    def most_mib(self) -> float:
        """The most memory that this life ever had resident."""
        told = Path(f"/proc/{self.pid}/status").read_text()
        return int(next(line for line in told.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024

    def open_files(self) -> int:
        """Files and connections that it holds."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def store(self) -> Store:
        """Its rows, beside it."""
        return Store(f"sqlite:///{self.home / 'tsuzuri.sqlite3'}")

    def files(self) -> Files:
        """Its files, beside it."""
        return Files(self.home / "files")

    def key(self, name: str = "TEST-1") -> str:
        """The API key of a further station."""
        store = self.store()
        with store.unit() as unit:
            made = accounts.add_station(unit, name, datetime.now(UTC))
        store.close()
        return made

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """Where it prints."""
        return self.home / "web.log"


def new_home(model: Path, home: Path) -> Path:
    """A house with an empty database of the newest shape."""
    home.mkdir(parents=True)
    shutil.copy(model, home / "tsuzuri.sqlite3")
    return home


def empty_database(folder: Path) -> Path:
    """A database of the newest shape, to be copied."""
    path = folder / "model.sqlite3"
    store = Store(f"sqlite:///{path}")
    store.create()
    store.close()
    return path


