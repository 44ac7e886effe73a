"""A desk in a process of its own, to be killed in the midst of its work and begun again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

SERVER = """
import os, signal, sys
from pathlib import Path
import uvicorn
from fastapi import FastAPI
from tests.desk.conftest import Clock, _line
from tsuzuri.desk import hang_desk
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for asked in sys.stdin:
    home, port = asked.rstrip().rsplit(maxsplit=1)
    child = os.fork()
    if child == 0:
        os.dup2(2, 1)
        app = FastAPI()
        hang_desk(app, _line(Path(home), Clock()))
        uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="error", lifespan="off")
        os._exit(0)
    print(child, flush=True)
"""


@contextmanager
def forking() -> Iterator[subprocess.Popen[str]]:
    """Where servers are forked off, all that they import being there: of a home and a port it says which process serves them."""
    with subprocess.Popen([sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


class Killed:
    """A desk in a process of its own over the same database, to be killed and begun again at the same address."""

    def __init__(self, births: subprocess.Popen[str], home: str, port: int) -> None:
        self.births, self.home, self.port, self.url = births, home, port, f"http://127.0.0.1:{port}"
        self.pid = 0

    def begin(self) -> None:
        """Up, once it answers."""
        told, born = self.births.stdin, self.births.stdout
        assert told is not None and born is not None
        print(self.home, self.port, file=told, flush=True)
        self.pid = int(born.readline())
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                httpx.get(f"{self.url}/desk/login", trust_env=False)
            except httpx.TransportError:
                continue
            return
        raise TimeoutError("the desk did not come up")

    def kill(self) -> None:
        """Gone at once, whatever it was doing."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        while Path(f"/proc/{self.pid}/stat").exists():
            time.sleep(0.002)


@contextmanager
def desk_process(births: subprocess.Popen[str], home: str) -> Iterator[Killed]:
    """A desk upon the database in that home, killed in the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Killed(births, home, port)
    running.begin()
    try:
        yield running
    finally:
        running.kill()
