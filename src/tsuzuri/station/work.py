"""The station's work, in turns: look, copy, send, hold a receipt, put away. Cut off anywhere, the next turn goes on."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tsuzuri.station import spool
from tsuzuri.station.client import Office, Scan
from tsuzuri.station.folder import Bundle, HotFolder, beside, complete, marks
from tsuzuri.station.journal import Batch, BatchRow, File, FileRow, Journal
from tsuzuri.station.names import is_end, shown
from tsuzuri.station.receipts import Sent, check, trusted
from tsuzuri.station.spool import Stamp
from tsuzuri.station.trouble import Away, Doubtful, KeyRefused, NoRoom, Trouble, Turned

SHORTEST_S, LONGEST_S = 2.0, 300.0      # between two tries while the office is silent
KEY_S = 60.0            # between two tries with a key that is refused
RESCANS_S = 60.0        # between two questions what is to be scanned again
LOOK_S = 2.0            # what is sent between two looks into the folder
RECENT = 50             # batches of which that is asked
STOPPING = {"batch_closed", "not_found"}        # about the batch, not about the file


@dataclass
class Station:
    """One station: its folder (None: it only sends what it was given), its journal, its office. `clock` counts from anywhere."""

    journal: Journal
    spool: Path
    office: Office
    folder: HotFolder | None = None
    defaults: dict[str, Any] = field(default_factory=dict)
    pin: str = ""
    leave: bool = False
    clock: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random
    _unfinished: set[Path] = field(default_factory=set)     # folders in which something still grows
    _known: dict[Path, Stamp] = field(default_factory=dict)
    _fails: int = 0
    _not_before: float = float("-inf")
    _asked_at: float = float("-inf")

    def wake(self) -> None:
        """Begin, after whatever ended the last run: copies that no row names were never taken."""
        needed = self.journal.copies()
        for path in self.spool.glob("*.scan"):
            if path.name not in needed:
                path.unlink()

    def turn(self) -> bool:
        """One turn; whether there may be more to do at once. What is in the way is noted, and cleared when it is gone.

        That the folder cannot be seen keeps nothing from being sent; that the office is away keeps nothing from being taken.
        """
        moved = self._quietly("folder", self._tend)
        if self.clock() < self._not_before:
            return moved
        begun = self.clock()
        while self._quietly("office", self._speak):
            moved = True
            if self.clock() - begun >= LOOK_S:
                break
        return moved

    def _quietly(self, what: str, act: Callable[[], bool]) -> bool:
        try:
            moved = act()
        except Trouble as trouble:
            if what == "office":
                self._hold_off(trouble)
            self._note(what, trouble)
            return False
        except OSError as error:
            told = error.strerror or type(error).__name__
            self._note(what, Trouble(f"フォルダを読み書きできません（{told}）。接続を確かめてください。", code="folder"))
            return False
        self._note(what, None)
        self._fails = 0 if what == "office" else self._fails
        return moved

    def _tend(self) -> bool:
        moved = self._collect()
        for file in self.journal.files(None, File.ACCEPTED):
            self._put_away(file, "sent", File.DONE)
        for file in self.journal.files(None, File.DROPPED):
            self._put_away(file, "refused", File.GONE)
        return moved

    def pause_s(self) -> float:
        """How long the office is left alone from now."""
        return max(0.0, self._not_before - self.clock())

    def _hold_off(self, trouble: Trouble) -> None:
        """Longer each time, never all stations at once, never beyond five minutes of our own accord."""
        self._fails += 1
        wait = min(LONGEST_S, SHORTEST_S * 2 ** min(self._fails - 1, 20)) * (0.5 + self.chance() / 2)
        if isinstance(trouble, Away) and trouble.wait_s is not None:
            wait = max(trouble.wait_s, wait if self._fails > 1 else 0.0)
        if isinstance(trouble, KeyRefused):
            wait = KEY_S
        self._not_before = self.clock() + wait

    def _note(self, what: str, trouble: Trouble | None) -> None:
        with suppress(NoRoom):      # what is in the way is that nothing can be written
            self.journal.note(what, {"code": trouble.code, "said": trouble.said} if trouble else None)

    def _collect(self) -> bool:
        moved, growing = False, []
        for bundle in self.folder.look() if self.folder else ():
            growing += [(str(bundle.folder), shown(path)) for path in bundle.growing]
            moved = self._collect_from(bundle) or moved
        self._unfinished = {Path(folder) for folder, _ in growing}
        self.journal.note("growing", [name for _, name in growing[:20]])
        return moved

    def _collect_from(self, bundle: Bundle) -> bool:
        batch = self.journal.open_batch(bundle.folder)
        fresh = [path for path in bundle.ready if self._is_fresh(path)]
        if batch is None and not fresh:
            return False
        if batch is None:
            batch = self.journal.begin(bundle.folder, self._words(bundle, {}))
        if batch.office_id is None:
            self._listen(batch, bundle)
        moved = False
        for path in fresh:
            moved = self._take(batch, path) or moved
        if bundle.ended and not bundle.growing and batch.state is Batch.OPEN and self.journal.counts(batch.n):
            self.journal.move_on(batch.n, Batch.ENDING)
        return moved

    def _listen(self, batch: BatchRow, bundle: Bundle) -> None:
        """What the folder says of a batch that the office has not taken yet."""
        if batch.declared != (words := self._words(bundle, batch.by_hand)):
            self.journal.redeclare(batch.n, words)
        if bundle.fault != batch.said and (bundle.fault or batch.said.startswith("batch.toml")):
            self.journal.say(batch.n, bundle.fault)

    def _words(self, bundle: Bundle, by_hand: dict[str, Any]) -> dict[str, Any]:
        return {**self.defaults, **bundle.declared, **by_hand}

    def _is_fresh(self, path: Path) -> bool:
        assert self.folder is not None
        now = self.folder.stamp_of(path)
        if self._known.get(path) == now:        # weeks of papers may lie there: they are not looked up at every look
            return False
        known = self.journal.file_at(path)
        if known is None or known.stamp != now:
            return True
        if known.state is File.WAITING:
            self._known[path] = now
        if known.state is File.DONE and not self.leave:     # its share was away when it was to be put away
            self.journal.settle(known.n, File.ACCEPTED)
        return False

    def _take(self, batch: BatchRow, path: Path) -> bool:
        known = self.journal.file_at(path)
        try:
            copied = spool.copy(path, self.spool)
        except spool.Changed:
            assert self.folder is not None
            self.folder.forget(path)
            return False
        if known and known.batch == batch.n and known.sha256 == copied.sha256 and known.state in (File.WAITING, File.ACCEPTED):
            self.journal.restamp(known.n, copied.stamp)
            (self.spool / copied.name).unlink()
            return False
        self.journal.take(batch.n, path, copied, marks(path), known.n if known and known.state is File.REFUSED else None)
        return True

    def _put_away(self, file: FileRow, to: str, state: File) -> None:
        """The original is moved, unless another file stands there by now; its copy goes."""
        if self.folder is not None and not self.leave and file.path.is_relative_to(self.folder.root):
            if not self.folder.root.is_dir():
                return      # a share that is away: nothing is made where it will be
            try:
                place, notes = self.folder.root / to / _plain(self.journal.batch(file.batch)), beside(file.path)
                if spool.move(file.path, file.stamp, place) and notes.exists():
                    spool.move(notes, spool.stamp(notes), place)
            except OSError:
                return      # somebody holds it; the next turn tries again
        (self.spool / file.copy).unlink(missing_ok=True)
        self._known.pop(file.path, None)
        self.journal.settle(file.n, state)

    def _speak(self) -> bool:
        known = self.journal.noted("keys") or {}
        if not known or (self.pin and self.pin not in known):
            self._learn({})
        for batch in self.journal.batches(Batch.OPEN, Batch.ENDING):
            if self._speak_of(batch):
                return True
        if self._fails or self.clock() - self._asked_at >= RESCANS_S:
            self._asked_at = self.clock()
            self.office.keys()      # whether it is there again
            self._ask_for_rescans()
            self._ask_for_balances()
        return False

    def _speak_of(self, batch: BatchRow) -> bool:
        """The next thing to be said of a batch; False if there is nothing to say."""
        if batch.office_id is None:
            return self._declare(batch)
        waiting = self.journal.files(batch.n, File.WAITING, limit=1)
        if waiting:
            self._send(batch, batch.office_id, waiting[0])
            return True
        looked_after = not self.journal.files(batch.n, File.REFUSED, limit=1)
        if batch.state is Batch.ENDING and looked_after and batch.folder not in self._unfinished:
            self._close(batch, batch.office_id)
            return True
        return False

    def _declare(self, batch: BatchRow) -> bool:
        if batch.said or not complete(batch.declared):
            return False
        try:
            self.journal.known_to_office(batch.n, self.office.declare(batch.declared, batch.token))
        except Turned as turned:
            self.journal.say(batch.n, turned.said)
        return True

    def _send(self, batch: BatchRow, office_id: str, file: FileRow) -> None:
        copied, seq = self.spool / file.copy, self.journal.assign(file)
        scan = Scan(office_id, seq, shown(file.path), copied, file.stamp[0], file.sha256, **file.marks)
        if not copied.exists() or copied.stat().st_size != scan.size:
            return self.journal.refuse(file.n, "damaged", "手元の控えが壊れています。この用紙をもう一度スキャンしてください。")
        try:
            receipt = self.office.send(scan)
        except Turned as turned:
            return self._turned(batch, file, turned)
        self._check(receipt, Sent(office_id, seq, file.sha256, scan.size))
        return self.journal.accept(file.n, receipt)

    def _turned(self, batch: BatchRow, file: FileRow, turned: Turned) -> None:
        if turned.code == "place_taken":
            self.journal.assign_next(file)
        elif turned.code in STOPPING:
            self.journal.move_on(batch.n, Batch.STOPPED, turned.said)
        elif turned.code != "digest_mismatch":
            self.journal.refuse(file.n, turned.code, turned.said)
        elif spool.intact(self.spool / file.copy, file.sha256):
            raise Away("送信の途中でデータが変わりました。自動で送り直します。")
        else:
            self.journal.refuse(file.n, "damaged", "手元の控えが壊れています。この用紙をもう一度スキャンしてください。")

    def _check(self, receipt: dict[str, Any], sent: Sent) -> None:
        try:
            check(receipt, sent, self.journal.noted("keys"))
        except Doubtful as doubt:
            if doubt.code != "unknown_key":
                raise
            self._learn(self.journal.noted("keys"))       # the office may have a new key, which the old one introduces
            check(receipt, sent, self.journal.noted("keys"))

    def _learn(self, known: dict[str, str]) -> None:
        try:
            self.journal.note("keys", trusted(self.office.keys(), known, self.pin))
        except Turned as turned:
            raise Away(turned.said) from turned

    def _close(self, batch: BatchRow, office_id: str) -> None:
        """Closing twice is closing once, so what lies in the folder is tidied before the journal says that it is done."""
        for file in self.journal.files(batch.n, File.ACCEPTED):
            self._put_away(file, "sent", File.DONE)
        try:
            balance = self.office.close(office_id)
        except Turned as turned:
            return self.journal.move_on(batch.n, Batch.STOPPED, turned.said)
        if self.folder is not None and batch.folder.is_absolute() and batch.folder.is_dir():
            self._tidy(batch, self.folder.root)
        return self.journal.move_on(batch.n, Batch.CLOSED, balance=balance)

    def _tidy(self, batch: BatchRow, root: Path) -> None:
        """Its words go where its scans went, its end mark goes, and so does an empty folder: what comes next is another batch."""
        words = batch.folder / "batch.toml"
        if words.exists() and not self.leave:
            spool.move(words, spool.stamp(words), root / "sent" / _plain(batch))
        for entry in batch.folder.iterdir():
            if is_end(entry.name):
                entry.unlink()
        if batch.folder != root and not any(batch.folder.iterdir()):
            batch.folder.rmdir()

    def _ask_for_balances(self) -> None:
        """Somebody may have counted again what did not balance."""
        for batch in self.journal.batches(Batch.CLOSED, limit=RECENT):
            if batch.office_id is not None and batch.balance is not None and not batch.balance.get("balanced"):
                with suppress(Turned):
                    self.journal.move_on(batch.n, Batch.CLOSED, balance=self.office.batch(batch.office_id))

    def _ask_for_rescans(self) -> None:
        wanted = []
        for batch in self.journal.batches(limit=RECENT):
            if batch.office_id is None:
                continue
            try:
                told = self.office.rescans(batch.office_id)
            except Turned:
                continue        # the office has forgotten that batch
            by_seq = {file.seq: file for file in self.journal.files(batch.n) if file.seq is not None} if told else {}
            for one in told:
                found = [shown(by_seq[seq].path) for seq in one["files"] if seq in by_seq]
                wanted.append({"batch": batch.n, "box": batch.declared.get("box", ""), "files": one["files"], "why": one["why"],
                               "names": found, "at": one["asked_at"], "document": one["document"]})
        self.journal.note("rescans", wanted)


def _plain(batch: BatchRow) -> str:
    """A folder's name for a batch: its folder's own, or its box, without what no file system takes."""
    kept = "".join(c if c.isalnum() or c in "-_ ." else "_" for c in str(batch.declared.get("box") or batch.folder.name))
    return kept.strip(" .")[:80] or f"batch{batch.n}"
