"""The paper ledger, asked for by somebody: the books, what is wrong with them by name, and in words. Touches the store only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from tsuzuri.flow.line import Line
from tsuzuri.stages.intake import NAMED, unseen
from tsuzuri.store import Look, queries
from tsuzuri.store.books import By, Culprit, Fault, Ledger, Within, books, culprits, paper_ledger


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong, as a clerk is told of it, and which culprit it is."""

    culprit: Culprit
    says: str


@dataclass(frozen=True, slots=True)
class Balance:
    """The books at one moment: in all, by ward and by box, and whatever is wrong."""

    at: datetime
    day: date
    within: Within
    whole: Ledger
    wards: dict[str, Ledger]
    boxes: dict[str, Ledger]
    wrong: tuple[Wrong, ...]

    @property
    def closes(self) -> bool:
        """Whether paper fed is paper stored, and each page of it stands somewhere, once."""
        return self.whole.balanced and self.whole.complete and not self.wrong


def balance(line: Line, within: Within = Within()) -> Balance:  # noqa: B008  frozen, so safe to share
    """The books of those batches, all told from one moment of the rows."""
    with line.store.read() as look:
        wrong = tuple(Wrong(one, _says(look, one)) for one in culprits(look, within))
        return Balance(line.clock(), line.today(), within, paper_ledger(look, within), books(look, By.WARD, within),
                       books(look, By.BOX, within), wrong)


def _says(look: Look, one: Culprit) -> str:
    told, held = one.told
    match one.fault:
        case Fault.FED:
            return f"バッチ {one.batch_id}: 申告 {told:,} ページに対して保管 {held:,} ページです。{_missing(look, one.batch_id)}"
        case Fault.FILE:
            gone = f"ページ {'・'.join(map(str, one.numbers[:NAMED]))} がどこにもありません。" if one.numbers else ""
            return f"ファイル {one.seq:04}（{one.about}）: {told} ページのうち {held} ページの記録があります。{gone}"
        case Fault.DOCUMENT:
            return f"書類 {one.about}: {told} 枚のはずですが、綴じられているのは {held} 枚です。"
        case Fault.PAGE:
            where = f"ファイル {one.seq:04} の {one.numbers[0]} ページ目"
            return f"ページ {one.about}（{where}）: どの書類にも属していないか、二か所にあります。"


def _missing(look: Look, batch_id: str) -> str:
    """The numbers under which something should have come: of the files, and of the imprinter."""
    batch = look.batch(batch_id)
    seqs = queries.missing_numbers(look, batch_id, NAMED)
    printed = list(islice(unseen(batch.slip, look.scans_of_batch(batch_id)), NAMED))
    told = (("届いていないファイル番号", list(map(str, seqs))), ("届いていない印字番号", printed))
    return "".join(f"{what}: {', '.join(numbers)}。" for what, numbers in told if numbers)
