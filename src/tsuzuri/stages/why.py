"""why: what a finding rests on, for whoever must decide: its boxes, the ledger's rows and earlier claims beside the paper.

Touches forms and rules; nothing is judged here that was not judged before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from tsuzuri.forms import Form
from tsuzuri.model import Act, Document, Finding, Post
from tsuzuri.rules import CHECKS, NOTHING, Asked, Entry, Known, key, show
from tsuzuri.rules.digits import fits
from tsuzuri.rules.known import Earlier, Institution, Recipient, holding
from tsuzuri.rules.titles import TITLES
from tsuzuri.stages.checking import Applied, each_check, entries_of

Pieces = tuple[tuple[str, bool], ...]       # a text in pieces, each with whether the paper has it too

LETTERS = {Act.RETURN: Post.RETURN, Act.INQUIRE: Post.INQUIRE}      # the letter that follows an act
PERSON = ("name", "kana", "birth", "sex", "insurer_no", "symbol", "number")     # parameters that a recipient's row answers
CLAIMS = {"V22", "V46", "V47", "V48", "V49"}
UNKNOWN = {"V12", "V13"}        # the number is nobody's: whoever has one like it may be meant
FACTS = {       # what of a claim is laid beside another, as a clerk calls it
    "受給者番号": "recipient_no", "診療年月": "month", "医療機関": "inst", "区分": "care", "点数": "points",
    "一部負担金": "copay", "受給者負担額": "paid", "請求額": "amount",
}
SEXES = {"1": "男", "2": "女"}
LONGEST = 10                    # digits of a number that is looked for by its likes
MOST = 4                        # rows beside a paper: more is no help


@dataclass(frozen=True, slots=True)
class Row:
    """One thing compared: what the paper has, and what stands beside it."""

    label: str
    mine: str
    theirs: Pieces

    @property
    def same(self) -> bool:
        """Whether both say the same."""
        return all(same for _, same in self.theirs) and "".join(text for text, _ in self.theirs) == self.mine


@dataclass(frozen=True, slots=True)
class Beside:
    """A ledger's row, or another claim (`document`), laid beside the paper. `ledger`: not for eyes that see masked values."""

    title: str
    rows: tuple[Row, ...]
    document: str = ""
    step: str = ""
    ledger: bool = False


@dataclass(frozen=True, slots=True)
class Why:
    """One finding explained. `fields`: all that it rests on, its own first; `letter`: what is written about it, if anything."""

    finding: Finding
    title: str
    fields: tuple[str, ...]
    beside: tuple[Beside, ...]
    letter: Post | None


def explained(document: Document, form: Form | None, finding: Finding, known: Known = NOTHING,
              near: Sequence[Recipient] = ()) -> Why:
    """Why a finding of the document stands. `near` are rows of recipients whose numbers are like the paper's (`like`)."""
    title, letter = TITLES.get(finding.code, ""), LETTERS.get(finding.act)
    own = (finding.field,) if finding.field else ()
    found = _found_by(document, form, finding, known) if form else None
    if form is None or found is None:
        return Why(finding, title, own, (), letter)
    applied, others = found
    rests = dict.fromkeys((*own, *(said.name for said in _entries(applied.given))))
    asked = next((value for value in applied.beside.values() if isinstance(value, Asked)), Asked())
    beside = (*_people(finding, others, asked, known, near), *_places(applied, known), *_claims(finding, asked, known))
    return Why(finding, title, tuple(name for name in rests if name in form.fields), beside, letter)


def like(number: str) -> frozenset[str]:
    """All numbers with another digit in one place or two, and whose check digit holds: some 200 for a recipient's number.

    One place alone is not enough: no two numbers that hold differ in one digit only, which is what the check digit is for.
    """
    if not number.isdecimal() or not 2 <= len(number) <= LONGEST:
        return frozenset()
    slips = _one_slip(number)
    return frozenset(two for one in slips for two in (one, *_one_slip(one)) if two != number and fits(two))


def _one_slip(number: str) -> list[str]:
    return [number[:i] + d + number[i + 1:] for i in range(len(number)) for d in "0123456789" if d != number[i]]


def marked(theirs: str, mine: str) -> Pieces:
    """Their text in pieces: those that mine has in the same order, and those that it has not."""
    matcher = SequenceMatcher(None, theirs, mine, autojunk=False)
    cuts = [(a, b, tag == "equal") for tag, a, b, _, _ in matcher.get_opcodes() if b > a]
    return tuple((theirs[a:b], same) for a, b, same in cuts)


def _found_by(document: Document, form: Form, finding: Finding, known: Known) -> tuple[Applied, Mapping[str, Entry]] | None:
    """The check that finds it, and what all checks of the same row are given that a ledger answers; None where no check does."""
    every = list(each_check(document, form, entries_of(document, form)[1], known))
    applied = next((one for one in every if _finds(one, document, finding)), None)
    if applied is None or not _asks(applied):
        applied = _asking_about(every, finding) or applied
    if applied is None:
        return None
    told = {place: said for other in every if other.row == applied.row and _asks(other)
            for place, said in other.given.items() if isinstance(said, Entry)}
    return applied, told


def _finds(applied: Applied, document: Document, finding: Finding) -> bool:
    found = CHECKS[applied.check.check](document.business_date, **applied.given, **applied.beside)
    return any(key(one) == key(finding) for one in found)


def _asking_about(every: Iterable[Applied], finding: Finding) -> Applied | None:
    """The first check that asks a ledger by the finding's own number, given that alone: that a number is unfit needs no ledger,
    and who has one like it is known to that check's row.
    """
    for one in every if finding.code in UNKNOWN else ():
        for place, said in one.given.items():
            if _asks(one) and isinstance(said, Entry) and said.name == finding.field:
                return replace(one, given={place: said})
    return None


def _asks(applied: Applied) -> bool:
    return any(isinstance(value, Known) for value in applied.beside.values())


def _entries(value: object) -> Iterator[Entry]:
    """Every field in what a check was given: in lists, facts and tables too, of a table those of its `column` alone."""
    if isinstance(value, Entry):
        yield value
    elif isinstance(value, Mapping):
        column = value.get("column")
        for one in value.values():
            yield from _column(one, column) if isinstance(one, tuple) else _entries(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _entries(one)


def _column(rows: Sequence[Mapping[str, Entry]], column: object) -> Iterator[Entry]:
    for row in rows:
        yield from (said for name, said in row.items() if column in (None, name))


def _people(finding: Finding, told: Mapping[str, Entry], asked: Asked, known: Known,
            near: Sequence[Recipient]) -> Iterator[Beside]:
    number = told.get("recipient_no")
    if number is None or finding.code in CLAIMS or not (finding.code in UNKNOWN or _about_person(finding, told)):
        return
    rows = known.numbered(number.text or number.raw, asked.scheme) or tuple(row for row in near if row.scheme in ("", asked.scheme))
    there = holding(rows, asked.month) or rows if asked.month else rows
    ranked = sorted(there, key=lambda row: sum(not one.same for one in _person(row, told)))
    for row in ranked[:MOST]:
        yield Beside(f"受給者台帳（{row.since}〜{row.until}）", tuple(_person(row, told)), ledger=True)


def _about_person(finding: Finding, told: Mapping[str, Entry]) -> bool:
    return finding.field in {said.name for place, said in told.items() if place in (*PERSON, "recipient_no", "month")}


def _person(row: Recipient, told: Mapping[str, Entry]) -> Iterator[Row]:
    theirs = {"recipient_no": row.recipient_no, "name": row.name, "kana": row.kana, "birth": row.birth,
              "sex": SEXES.get(row.sex, row.sex), "insurer_no": row.insurer_no, "symbol": row.symbol, "number": row.number}
    for place, text in theirs.items():
        if place in told and text:
            said = told[place]
            shown, mine = _shown(said.kind, text), _shown(said.kind, said.text or said.raw)
            yield Row(said.label, mine, marked(shown, mine))


def _shown(kind: str, text: str) -> str:
    return show(kind, text) if kind in ("wareki", "ym") and text else text


def _places(applied: Applied, known: Known) -> Iterator[Beside]:
    code = applied.given.get("inst_code")
    if not isinstance(code, Entry) or not _asks(applied) or not code.text:
        return
    for one in [row for row in known.institutions if row.code.endswith(code.text)][:MOST]:
        yield Beside(f"医療機関台帳（{one.since}〜{one.until}）", tuple(_place(one, code)), ledger=True)


def _place(one: Institution, code: Entry) -> Iterator[Row]:
    theirs = one.code[-len(code.text):]
    yield Row(code.label, code.text, marked(theirs, code.text))
    for label, text in (("名称", one.name), ("契約", f"{one.contract_since}〜{one.contract_until}".strip("〜"))):
        if text:
            yield Row(label, "", ((text, True),))


def _claims(finding: Finding, asked: Asked, known: Known) -> Iterator[Beside]:
    """The earlier claims that the finding speaks of first, then those most like it."""
    if finding.code not in CLAIMS:
        return
    told: Iterable[Earlier] = known.earlier
    ranked = sorted(told, key=lambda one: (one.document not in finding.message, sum(not row.same for row in _claim(one, asked))))
    for one in ranked[:MOST]:
        yield Beside("前の請求", tuple(_claim(one, asked)), document=one.document, step=one.step)


def _claim(one: Earlier, asked: Asked) -> Iterator[Row]:
    for label, fact in FACTS.items():
        mine, theirs = _said(getattr(asked, fact)), _said(getattr(one.said, fact))
        if mine or theirs:
            yield Row(label, mine, marked(theirs, mine))


def _said(value: str | int | None) -> str:
    return f"{value:,}" if isinstance(value, int) else value or ""
