"""recognise: whom a paper means, told from all it says of the person together and the rows of 受給者台帳. Touches forms and rules.

Each claim's number, name, kana, day of birth and insurance are witnesses: what readers hold possible of each is weighed against
every row that may be meant, against a relative of that person who is in no ledger, and against anybody else who is in none.
A field's own reading never helps to choose the row that judges it. What a row has becomes a field's value only where a reader
held it possible, two other witnesses say the same as read, and none speaks surely against it; else it is a candidate for a clerk.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tsuzuri.forms import FieldSpec, Form
from tsuzuri.model import CHOSEN, MET, Candidate, Document, Field, Value
from tsuzuri.rules import Entry
from tsuzuri.rules.known import Recipient
from tsuzuri.rules.person import SAID, WRITTEN, Sought, near
from tsuzuri.stages.checking import each_check, entries_of
from tsuzuri.stages.sure import value

WHO = frozenset({"entitled", "person_named", "person_born", "insured_by", "insured_as"})   # checks that say which field is which
WITNESSES = {"number": ("recipient_no",), "born": ("birth",), "named": ("kana", "name"), "card": ("insurer_no", "symbol", "number")}
# Told among so many people a thing is so rare: numbers are given once, 18 years have 6,570 days, and the commonest name of a
# class is one child's in 500; a name whose kana is known already is one of a few.
RARE = {"recipient_no": 1e-6, "birth": 1 / 6_570, "kana": 1 / 500, "name": 1 / 500, "insurer_no": 0.2, "symbol": 0.02,
        "number": 1e-3}
RARE_NAME_OF_KANA = 0.2
# How often a paper of the row's own person says otherwise than the row: renumbered, renamed, insured elsewhere since; and how
# often something that looks so alike that readers take one for the other: a digit miswritten, 高 for 髙. No city's own shares are
# known: all are guessed high, for they are what lets a field be doubted.
DIFFERS = {"recipient_no": 0.02, "birth": 0.005, "kana": 0.02, "name": 0.02, "insurer_no": 0.1, "symbol": 0.1, "number": 0.1}
LOOKS_ALIKE = {"recipient_no": 0.005, "birth": 0.002, "kana": 0.01, "name": 0.02, "insurer_no": 0.01, "symbol": 0.01,
               "number": 0.01}
PEOPLE = 1_000_000      # in the ledger, at most: so many might be meant
IN_LEDGER = 0.95        # of papers, the person is in it
RELATIVE = 0.3          # of those who are in no ledger, so many are brothers, sisters, parents of somebody who is
TWIN = 0.03             # of these, born on the same day
NONE = 0.1              # beside the shares that readers give to other spellings: that it is none of them
CERTAIN = 0.99          # the row is nobody else's
LIKELY = 0.9            # a spelling is chosen
SURE = 0.98             # a reading that says otherwise, so surely, stops all
AT_MOST = 0.995         # how sure a field is that a row chose
SHOWN, LEAST = 5, 0.001


@dataclass(frozen=True, slots=True)
class Seen:
    """One field of a claim: its name, and what may stand there, each as it is written → the value and P, 0–1."""

    name: str
    word: str
    field: Field
    held: Mapping[str, tuple[Value, float]]

    def says(self, row: Recipient) -> bool:
        """Whether what was read is the row's."""
        said = SAID[self.word]
        return self.field.value is not None and said(str(self.field.value)) == said(str(getattr(row, self.word)))

    def p(self, known: str) -> float:
        """How likely it says that, in whatever shape of letters, by its readers alone."""
        said = SAID[self.word]
        return sum(p for text, (_, p) in self.held.items() if said(text) == said(known))


Claim = Mapping[str, Seen]


def sought(document: Document, form: Form) -> tuple[Sought, ...]:
    """What to look up in 受給者台帳 for each claim of a document; none where nobody need be told or nothing is said."""
    return tuple(_sought(claim, form.export.constants.get("scheme", "")) for claim in _claims(document, form).values())


def recognise(document: Document, form: Form, rows: Sequence[Recipient]) -> Document:
    """The document with its `candidates`; where a row is surely meant, with what it proves and what it chose among spellings.

    A claim that was held against the ledger before is left as it is; so is whatever a person has settled.
    """
    fields, found = dict(document.fields), list[Candidate]()
    scheme = form.export.constants.get("scheme", "")
    may = [row for row in rows if scheme in ("", row.scheme)]
    looked_at = set[str]()
    for claim in _claims(document, form).values():
        for seen in claim.values():
            told, candidates = _field(seen, claim, may, form) if may else (seen.field, [])
            fields[seen.name] = told
            found += candidates
            looked_at.add(seen.name)
    kept = tuple(candidate for candidate in document.candidates if candidate.field not in looked_at)
    return replace(document, fields=fields, candidates=(*kept, *found))


def _claims(document: Document, form: Form) -> dict[int, Claim]:
    """Of each claim that was not held against the ledger yet, what it says of its person that a reader has read."""
    found: dict[int, dict[str, Seen]] = {}
    for applied in each_check(document, form, entries_of(document, form)[1]):
        for word, said in applied.given.items() if applied.check.check in WHO else ():
            if word in SAID and isinstance(said, Entry) and document.fields[said.name].raw:
                field = document.fields[said.name]
                found.setdefault(applied.row, {})[word] = Seen(said.name, word, field, _held(word, field, form.fields[said.name]))
    return {row: claim for row, claim in found.items()
            if not any(seen.field.reader.endswith((CHOSEN, MET)) for seen in claim.values())}


def _held(word: str, field: Field, spec: FieldSpec) -> dict[str, tuple[Value, float]]:
    """What may stand there: what was read, as sure as it is; what remains, shared among the other spellings that have a value."""
    sure = 0.0 if field.value is None else 1.0 if field.reader == "person" else field.confidence
    held: dict[str, tuple[Value, float]] = {}
    if field.value is not None:
        held[WRITTEN[word](str(field.value))] = field.value, sure
    others = [(meant, p) for meant, p in ((value(text, spec), p) for text, p in field.others) if meant is not None]
    total = sum(p for _, p in others) + NONE
    for meant, p in others:
        known, share = held.get(WRITTEN[word](str(meant)), (meant, 0.0))
        held[WRITTEN[word](str(meant))] = known, share + (1 - sure) * p / total
    return held


def _sought(claim: Claim, scheme: str) -> Sought:
    def of(word: str) -> frozenset[str]:
        return frozenset(str(said) for said, _ in claim[word].held.values()) if word in claim else frozenset()

    numbers = frozenset(other for number in of("recipient_no") for other in near(number))
    cards = frozenset((symbol, number) for symbol in of("symbol") for number in of("number"))
    return Sought(scheme, numbers, of("birth"), of("kana"), of("name"), cards)


def _field(seen: Seen, claim: Claim, rows: Sequence[Recipient], form: Form) -> tuple[Field, list[Candidate]]:
    """The field as the rows leave it, and what it may say, the likeliest first."""
    group = next(name for name, words in WITNESSES.items() if seen.word in words)
    others = {word: one for word, one in claim.items() if word not in WITNESSES[group]}
    shares, nobody = _shares(others, rows)
    best = max(range(len(rows)), key=lambda i: shares[i])
    row, known = rows[best], str(getattr(rows[best], seen.word))
    agreeing = _agreeing(others, row)
    chances = _chances(seen, rows, shares, nobody)
    candidates = _candidates(seen, chances, rows, _why(agreeing, others, form))
    same = [i for i, other in enumerate(rows) if getattr(other, seen.word) == known]
    beside = {word: one for word, one in claim.items() if word != seen.word}
    if seen.field.reader == "person" or not known or sum(shares[i] for i in same) < CERTAIN or _against(beside, row):
        return seen.field, candidates
    written = WRITTEN[seen.word](known)
    if seen.field.value is not None and WRITTEN[seen.word](str(seen.field.value)) == written:
        sure = min(chances[written], 1.0)
        met = replace(seen.field, confidence=max(round(sure, 6), seen.field.confidence), reader=seen.field.reader + MET)
        return (met if agreeing else seen.field), candidates
    if len(agreeing) < 2 or chances.get(written, 0.0) < LIKELY or written not in seen.held:
        return seen.field, candidates
    sure = round(min(chances[written], AT_MOST), 6)
    return replace(seen.field, value=seen.held[written][0], confidence=sure, reader=seen.field.reader + CHOSEN), candidates


def _shares(said: Claim, rows: Sequence[Recipient]) -> tuple[list[float], float]:
    """P(row) of each row and P(none of them), by what is said."""
    one = IN_LEDGER / PEOPLE
    weights = [one * _likeness(said, row, tuple(said)) for row in rows]
    family = sum(_likeness(said, row, WITNESSES["card"]) * _born_alike(said, row) * _surnamed(said, row) for row in rows)
    nobody = (1 - IN_LEDGER) * (1 + RELATIVE * family / PEOPLE)
    total = sum(weights) + nobody
    return [weight / total for weight in weights], nobody / total


def _likeness(said: Claim, row: Recipient, words: Sequence[str]) -> float:
    """How many times likelier the readings are if the row's person is meant than if anybody else is, by these words."""
    return math.prod(_times(said[word], str(getattr(row, word)), "kana" in said) for word in words if word in said)


def _times(seen: Seen, known: str, kana_too: bool) -> float:
    if not known:
        return 1.0
    rare = RARE_NAME_OF_KANA if seen.word == "name" and kana_too else RARE[seen.word]
    return (1 - DIFFERS[seen.word]) * seen.p(known) / rare + DIFFERS[seen.word]


def _born_alike(said: Claim, row: Recipient) -> float:
    return 1 - TWIN + TWIN * _likeness(said, row, ("birth",))


def _surnamed(said: Claim, row: Recipient) -> float:
    """The same of the family's name alone: its first half, where both have a gap."""
    seen = said.get("kana") or said.get("name")
    known = str(getattr(row, seen.word)) if seen else ""
    if seen is None or len(known.split()) < 2:
        return 1.0
    family = SAID[seen.word](known.split()[0])
    likely = sum(p for text, (_, p) in seen.held.items() if SAID[seen.word](text).startswith(family))
    return DIFFERS[seen.word] + likely / math.sqrt(RARE[seen.word])


def _chances(seen: Seen, rows: Sequence[Recipient], shares: Sequence[float], nobody: float) -> dict[str, float]:
    """P of each spelling, by the rows that may be meant and by the readers; the rows' own, too, that no reader holds possible."""
    found = {text: nobody * p for text, (_, p) in seen.held.items()}
    differs = LOOKS_ALIKE[seen.word]
    for row, share in zip(rows, shares, strict=True):
        known = WRITTEN[seen.word](str(getattr(row, seen.word)))
        right = (1 - differs) * seen.held.get(known, (None, 0.0))[1]
        for text, (_, p) in seen.held.items():
            found[text] = found.get(text, 0.0) + share * (differs * p + (right if text == known else 0.0)) / (right + differs)
        if known and known not in seen.held:
            found[known] = found.get(known, 0.0) + share * (1 - seen.field.confidence) * NONE
    return found


def _agreeing(said: Claim, row: Recipient) -> list[str]:
    """The witnesses that say, as read, what the row has in all their words; of a name its kana counts, where it is read."""
    found = []
    for group, words in WITNESSES.items():
        there = [said[word] for word in words if word in said and getattr(row, word)]
        needed = [seen for seen in there if group != "card" or seen.word != "insurer_no"]
        first = needed[:1] if group == "named" else needed
        if first and all(seen.says(row) for seen in first):
            found.append(group)
    return found


def _against(said: Claim, row: Recipient) -> bool:
    """Whether one of the person's own words, read surely, is another's than the row's."""
    return any(
        getattr(row, seen.word) and seen.field.value is not None and not seen.says(row)
        and (seen.field.confidence >= SURE or seen.field.reader == "person")
        for word, seen in said.items() if word not in WITNESSES["card"])


def _why(agreeing: Sequence[str], said: Claim, form: Form) -> str:
    labels = [form.label(said[word].name) for group in agreeing for word in WITNESSES[group] if word in said]
    return f"{'・'.join(labels)}が台帳と一致" if labels else "台帳の近い記載"


def _candidates(seen: Seen, chances: Mapping[str, float], rows: Sequence[Recipient], why: str) -> list[Candidate]:
    """What the field may say, of which something is not what was read: an undoubted field needs none."""
    ledger = {WRITTEN[seen.word](str(getattr(row, seen.word))): str(getattr(row, seen.word)) for row in rows}
    found = [
        Candidate(seen.name, seen.held[text][0] if text in seen.held else ledger[text],
                  "ledger" if text in ledger else "readers", why if text in ledger else "読み取り", round(p, 6))
        for text, p in sorted(chances.items(), key=lambda one: -one[1])[:SHOWN] if p > LEAST]
    return found if any(candidate.value != seen.field.value for candidate in found) else []
