"""What shares are worth: coverage at a margin, and rules by which a field may pass without a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tsuzuri.model import Value
from tsuzuri.rules import KINDS, same

BANDS = (0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1.01)


@dataclass(frozen=True, slots=True)
class Said:
    """What a voice said of a field: its value (None: nothing, or nothing of the kind), whether right, how sure, whether the
    check digit of what it said fits (None: the kind has none), and whether so much sureness passes in the line."""

    value: Value
    right: bool
    sure: float
    proven: bool | None
    passes: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """One field: what it was, who wrote it, how it was scanned, and what each voice said of it."""

    group: str
    kind: str
    style: str
    recipe: str
    blank: bool
    said: dict[str, Said]


Rule = Callable[[Seen], "Said | None"]      # what passes of a field, or None: a person looks


def _alone(voice: str, least: float) -> Rule:
    def passes(seen: Seen) -> Said | None:
        said = seen.said[voice]
        return said if said.value is not None and said.sure >= least else None

    return passes


def _passed(voice: str) -> Rule:
    return lambda seen: said if (said := seen.said[voice]).value is not None and said.passes else None


def _agreed(*voices: str) -> Rule:
    def passes(seen: Seen) -> Said | None:
        first, *others = (seen.said.get(voice) for voice in voices)
        if first is None or first.value is None:
            return None
        alike = all(other is not None and same(seen.kind, first.value, other.value) for other in others)
        return first if alike else None

    return passes


def _proven(rule: Rule) -> Rule:
    return lambda seen: said if (said := rule(seen)) is not None and said.proven else None


def _either(one: Rule, other: Rule) -> Rule:
    return lambda seen: one(seen) or other(seen)


# Thresholds set before anything here was measured; what the line itself demands is derived from its own measurement.
RULES: dict[str, Rule] = {
    "PP-OCRv6 alone, sure by 0.99": _alone("ppocr", 0.99),
    "ours alone, sure by 0.99": _alone("own", 0.99),
    "ours and PP-OCRv6 agree": _agreed("own", "ppocr"),
    "ours sure by 0.99, or both agree": _either(_alone("own", 0.99), _agreed("own", "ppocr")),
    "the line, 99.8 % aimed at": _passed("line"),
    "the line, sure by 0.99": _alone("line", 0.99),
    "ours, and its check digit fits": _proven(_alone("own", 0.0)),
    "both agree, and the check digit fits": _proven(_agreed("own", "ppocr")),
    "ours and Tesseract agree": _agreed("own", "tesseract"),
    "ours, PP-OCRv6 and Tesseract agree": _agreed("own", "ppocr", "tesseract"),
}


def measured(fields: Sequence[Seen]) -> Iterator[tuple[str, int, int, int]]:
    """For each rule that these fields have voices and check digits for: (rule, fields asked about, passed, wrong among them)."""
    for word, rule in RULES.items():
        able = [f for f in fields if not f.blank and ("Tesseract" not in word or "tesseract" in f.said)]
        able = [f for f in able if "check digit" not in word or KINDS[f.kind].checked]
        passed = [said for f in able if (said := rule(f)) is not None]
        if able:
            yield word, len(able), len(passed), sum(not said.right for said in passed)


def share(fields: Sequence[Seen], voice: str) -> float:
    """How many of them a voice has right."""
    return sum(f.said[voice].right for f in fields) / len(fields) if fields else float("nan")


def coverage(fields: Sequence[Seen], voice: str, margin: float) -> tuple[float, int, int]:
    """The largest share of fields, the surest first, of which no more than `margin` are wrong; how many these are, and how
    many of them wrong."""
    best, ranked = (0, 0), _ranked(fields, voice)
    wrong = 0
    for i, said in enumerate(ranked, start=1):
        wrong += not said.right
        tied = i < len(ranked) and ranked[i].sure == said.sure
        if not tied and wrong <= margin * i:
            best = i, wrong
    return (best[0] / len(ranked) if ranked else float("nan")), *best


def curve(fields: Sequence[Seen], voice: str, points: int = 200) -> list[list[float]]:
    """[share passed, share wrong among passed] as the sureness needed falls; many points where few are wrong."""
    found, wrong, ranked = [], 0, _ranked(fields, voice)
    for i, said in enumerate(ranked, start=1):
        wrong += not said.right
        tied = i < len(ranked) and ranked[i].sure == said.sure
        if not tied and (i % max(1, len(ranked) // points) == 0 or i == len(ranked)):
            found.append([round(i / len(ranked), 4), round(wrong / i, 6)])
    return found


def _ranked(fields: Sequence[Seen], voice: str) -> list[Said]:
    return sorted((f.said[voice] for f in fields), key=lambda said: -said.sure)


def reliability(fields: Sequence[Seen], voice: str) -> Iterator[list[float]]:
    """[mean sureness, share right, n] in bands: what a sureness is worth."""
    said = [f.said[voice] for f in fields if not f.blank]
    for low, high in pairwise(BANDS):
        these = [one for one in said if low <= one.sure < high]
        if these:
            mean = sum(one.sure for one in these) / len(these)
            yield [round(mean, 4), round(sum(one.right for one in these) / len(these), 4), len(these)]
