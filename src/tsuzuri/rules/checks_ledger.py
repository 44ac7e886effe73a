"""Checks of a paper against the ledgers (台帳). Touches only model and the other rules. Shape of a check: checks.py.

Where a ledger holds nothing at all, nobody has said who is entitled or under contract: every check of it stays silent.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

from tsuzuri.model import Finding
from tsuzuri.rules.dates import month_end, month_start
from tsuzuri.rules.known import OPEN, Asked, Institution, Known, Recipient, holding
from tsuzuri.rules.lists.variants import as_person
from tsuzuri.rules.table import Entry, find
from tsuzuri.rules.tables import Payer, Tables

_SEXES = {"男": "1", "女": "2"}     # as ledgers have it


def entitled(on: date, recipient_no: Entry, month: Entry, asked: Asked, known: Known) -> Iterator[Finding]:
    """V13, V14, V15, V16: the number is known, is still the person's, and holds all through the month without a change."""
    if "recipients" not in known.loaded or not (recipient_no.text and month.text):
        return
    rows = known.numbered(recipient_no.text, asked.scheme)
    there = holding(rows, month.text)
    first, last = month_start(month.text).isoformat(), month_end(month_start(month.text)).isoformat()
    if not rows:
        yield find("V13", recipient_no)
    elif not there and any(row.next_no and (row.until or OPEN) < first for row in rows):
        yield find("V14", recipient_no)
    elif not there:
        until = max(row.until or OPEN for row in rows)
        yield find("V15", recipient_no, since=min(row.since for row in rows), until="期限なし" if until == OPEN else until)
    elif not any(row.since <= first and last <= (row.until or OPEN) for row in _joined(there)):
        yield find("V16", month)


def person_named(
    on: date, recipient_no: Entry, month: Entry, asked: Asked, known: Known, name: Entry | None = None, kana: Entry | None = None,
    distance: int = 2,
) -> Iterator[Finding]:
    """V17: the ledger's kana within `distance` letters of the paper's, and its name the same, in whatever shape of letters."""
    rows = _rows(recipient_no, month, asked, known)
    said = _plain(kana.text) if kana else ""
    if not rows or not (said or (name and name.text)):
        return
    far = min((apart(said, _plain(row.kana)) for row in rows), default=0) if said else None
    named = not (name and name.text) or any(as_person(name.text) == as_person(row.name) for row in rows)
    if (far is not None and far > distance) or (not named and far != 0):
        told = kana if kana and said and far and far > distance else name or kana
        yield find("V17", told)


def person_born(on: date, birth: Entry, recipient_no: Entry, month: Entry, asked: Asked, known: Known) -> Iterator[Finding]:
    """V18: born on the day that the ledger has."""
    rows = [row for row in _rows(recipient_no, month, asked, known) if row.birth]
    if birth.text and rows and all(row.birth != birth.text for row in rows):
        yield find("V18", birth)


def person_sex(on: date, sex: Entry, recipient_no: Entry, month: Entry, asked: Asked, known: Known) -> Iterator[Finding]:
    """V19: of the sex that the ledger has."""
    rows = [row for row in _rows(recipient_no, month, asked, known) if row.sex]
    if sex.text and rows and all(row.sex not in (sex.text, _SEXES.get(sex.text)) for row in rows):
        yield find("V19", sex)


def payer_first(
    on: date, recipient_no: Entry, month: Entry, asked: Asked, known: Known, tables: Tables, others: Sequence[Entry] = (),
) -> Iterator[Finding]:
    """V23: the ledger knows a public payer who comes before the city, and the paper has nothing of his."""
    if any(said.number for said in others) or not month.text:
        return
    names = {row.law: row.name for row in tables.on(Payer, month.text)}
    first = sorted({law for row in _rows(recipient_no, month, asked, known) for law in row.others if law in names})
    if first:
        yield find("V23", others[0] if others else recipient_no, payers="、".join(f"{names[law]}（{law}）" for law in first))


def insured_by(on: date, insurer_no: Entry, recipient_no: Entry, month: Entry, asked: Asked, known: Known) -> Iterator[Finding]:
    """V25: insured where the ledger says, in that month."""
    rows = [row for row in _rows(recipient_no, month, asked, known) if row.insurer_no]
    if insurer_no.text and rows and all(row.insurer_no.lstrip("0") != insurer_no.text.lstrip("0") for row in rows):
        yield find("V25", insurer_no)


def insured_as(
    on: date, symbol: Entry, number: Entry, recipient_no: Entry, month: Entry, asked: Asked, known: Known,
) -> Iterator[Finding]:
    """V26: symbol and number as the ledger has them; hyphens and width do not count."""
    rows = _rows(recipient_no, month, asked, known)
    for said, name in ((symbol, "symbol"), (number, "number")):
        there = [_plain(str(getattr(row, name))) for row in rows if getattr(row, name)]
        if said.text and there and _plain(said.text) not in there:
            yield find("V26", said)


def institution_open(
    on: date, inst_code: Entry, month: Entry, asked: Asked, known: Known, contracts: bool = True,
) -> Iterator[Finding]:
    """V30: the institution is registered, was open in the month, and, with `contracts`, under contract."""
    if "institutions" not in known.loaded or not (inst_code.text and month.text):
        return
    rows = [row for row in known.institutions if inst_code.text in (row.code, row.code[-7:])]
    if what := _closed(rows, month.text, contracts):
        yield find("V30", inst_code, what=what)


def own_ward(on: date, recipient_no: Entry, month: Entry, asked: Asked, known: Known) -> Iterator[Finding]:
    """V62: the person belongs to the ward that sends the paper."""
    wards = {row.ward for row in _rows(recipient_no, month, asked, known) if row.ward}
    if known.ward and wards and known.ward not in wards:
        yield find("V62", recipient_no, ward="・".join(sorted(wards)))


def apart(a: str, b: str) -> int:
    """How many letters must be put in, left out or changed to make one word of the other (Levenshtein)."""
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, start=1):
        before, row[0] = row[0], i
        for j, other in enumerate(b, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (letter != other))
    return row[-1]


def _rows(recipient_no: Entry, month: Entry, asked: Asked, known: Known) -> tuple[Recipient, ...]:
    """The rows of the paper's number that hold in its month; where none does, all of the number."""
    rows = known.numbered(recipient_no.text, asked.scheme) if recipient_no.text else ()
    return (holding(rows, month.text) if month.text else ()) or rows


def _state(row: Recipient) -> tuple[str, ...]:
    """What makes a change within a month: insurance, ward, grade."""
    return row.insurer_no, row.symbol, row.number, row.ward, row.grade


def _joined(rows: Sequence[Recipient]) -> Iterator[Recipient]:
    """Rows that tell the same one after another, as one row from the first day to the last."""
    if len({_state(row) for row in rows}) == 1:
        last = max(rows, key=lambda row: row.until or OPEN)
        first = min(rows, key=lambda row: row.since)
        yield replace(first, until=last.until)


def _closed(rows: Iterable[Institution], month: str, contracts: bool) -> str:
    """What keeps an institution from claiming in a month, in a clerk's words; "" for nothing."""
    known = list(rows)
    open_then = [row for row in known if row.since[:7] <= month <= (row.until or OPEN)[:7]]
    if not known:
        return "台帳にありません"
    if not open_then:
        return "その月は開設されていません（廃止または開設前）"
    bound = [row for row in open_then if row.contract_since and row.contract_since[:7] <= month <= (row.contract_until or OPEN)[:7]]
    return "" if bound or not contracts else "その月は契約がありません"


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in folded if not letter.isspace() and letter not in "-‐－・･")
