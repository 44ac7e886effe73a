"""Checks of who bears what, held against the city's dated tables. Touches only model and the other rules. Shape: checks.py."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from tsuzuri.model import Finding
from tsuzuri.rules.known import Asked, Earlier, Known, holding
from tsuzuri.rules.reckon import SHORT, Before, Case, possible
from tsuzuri.rules.table import Entry, Facts, find
from tsuzuri.rules.tables import Limit, Tables

_GONE = frozenset({"returned", "merged"})     # steps of papers that claim nothing


def reckoned(on: date, paid: Entry, claim: Facts, asked: Asked, known: Known, tables: Tables) -> Iterator[Finding]:
    """V40, H36: the patient bears what the tables lay down, for one of the ages and grades that may be; something is laid down."""
    case = case_of(claim, asked, known)
    if case is None or paid.number is None:
        return
    found = possible(case, tables)
    if any(one.outcome in ("V20", "V28") for one in found):       # told by checks of their own
        return
    if found[0].outcome == "H36":
        yield find("H36", paid, chosen=case.care)
    elif not any(one.fits(paid.number) for one in found):
        shares = sorted({one.patient for one in found})
        told = shares[0] if len(shares) == 1 else "円か".join(f"{share:,}" for share in shares)
        steps = tuple(f"{step.name}：{step.says}" for step in found[0].steps) if len(shares) == 1 else ()
        yield replace(find("V40", paid, expected=told, found=paid.number), steps=steps)


def copay_below(on: date, copay: Entry, month: Entry, asked: Asked, tables: Tables) -> Iterator[Finding]:
    """V39: from the scheme's limit on the patient pays and asks for a refund; no institution may claim."""
    for limit in tables.on(Limit, month.text) if month.text else ():
        if limit.scheme == asked.scheme and copay.number is not None and copay.number >= limit.yen:
            yield find("V39", copay, limit=limit.yen)


def case_of(claim: Facts, asked: Asked, known: Known) -> Case | None:
    """What a paper says of one claim, and the ledger of its patient, as it goes into reckoning; None where too little is known."""
    month, copay, care = _one(claim, "month"), _one(claim, "copay"), _care(claim)
    rows = holding(known.numbered(asked.recipient_no, asked.scheme), month.text) if month and asked.recipient_no else ()
    born = _text(claim, "birth") or next((row.birth for row in rows), "")
    if not (asked.scheme and month and month.text and care and copay) or copay.number is None:
        return None
    ratio = _one(claim, "ratio")
    return Case(
        scheme=asked.scheme, month=month.text, care=care, birth=date.fromisoformat(born) if born else None, copay=copay.number,
        points=_number(claim, "points"), fee=_number(claim, "fee"), days=_number(claim, "days"),
        tenths=tenths_of(ratio) if ratio else None, grade=next((row.grade for row in rows), ""), channel=asked.channel or "1",
        inst_code=asked.inst_code, kougaku_class=_text(claim, "kougaku_class"), kougaku=_number(claim, "kougaku"),
        others=sum(said.number or 0 for said in _all(claim, "others")), fuka=_number(claim, "fuka") or 0,
        earlier=tuple(_before(known.earlier, asked, month.text)),
    )


def _before(earlier: Iterable[Earlier], asked: Asked, month: str) -> Iterator[Before]:
    """What else the patient was charged in the month. The same claim once more is no second visit: V46 speaks of that."""
    for one in earlier:
        said = one.said
        same = (said.scheme, said.recipient_no, said.month) == (asked.scheme, asked.recipient_no, month)
        place = said.inst_code[-SHORT:] == asked.inst_code[-SHORT:]
        again = place and (said.care, said.copay, said.paid) == (asked.care, asked.copay, asked.paid)
        if same and not again and one.step not in _GONE:
            yield Before(said.inst_code, said.care, said.copay or 0, said.paid or 0)


def tenths_of(ratio: Entry) -> int | None:
    """3 of "3割"; None where nothing such stands."""
    digits = ratio.text.removesuffix("割")
    return int(digits) if digits.isdecimal() else ratio.number


def _care(claim: Facts) -> str:
    """The care that the paper names; of several words 入院, or the last that stands there (外来, of a dentist: 歯科)."""
    words = [said.text for said in _all(claim, "care") if said.text]
    return "入院" if "入院" in words else words[-1] if words else ""


def _all(claim: Facts, fact: str) -> list[Entry]:
    said = claim.get(fact, ())
    return [said] if isinstance(said, Entry) else list(said)


def _one(claim: Facts, fact: str) -> Entry | None:
    return next(iter(_all(claim, fact)), None)


def _text(claim: Facts, fact: str) -> str:
    said = _one(claim, fact)
    return said.text if said else ""


def _number(claim: Facts, fact: str) -> int | None:
    said = _one(claim, fact)
    return said.number if said else None
