"""The station's state in the operator's words: what a command prints and the page shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tsuzuri.station.folder import complete
from tsuzuri.station.journal import Batch, BatchRow, File, Journal
from tsuzuri.station.names import shown

STATES = {Batch.OPEN: "受付中", Batch.ENDING: "送信後に締切", Batch.CLOSED: "締切済", Batch.STOPPED: "停止"}
WORDS = {"box": "箱番号", "ward": "区", "procedure": "手続き", "sheets": "枚数"}


class Collate(StrEnum):
    """How the two sides of a batch's sheets come from the scanner: as they lie, or as files of fronts and of backs in turn."""

    AS_FED = "as_fed"
    ODD_EVEN = "odd_even"
    ODD_EVEN_REVERSED = "odd_even_reversed"


SIDES = {Collate.AS_FED: "紙の順のまま", Collate.ODD_EVEN: "表を全部、次に裏を全部（裏も最初の紙から）",
         Collate.ODD_EVEN_REVERSED: "表を全部、次に裏を全部（裏は最後の紙から）"}


@dataclass(frozen=True)
class BatchLine:
    """A batch as people see it: counts of files, pages stored, and what is to be done next (empty: nothing)."""

    row: BatchRow
    state: str
    waiting: int
    accepted: int
    refused: int
    pages: int
    todo: str


@dataclass(frozen=True)
class FileLine:
    """A file of which something is to be said; `n` is its number in the journal."""

    n: int
    box: str
    name: str
    why: str


@dataclass(frozen=True)
class Look:
    """All that is to be seen of the station at once."""

    troubles: dict[str, str]                # code → what is in the way; "away" alone is nobody's to mend
    growing: list[str]
    lines: list[BatchLine]
    refused: list[FileLine]
    warned: list[FileLine]                  # what speaks against a scan at a glance, while the paper is in hand
    rescans: list[dict[str, Any]]

    @property
    def waiting(self) -> int:
        """Files not accepted yet."""
        return sum(line.waiting for line in self.lines)

    @property
    def calls(self) -> bool:
        """Whether somebody is to do something."""
        return bool(self.refused or self.rescans or any(line.todo for line in self.lines))


def look(journal: Journal, limit: int = 30) -> Look:
    """The state of now, from the journal alone."""
    troubles = {told["code"]: told["said"] for told in (journal.noted("office"), journal.noted("folder")) if told}
    lines = [_line(journal, row) for row in journal.batches(limit=limit)][::-1]
    boxes = {line.row.n: str(line.row.declared.get("box", "")) for line in lines}
    refused = [FileLine(file.n, boxes.get(file.batch, ""), shown(file.path), file.said)
               for file in journal.files(None, File.REFUSED)]
    in_hand = [line.row.n for line in lines if line.row.state is not Batch.CLOSED]
    warned = [FileLine(file.n, boxes[batch], shown(file.path), warning) for batch in in_hand
              for file in journal.files(batch, File.ACCEPTED, File.DONE) for warning in (file.receipt or {}).get("warnings", [])]
    return Look(troubles, journal.noted("growing") or [], lines, refused, warned[-20:], journal.noted("rescans") or [])


def _line(journal: Journal, row: BatchRow) -> BatchLine:
    counts = journal.counts(row.n)
    accepted = counts.get(File.ACCEPTED, 0) + counts.get(File.DONE, 0)
    return BatchLine(row, STATES[row.state], counts.get(File.WAITING, 0), accepted, counts.get(File.REFUSED, 0),
                     journal.pages(row.n), _todo(row, counts.get(File.REFUSED, 0)))


def expected(declared: dict[str, Any]) -> int | None:
    """The pages that the declared sheets have; None while nobody has counted."""
    sheets = declared.get("sheets")
    two_sided = declared.get("duplex") or declared.get("collate", Collate.AS_FED) != Collate.AS_FED
    return sheets * (2 if two_sided else 1) if isinstance(sheets, int) else None


def _todo(row: BatchRow, refused: int) -> str:
    if row.state is Batch.STOPPED:
        return f"{row.said} 残りは「新しいバッチへ移す」で送れます。"
    if row.said:
        return row.said
    if row.office_id is None and not complete(row.declared):
        missing = "、".join(called for word, called in WORDS.items() if row.declared.get(word) in (None, ""))
        return f"{missing}を入力してください。入力するまで手元に保管し、送りません。"
    if refused and row.state is Batch.ENDING:
        return "受け付けられなかったファイルを確かめると、締め切ります。"
    if row.state is Batch.CLOSED and row.balance and not row.balance.get("balanced", True):
        return _unbalanced(row.balance)
    return ""


def _unbalanced(balance: dict[str, Any]) -> str:
    missing = balance.get("missing") or []
    told = f"届いていない番号: {'、'.join(map(str, missing[:20]))}。" if missing else ""
    counts = f"申告 {balance.get('declared')} 枚に対して保管 {balance.get('stored')} 枚です。"
    return f"{counts}{told}紙を数え直し、担当者に知らせてください。"
