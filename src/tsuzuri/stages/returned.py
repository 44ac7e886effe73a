"""returned: the papers that went back (返戻), as a table for whoever must know: why, and until when they may come again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tsuzuri.model import Letter
from tsuzuri.rules.outer import sayable
from tsuzuri.rules.sheets import BOM, lined

TITLES = ("文書番号", "書類", "様式", "区", "返戻日", "再提出期限", "理由コード", "理由")


def returned_table(letters: Iterable[tuple[Letter, str, str]], encoding: str) -> Iterator[bytes]:
    """The titles, and a line for each reason of each letter; with a letter come its form's title and its ward."""
    yield (BOM if encoding == "utf-8" else b"") + _line(TITLES, encoding)
    for letter, form, ward in letters:
        for code, says in [(reason.code, reason.says) for reason in letter.wording.reasons] or [("", "")]:
            days = letter.day.isoformat(), letter.due.isoformat()
            yield _line((letter.wording.number, letter.document_id, form, ward, *days, code, says), encoding)


def _line(cells: Iterable[str], encoding: str) -> bytes:
    return lined([sayable(cell)[0] for cell in cells] if encoding == "cp932" else list(cells), encoding)
