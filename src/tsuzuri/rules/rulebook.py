"""The city's word on each rule: whether it is judged, how hard it is, what is done, what a clerk reads, its parameters.

What a city does not say is the rule's own (table.py). A rule's parameters are those of the functions that judge it: constants with
a default. What a form says in `of` or `severity` of a check goes before what the city says.
"""

from __future__ import annotations

import inspect
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from tsuzuri.model import Act, Finding, Severity
from tsuzuri.rules.table import RULES
from tsuzuri.rules.words import CHECKS, FINDS

Constant = int | bool | str


@dataclass(frozen=True, slots=True)
class Word:
    """What a city says of one rule; None and nothing where it is silent."""

    active: bool = True
    severity: Severity | None = None
    act: Act | None = None
    says: str | None = None
    of: Mapping[str, Constant] = field(default_factory=dict)


SILENT = Word()


@dataclass(frozen=True, slots=True)
class Ruling:
    """One rule as it holds in a city; `words` are the checks that judge it, none where a stage finds it."""

    code: str
    active: bool
    severity: Severity
    act: Act
    sentence: str
    of: Mapping[str, Constant]
    words: tuple[str, ...]
    changed: bool


@dataclass(frozen=True)
class Rulebook:
    """A city's rules. `version` is told from `parts`, a digest each of its forms, tables, words on rules, and the program."""

    said: Mapping[str, Word] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    version: str = ""

    def fit(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """The findings as the city wants them, without those of rules that it does not judge."""
        for finding in findings:
            word = self.said.get(finding.code, SILENT)
            if word.active:
                yield finding if word is SILENT else _changed(finding, word)

    def given(self, word: str, of: Mapping[str, Any]) -> dict[str, Constant]:
        """The parameters that the city gives a check beside what its form gave (`of`)."""
        return {name: value for code in FINDS[word] for name, value in self.said.get(code, SILENT).of.items()
                if name not in of and name in constants(CHECKS[word])}

    def of(self, code: str) -> dict[str, Any]:
        """All parameters of a rule, as they hold in the city."""
        return parameters_of(code) | dict(self.said.get(code, SILENT).of)

    def rulings(self) -> Iterator[Ruling]:
        """Every rule, in the order of its code."""
        for code in sorted(RULES, key=lambda code: ("VWH".index(code[0]), code)):
            rule, word = RULES[code], self.said.get(code, SILENT)
            judging = tuple(name for name, codes in FINDS.items() if code in codes)
            yield Ruling(code, word.active, word.severity or rule.severity, word.act if word.act is not None else rule.act,
                         word.says or rule.sentence, self.of(code), judging, word is not SILENT)


def _changed(finding: Finding, word: Word) -> Finding:
    message = word.says.format_map(finding.words) if word.says and finding.words else finding.message
    return replace(finding, message=message, severity=word.severity or finding.severity,
                   act=word.act if word.act is not None else finding.act)


def parameters_of(code: str) -> dict[str, Constant]:
    """The parameters of a rule with their values unless said: those of the functions that judge it."""
    judging = [CHECKS[word] for word, codes in FINDS.items() if code in codes]
    return {name: value for check in judging for name, value in constants(check).items()} | FOUND_BY_STAGES.get(code, {})


@cache
def constants(check: Callable[..., Any]) -> Mapping[str, Constant]:
    """The constants that a check takes, each with its default."""
    found = inspect.signature(check).parameters.values()
    return {one.name: one.default for one in found if isinstance(one.default, int | str)}


def holes(sentence: str) -> set[str]:
    """The words that a sentence leaves open."""
    return {hole for _, hole, _, _ in string.Formatter().parse(sentence) if hole is not None}


# Rules that no check judges, but something on the line, with what may be said of them.
FOUND_BY_STAGES: dict[str, dict[str, Constant]] = {
    "V04": {"days": 180},                           # flow.reading: the same file within so many days
    "V35": {"permille": 1, "least": 1000},          # flow.usual: the share of claims above, and how many claims there must be
}
