"""Entries of a list (a bank, a branch, an institution): its fields on a paper prove one another. Touches nothing.

A list chooses between spellings that readers held possible, it corrects nothing: what no reader saw is never put in.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

UNLISTED = 0.03        # of codes and names on papers, so many are in no list: merged, misspelled, too new
UNSPELLED = 0.02       # what an entry keeps for a field that spells something else: a reader errs so often
Spellings = Mapping[str, float]      # what readers hold possible, and its probabilities


@dataclass(frozen=True, slots=True)
class Entry:
    """What a list has under one code. `name` and `address` ("" if the list has none) are folded: compared, never shown."""

    code: str
    name: str
    address: str = ""


class Listed(Protocol):
    """A list that can be asked: in memory, a package's files, or a ledger. `fold` makes of a field's spelling what is compared."""

    def coded(self, code: str) -> Entry | None: ...

    def called(self, name: str) -> Collection[Entry]: ...

    def fold(self, word: str, text: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Chosen:
    """The entry that a paper means, and how surely (0–1). `spelled` has of each field that spells it (code, name, address) how."""

    entry: Entry
    spelled: Mapping[str, str]
    sure: float


def as_entered(fields: Mapping[str, Spellings], listed: Listed) -> Chosen | None:
    """The entry that these fields (of code, name, address; blank ones left out) spell, if likelier than all others and than none.

    Of several fields at least two must spell it: one alone, beside another that contradicts, proves nothing.
    """
    folded = {word: _folded(word, spellings, listed) for word, spellings in fields.items() if spellings}
    shares = {entry: _share(entry, folded) for entry in _candidates(folded, listed)}
    best = max(shares, key=lambda entry: (shares[entry], entry.code), default=None)
    if best is None:
        return None
    spelled = {word: texts[said][0] for word, texts in folded.items() if (said := getattr(best, word)) in texts}
    if len(spelled) < min(2, len(folded)):
        return None
    sure = shares[best] / (sum(shares.values()) + _none(best, folded))
    return Chosen(best, spelled, sure) if sure > 0.5 else None


def _folded(word: str, spellings: Spellings, listed: Listed) -> dict[str, tuple[str, float]]:
    """Folded text → how it is likeliest spelled, and the probability of all that fold to it."""
    found: dict[str, tuple[str, float]] = {}
    for text, p in sorted(spellings.items(), key=lambda item: -item[1]):
        said = listed.fold(word, text)
        first, before = found.get(said, (text, 0.0))
        found[said] = (first, min(1.0, before + p))
    return found


def _candidates(folded: Mapping[str, Mapping[str, tuple[str, float]]], listed: Listed) -> set[Entry]:
    coded: Iterable[Entry | None] = (listed.coded(code) for code in folded.get("code", ()))
    called = (entry for name in folded.get("name", ()) for entry in listed.called(name))
    return {entry for entry in coded if entry} | set(called)


def _none(best: Entry, folded: Mapping[str, Mapping[str, tuple[str, float]]]) -> float:
    """How likely the readers' firsts are, though no entry has them: 0 if the best has all, rarer the more it has by chance."""
    firsts = {word: max(texts.items(), key=lambda item: item[1][1]) for word, texts in folded.items()}
    agreeing = sum(getattr(best, word) == said for word, (said, _) in firsts.items())
    if agreeing == len(firsts):
        return 0.0
    return float(UNLISTED ** max(1, agreeing)) * math.prod(p for _, (_, p) in firsts.values())


def _share(entry: Entry, folded: Mapping[str, Mapping[str, tuple[str, float]]]) -> float:
    return math.prod(
        max(texts.get(getattr(entry, word), ("", 0.0))[1], UNSPELLED) for word, texts in folded.items()
    )
