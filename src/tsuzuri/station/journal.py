"""The journal: what the station knows of each file and batch. SQLite, on the disk before the next step is taken."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from tsuzuri.station.spool import Copy, Stamp
from tsuzuri.station.trouble import own_disk

BUSY_S = 10
TABLES = """
CREATE TABLE IF NOT EXISTS batches (
    n INTEGER PRIMARY KEY, folder BLOB NOT NULL, state TEXT NOT NULL, token TEXT NOT NULL, declared TEXT NOT NULL,
    by_hand TEXT NOT NULL DEFAULT '{}', office_id TEXT, said TEXT NOT NULL DEFAULT '', balance TEXT, begun_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS files (
    n INTEGER PRIMARY KEY, batch INTEGER NOT NULL REFERENCES batches(n), path BLOB NOT NULL, size INTEGER NOT NULL,
    changed INTEGER NOT NULL, sha256 TEXT NOT NULL, copy TEXT NOT NULL, state TEXT NOT NULL, seq INTEGER,
    code TEXT NOT NULL DEFAULT '', said TEXT NOT NULL DEFAULT '', receipt TEXT, taken_at TEXT NOT NULL,
    marks TEXT NOT NULL DEFAULT '{}');
CREATE INDEX IF NOT EXISTS files_path ON files (path);
CREATE INDEX IF NOT EXISTS files_batch ON files (batch, state);
CREATE UNIQUE INDEX IF NOT EXISTS files_seq ON files (batch, seq);
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, told TEXT NOT NULL);
"""


class File(StrEnum):
    """Where a file stands."""

    WAITING = "waiting"         # copied, not accepted yet
    ACCEPTED = "accepted"       # its receipt is here; the original is not put away yet
    DONE = "done"               # put away
    REFUSED = "refused"         # the office will not have it; somebody must look
    DROPPED = "dropped"         # somebody looked: it is not to be sent
    GONE = "gone"               # that one, put away


class Batch(StrEnum):
    """Where a batch stands."""

    OPEN = "open"
    ENDING = "ending"           # no more paper comes; closed once all is accepted
    CLOSED = "closed"
    STOPPED = "stopped"         # the office takes no more of it; somebody must look


@dataclass(frozen=True)
class BatchRow:
    """A batch as the journal has it. `declared` is what is to be told the office, `said` why it was not taken."""

    n: int
    folder: Path
    state: Batch
    token: str
    declared: dict[str, Any]
    by_hand: dict[str, Any]
    office_id: str | None
    said: str
    balance: dict[str, Any] | None
    begun_at: str


@dataclass(frozen=True)
class FileRow:
    """A file as the journal has it."""

    n: int
    batch: int
    path: Path
    stamp: Stamp
    sha256: str
    copy: str
    state: File
    seq: int | None
    code: str
    said: str
    receipt: dict[str, Any] | None
    taken_at: str
    marks: dict[str, str]


class Journal:
    """The journal in a folder. One for each thread that speaks to it."""

    def __init__(self, home: Path) -> None:
        with own_disk():
            self._db = sqlite3.connect(home / "journal.sqlite3", timeout=BUSY_S, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            for told in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                self._db.execute(f"PRAGMA {told}")
            self._db.executescript(TABLES)

    def close(self) -> None:
        """Let go of it."""
        self._db.close()

    def begin(self, folder: Path, declared: dict[str, Any]) -> BatchRow:
        """A new batch of that folder. Its token makes telling the office twice the same as once."""
        told = (os.fsencode(folder), Batch.OPEN, secrets.token_hex(16), json.dumps(declared), _now())
        return self.batch(self._write("INSERT INTO batches (folder, state, token, declared, begun_at) VALUES (?,?,?,?,?)", *told))

    def redeclare(self, batch: int, declared: dict[str, Any]) -> None:
        """Other words for a batch that the office has not taken: another token, for it is another thing."""
        self._write("UPDATE batches SET declared=?, token=?, said='' WHERE n=? AND office_id IS NULL",
                    json.dumps(declared), secrets.token_hex(16), batch)

    def by_hand(self, batch: int, told: dict[str, Any]) -> None:
        """What somebody said of the batch on the page; it stands before what its folder says."""
        self._write("UPDATE batches SET by_hand=? WHERE n=?", json.dumps(told), batch)

    def known_to_office(self, batch: int, office_id: str) -> None:
        """The office has taken the declaration."""
        self._write("UPDATE batches SET office_id=?, said='' WHERE n=?", office_id, batch)

    def say(self, batch: int, said: str) -> None:
        """Why the office did not take the declaration."""
        self._write("UPDATE batches SET said=? WHERE n=?", said, batch)

    def move_on(self, batch: int, state: Batch, said: str = "", balance: dict[str, Any] | None = None) -> None:
        """The batch, ended, closed or stopped."""
        told = json.dumps(balance) if balance is not None else None
        self._write("UPDATE batches SET state=?, said=?, balance=coalesce(?, balance) WHERE n=?", state, said, told, batch)

    def take(self, batch: int, path: Path, copied: Copy, marks: dict[str, str], instead_of: int | None = None) -> None:
        """A file whose copy is durable, with what the scanner knew of it. `instead_of` a refused one of the same name, which is
        looked after thereby."""
        with self._all_or_nothing():
            if instead_of is not None:
                self._write("UPDATE files SET state=? WHERE n=? AND state=?", File.DROPPED, instead_of, File.REFUSED)
            values = (batch, os.fsencode(path), *copied.stamp, copied.sha256, copied.name, File.WAITING, _now(), json.dumps(marks))
            columns = "batch, path, size, changed, sha256, copy, state, taken_at, marks"
            self._write(f"INSERT INTO files ({columns}) VALUES ({_marks(values)})", *values)

    def restamp(self, file: int, stamp: Stamp) -> None:
        """The same bytes were written once more."""
        self._write("UPDATE files SET size=?, changed=? WHERE n=?", *stamp, file)

    def assign(self, file: FileRow) -> int:
        """The file's number in its batch: it keeps one it has."""
        if file.seq is not None:
            return file.seq
        return self.assign_next(file)

    def assign_next(self, file: FileRow) -> int:
        """A new number for it, behind all others of the batch and behind the one it has."""
        behind = "(SELECT coalesce(max(seq), 0) + 1 FROM files WHERE batch=?)"
        self._write(f"UPDATE files SET seq={behind} WHERE n=?", file.batch, file.n)
        return int(self._db.execute("SELECT seq FROM files WHERE n=?", (file.n,)).fetchone()[0])

    def accept(self, file: int, receipt: dict[str, Any]) -> None:
        """The receipt is here, and right."""
        self._write("UPDATE files SET state=?, receipt=?, code='', said='' WHERE n=?", File.ACCEPTED, json.dumps(receipt), file)

    def refuse(self, file: int, code: str, said: str) -> None:
        """The office will not have it; its number is free for the next."""
        self._write("UPDATE files SET state=?, code=?, said=?, seq=NULL WHERE n=?", File.REFUSED, code, said, file)

    def settle(self, file: int, state: File) -> None:
        """Put away, dropped, or to be tried again."""
        self._write("UPDATE files SET state=? WHERE n=?", state, file)

    def carry_over(self, batch: BatchRow) -> None:
        """What a stopped batch still holds goes into a new one of the same words."""
        with self._all_or_nothing():
            fresh = self.begin(batch.folder, batch.declared)
            self._write("UPDATE batches SET by_hand=? WHERE n=?", json.dumps(batch.by_hand), fresh.n)
            self._write("UPDATE files SET batch=?, seq=NULL WHERE batch=? AND state IN (?,?)", fresh.n, batch.n,
                        File.WAITING, File.REFUSED)
            self._write("UPDATE batches SET state=? WHERE n=?", Batch.CLOSED, batch.n)

    def note(self, name: str, told: Any) -> None:
        """Something to remember: the office's keys, what is in the way, papers to be scanned again."""
        if self.noted(name) != told:
            self._write("INSERT OR REPLACE INTO notes VALUES (?, ?)", name, json.dumps(told))

    def noted(self, name: str) -> Any:
        """What was noted last; None if nothing was."""
        row = self._db.execute("SELECT told FROM notes WHERE name=?", (name,)).fetchone()
        return json.loads(row[0]) if row else None

    def batch(self, n: int) -> BatchRow:
        """One of them."""
        return _batch(self._db.execute("SELECT * FROM batches WHERE n=?", (n,)).fetchone())

    def batches(self, *states: Batch, limit: int = 1000) -> list[BatchRow]:
        """Those that stand so (none named: all), oldest first, at most the last `limit`."""
        wanted = states or tuple(Batch)
        found = f"SELECT * FROM batches WHERE state IN ({_marks(wanted)}) ORDER BY n DESC LIMIT ?"
        return [_batch(row) for row in self._db.execute(found, (*wanted, limit))][::-1]

    def open_batch(self, folder: Path) -> BatchRow | None:
        """The batch to which new files of that folder belong."""
        found = "SELECT * FROM batches WHERE folder=? AND state IN (?,?,?) ORDER BY n DESC LIMIT 1"
        row = self._db.execute(found, (os.fsencode(folder), Batch.OPEN, Batch.ENDING, Batch.STOPPED)).fetchone()
        return _batch(row) if row else None

    def files(self, batch: int | None = None, *states: File, limit: int = 100_000) -> list[FileRow]:
        """Files in the order in which they were taken: of a batch, or of all; that stand so, or all."""
        wanted = states or tuple(File)
        found = f"SELECT * FROM files WHERE state IN ({_marks(wanted)}) AND (? IS NULL OR batch=?) ORDER BY n LIMIT ?"
        return [_file(row) for row in self._db.execute(found, (*wanted, batch, batch, limit))]

    def file(self, n: int) -> FileRow:
        """One of them."""
        return _file(self._db.execute("SELECT * FROM files WHERE n=?", (n,)).fetchone())

    def file_at(self, path: Path) -> FileRow | None:
        """The last one that was taken from that path."""
        row = self._db.execute("SELECT * FROM files WHERE path=? ORDER BY n DESC LIMIT 1", (os.fsencode(path),)).fetchone()
        return _file(row) if row else None

    def copies(self) -> set[str]:
        """Names in the spool that are still needed."""
        kept = (File.WAITING, File.REFUSED)
        return {row[0] for row in self._db.execute(f"SELECT copy FROM files WHERE state IN ({_marks(kept)})", kept)}

    def pages(self, batch: int) -> int:
        """How many pages of a batch the office has given receipts for."""
        found = "SELECT coalesce(sum(json_extract(receipt, '$.pages')), 0) FROM files WHERE batch=?"
        return int(self._db.execute(found, (batch,)).fetchone()[0])

    def counts(self, batch: int) -> dict[str, int]:
        """How many of a batch's files stand where."""
        return dict(self._db.execute("SELECT state, count(*) FROM files WHERE batch=? GROUP BY state", (batch,)).fetchall())

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        with own_disk():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _write(self, statement: str, *values: object) -> int:
        with own_disk():
            return int(self._db.execute(statement, values).lastrowid or 0)


def _marks(wanted: tuple[Any, ...]) -> str:
    return ",".join("?" * len(wanted))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")       # shown to people; nothing is decided by it


def _batch(row: sqlite3.Row) -> BatchRow:
    balance = json.loads(row["balance"]) if row["balance"] else None
    return BatchRow(row["n"], Path(os.fsdecode(row["folder"])), Batch(row["state"]), row["token"], json.loads(row["declared"]),
                    json.loads(row["by_hand"]), row["office_id"], row["said"], balance, row["begun_at"])


def _file(row: sqlite3.Row) -> FileRow:
    receipt = json.loads(row["receipt"]) if row["receipt"] else None
    path, stamp = Path(os.fsdecode(row["path"])), (row["size"], row["changed"])
    return FileRow(row["n"], row["batch"], path, stamp, row["sha256"], row["copy"], File(row["state"]), row["seq"], row["code"],
                   row["said"], receipt, row["taken_at"], json.loads(row["marks"]))
