"""The operator's page: on this machine only, plain HTML, no script. Reads the journal, and writes into it what somebody presses."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tsuzuri.station import draw
from tsuzuri.station.journal import Batch, BatchRow, File, Journal
from tsuzuri.station.say import SIDES, WORDS, BatchLine, Collate, expected, look
from tsuzuri.station.trouble import Trouble

MOST_BYTES = 16 * 1024      # of a form
LONGEST = 64                # of a word in it
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
MOST_SHEETS = 100_000


class _Page(ThreadingTCPServer):
    """The server, with what its handlers need to know."""

    daemon_threads = True
    allow_reuse_address = os.name != "nt"       # there it would let another program listen beside this one

    def __init__(self, port: int, home: Path, folder: Path, defaults: Mapping[str, Any]) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.home, self.folder, self.defaults = home, folder, dict(defaults)
        self.token = secrets.token_urlsafe(16)      # other sites' forms do not know it


class _Handler(BaseHTTPRequestHandler):
    """One request."""

    server: _Page
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        """The page, or a form of it."""
        asked = urlsplit(self.path)
        if not self._is_ours():
            return self._answer(403, draw.note("この画面は、この端末でだけ開けます。"))
        journal = Journal(self.server.home)
        try:
            if asked.path == "/":
                return self._answer(200, draw.page(look(journal), self.server.folder, self.server.token))
            if asked.path == "/batch":
                chosen = parse_qs(asked.query).get("n", [""])[0]
                found = [row for row in journal.batches(Batch.OPEN, Batch.ENDING) if str(row.n) == chosen]
                declared = found[0].declared if found else self.server.defaults
                return self._answer(200, draw.form(
                    declared, found[0].n if found else 0, self.server.token, _wanted(journal)))
            return self._answer(404, draw.note("その画面はありません。"))
        finally:
            journal.close()

    def do_POST(self) -> None:
        """Something was pressed."""
        size = int(self.headers.get("Content-Length") or 0)
        if size > MOST_BYTES or not self._is_ours():
            self.close_connection = True
            return self._answer(403, draw.note("この画面は、この端末でだけ使えます。"))
        said = {name: values[0] for name, values in parse_qs(self.rfile.read(size).decode("utf-8", "replace")).items()}
        if not secrets.compare_digest(said.get("token", "").encode(), self.server.token.encode()):
            return self._answer(403, draw.note("画面が古くなっています。開き直してください。"))
        journal = Journal(self.server.home)
        try:
            if said.get("do") == "close" and (doubtful := _doubtful(journal, said.get("n", ""))):
                return self._answer(200, draw.sure(doubtful, self.server.token))
            fault = self._act(journal, said)
        except Trouble as trouble:
            fault = trouble.said
        finally:
            journal.close()
        return self._answer(422, draw.note(fault)) if fault else self._go_home()

    def _act(self, journal: Journal, said: dict[str, str]) -> str:
        """Do it; what is wrong with what was said, or nothing."""
        what, n = said.get("do", ""), int(said["n"]) if said.get("n", "").isdecimal() else 0
        rows = {row.n: row for row in journal.batches(Batch.OPEN, Batch.ENDING, Batch.STOPPED)}
        if what == "declare":
            return self._declare(journal, rows.get(n), said)
        if what in ("close", "close-surely") and n in rows and rows[n].state is Batch.OPEN:
            journal.move_on(n, Batch.ENDING)
        elif what == "carry" and n in rows and rows[n].state is Batch.STOPPED:
            journal.carry_over(rows[n])
        elif what in ("again", "drop") and n in {file.n for file in journal.files(None, File.REFUSED)}:
            journal.settle(n, File.WAITING if what == "again" else File.DROPPED)
        return ""

    def _declare(self, journal: Journal, row: BatchRow | None, said: dict[str, str]) -> str:
        told: dict[str, Any] = {word: said.get(word, "").strip()[:LONGEST] for word in WORDS}
        if not told["sheets"].isascii() or not told["sheets"].isdecimal() or int(told["sheets"]) > MOST_SHEETS:
            return "枚数は数字で入力してください。"
        told["sheets"] = int(told["sheets"])
        if missing := [called for word, called in WORDS.items() if told[word] == ""]:
            return f"{'、'.join(missing)}を入力してください。"
        told |= _more(journal, row.declared if row else {}, said)
        if row is None:
            if journal.open_batch(self.server.folder) is not None:
                return "受付中のバッチがあります。締め切ってから新しいバッチを始めてください。"
            row = journal.begin(self.server.folder, {**self.server.defaults, **told})
        elif row.office_id is not None:
            return "このバッチはもう申告されています。枚数を直すには担当者に知らせてください。"
        journal.by_hand(row.n, {**row.by_hand, **told})
        journal.redeclare(row.n, {**row.declared, **told})
        return ""

    def _is_ours(self) -> bool:
        """Whether it was asked for by this machine's name: another site's name may lead here too."""
        name = (self.headers.get("Host") or "").rpartition(":")[0]
        origin = self.headers.get("Origin")
        return name in ("127.0.0.1", "localhost") and (origin is None or urlsplit(origin).hostname in ("127.0.0.1", "localhost"))

    def _go_home(self) -> None:
        self.send_response(303)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, status: int, body: str) -> None:
        content = body.encode()
        self.send_response(status)
        for name, value in (("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(content))),
                            ("Cache-Control", "no-store"), ("Content-Security-Policy", POLICY), ("Referrer-Policy", "no-referrer")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
        """Nothing: the page is asked for every few seconds."""


def _wanted(journal: Journal) -> list[dict[str, Any]]:
    return [one for one in journal.noted("rescans") or [] if one.get("document")]


def _more(journal: Journal, declared: Mapping[str, Any], said: Mapping[str, str]) -> dict[str, Any]:
    """What need not be said of a batch: how its sides come, what it brings again. What was never said is left out."""
    collate = said.get("collate", "")
    again = [one["document"] for one in _wanted(journal) if draw.AGAIN + one["document"] in said]
    told = {"collate": collate if collate in SIDES else Collate.AS_FED.value, "rescans": again}
    return {word: value for word, value in told.items() if word in declared or value not in (Collate.AS_FED, [])}


def _doubtful(journal: Journal, n: str) -> BatchLine | None:
    """The batch of that number if it has not what was declared, so that closing it may be a slip of the hand."""
    found = [line for line in look(journal).lines if str(line.row.n) == n]
    return next((line for line in found if line.waiting or line.refused or line.pages != expected(line.row.declared)), None)


@contextmanager
def serve(home: Path, folder: Path, defaults: Mapping[str, Any], port: int | None) -> Iterator[str]:
    """The page, while this lasts; its address ("" without a port: there is none). A taken port is left for a free one."""
    if port is None:
        yield ""
        return
    try:
        page = _Page(port, home, folder, defaults)
    except (OSError, OverflowError):        # the second is a number that no port has
        page = _Page(0, home, folder, defaults)
    thread = threading.Thread(target=page.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{page.server_address[1]}/"
    finally:
        page.shutdown()
        page.server_close()
        thread.join()
