"""letters: what is written to whoever sent a paper. Touches forms and rules; the words are the city's (pipelines/_letters.yaml).

A clerk's reason is a line; one that begins with a rule's code is worded as the city words that rule, any other stands as it is.
Nothing of the paper goes into a letter but what `about` names, and never twelve digits that may be a 個人番号.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tsuzuri.forms import City, Form, Letters
from tsuzuri.model import Document, Post, Reason, Wording
from tsuzuri.rules import NOTHING, RULES, Known, show
from tsuzuri.rules.dates import month_end, month_start, show_day
from tsuzuri.rules.my_number import blotted, twelves
from tsuzuri.rules.tables import Deadline

CODED = re.compile(r"([VWH]\d\d)[ 　]+(.+)")
OWN_ID = re.compile(r"[（(]dc_[0-9a-z]+[）)]")       # a document's id is ours, and nothing to whoever reads the letter
YEN = "yen"


@dataclass(frozen=True, slots=True)
class About:
    """A paper that is written about, with its form, if it has one, and what the office knows beside it."""

    document: Document
    form: Form | None
    known: Known = NOTHING


def due_day(paper: About, kind: Post, day: date, letters: Letters) -> date:
    """Until when an answer is awaited: the city's days after the letter's own, or the last day on which the claim can still be made
    (`tables/deadlines.csv`), where that is sooner and not over yet.
    """
    awaited = day + timedelta(days=letters.letters[kind].days)
    last = _last_day(paper)
    return min(awaited, last) if last is not None and last > day else awaited


def reasons_of(note: str, letters: Letters) -> tuple[Reason, ...]:
    """The lines of a clerk's note, worded for a letter; what is said twice is said once."""
    told: dict[Reason, None] = {}
    for line in filter(None, (line.strip() for line in note.splitlines())):
        coded = CODED.fullmatch(line)
        told[_reason(coded[1], coded[2], letters) if coded and coded[1] in RULES else Reason("", line)] = None
    return tuple(Reason(one.code, _clean(one.says), one.mend) for one in told)


def _reason(code: str, says: str, letters: Letters) -> Reason:
    rule, worded = RULES[code], letters.reasons.get(code)
    mend = (worded.mend if worded else "") or letters.mend.get(rule.act, "")
    return Reason(code, (worded.says if worded else "") or OWN_ID.sub("", says), mend)


def worded(
    paper: About, kind: Post, reasons: Sequence[Reason], days: tuple[date, date], n: int, city: City,
) -> Wording:
    """All that stands on the letter numbered `n`, of the first of `days` and due on the second. `city.letters` is not None."""
    letters = city.letters
    assert letters is not None
    day, due = days
    sent, number = letters.letters[kind], letters.number.format(year=_fiscal_year(day), n=n)
    office = letters.office
    place = f"〒{office.postal}　{office.address}" if office.postal else office.address
    return Wording(
        title=sent.title, number=number, day=show_day(day.isoformat()), to=tuple(_addressee(paper, letters)),
        sender=tuple(filter(None, (office.office, office.person, place, f"電話　{office.phone}" if office.phone else ""))),
        opening=sent.opening, about=tuple(_about(paper, letters)), reasons=tuple(reasons),
        due=(sent.due, show_day(due.isoformat())), closing=sent.closing, foot=sent.foot,
        answers="" if kind is Post.INQUIRE else paper.document.id, asks=paper.document.id if kind is Post.INQUIRE else "",
    )


def _fiscal_year(day: date) -> int:
    """The fiscal year's number in 令和."""
    return day.year - (day.month < 4) - 2018


def _about(paper: About, letters: Letters) -> Iterable[tuple[str, str]]:
    """What tells the paper apart, and nothing more."""
    form, document = paper.form, paper.document
    yield "書類", form.title if form else "様式の分からない紙"
    for label, column in letters.about.items() if form else ():
        name = form.export.columns.get(column, "") if form else ""
        field = document.fields.get(name)
        if form and field is not None and field.value is not None and name in form.fields:
            kind = form.fields[name].kind
            text = _clean(show(kind, field.value))
            yield label, f"{text}円" if kind == YEN else text
    yield "受付日", show_day(document.business_date.isoformat())


def _addressee(paper: About, letters: Letters) -> Iterable[str]:
    """Postcode, address and name, as the institutions' ledger has them, or else as the paper says."""
    form, said = paper.form, _texts(paper)
    listed = _institution(paper)
    if listed is not None:
        postal, address, name = listed
    elif form and form.sender:
        postal, address = said.get(form.sender.postal or "", ""), said.get(form.sender.address or "", "")
        name = said.get(form.sender.name, "")
    else:
        postal = address = name = ""
    person = form is not None and form.sender is not None and form.fields[form.sender.name].kind == "name"
    yield from filter(None, (f"〒{postal}" if postal else "", _clean(address)))
    yield f"{_clean(name) or letters.unknown}　{'様' if person or not name else '御中'}"


def _institution(paper: About) -> tuple[str, str, str] | None:
    """(postcode, address, name) of the institution that sends its claims on this form, where the ledger has its code."""
    form = paper.form
    if form is None or form.sender is None or form.fields[form.sender.name].kind == "name":
        return None
    code = _texts(paper).get(form.export.columns.get("inst_code") or (form.cover.institution if form.cover else ""), "")
    row = next((one for one in reversed(paper.known.institutions) if code and one.code.endswith(code)), None)
    return (row.postal, row.address, row.name) if row is not None else None


def _texts(paper: About) -> Mapping[str, str]:
    return {name: field.value for name, field in paper.document.fields.items() if isinstance(field.value, str)}


def _last_day(paper: About) -> date | None:
    """The last day on which the claim can be made, by the scheme's months after the month of service."""
    form = paper.form
    month = _texts(paper).get(form.export.columns.get("service_ym", ""), "") if form else ""
    if form is None or len(month) != len("2025-04"):
        return None
    scheme = form.export.constants.get("scheme", "")
    months = next((row.months for row in form.tables.on(Deadline, month) if row.scheme == scheme), None)
    if months is None:
        return None
    first = month_start(month)
    counted = first.year * 12 + first.month - 1 + months
    return month_end(date(counted // 12, counted % 12 + 1, 1))


def _clean(text: str) -> str:
    """Without control characters and without what may be a 個人番号."""
    plain = "".join(sign if sign.isprintable() or sign == "　" else " " for sign in text)
    return blotted(plain, tuple(twelve for twelve in twelves(plain) if twelve.proven))
