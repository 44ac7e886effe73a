"""sure: how surely a field was read, and whether that is enough to pass unseen. Touches forms, kinds and what was measured.

What the readers say gives evidence: who was heard, with what score, and whether they agree. Its worth was measured on papers
of known truth; a form says which share of passed fields must be right, and what that demands was measured too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from tsuzuri.engines.calibration import after_second, demanded, heard_of, worth
from tsuzuri.forms import FieldSpec, Form
from tsuzuri.model import RESCUED, STAINED, Reading, Value
from tsuzuri.rules import DOUBTFUL, KINDS, Unreadable, mean, plausible, same

AGREED, DIFFERED = " agreed", " differed"      # those who were weighed together
AGREES, DIFFERS = "agrees", "differs"          # one who was asked afterwards
VERSION = re.compile(r"-v?[0-9].*$")
BLANK = "blank"         # an empty box is seen, not read: the same way in all kinds


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a reading. `heard`: who, and if several whether as one ("own+ppocr agreed"); `score` (0–1) is theirs.

    `alone` is what the first of several who agree would have been, had nobody else been asked: agreement lowers nothing.
    `second` is what an independent reader says besides: "tesseract agrees", "… differs", or "" for nothing of weight.
    """

    heard: str
    score: float
    second: str = ""
    alone: Evidence | None = None


def evidence(readings: Sequence[Reading], spec: FieldSpec) -> Evidence:
    """The evidence of one field's readings, the one that counts first."""
    first, *others = readings
    weighed = [other for other in others if other.reader.split("/")[0] in first.reader.split("+")]
    second = _second(first, [other for other in others if other not in weighed], spec)
    heard = _heard(first, weighed, spec)
    alone = None
    if weighed and heard.endswith(AGREED):
        own = weighed[0].reader + (STAINED if STAINED in first.reader else "")
        alone = evidence([replace(weighed[0], reader=own)], spec)
    return Evidence(heard, first.confidence, second, alone)


def sureness(spec: FieldSpec, found: Evidence) -> float:
    """P(right), 0–1, as measured."""
    group = group_of(spec, blank=found.heard == BLANK)
    sure = worth(group, found.heard, found.score)
    if found.alone:
        sure = max(sure, sureness(spec, found.alone))
    return after_second(group, found.second, sure) if found.second else sure


def enough(form: Form, name: str, sure: float, ink: str) -> bool:
    """Whether a field of this form, read so surely as this ink, may pass unseen."""
    return sure >= demanded(peers(form.fields[name], ink), form.target(name))


def worth_asking(form: Form, name: str, found: Evidence, ink: str) -> bool:
    """Whether the field may not pass yet, and might once the form's second reader says the same; whose yes was never measured is
    asked."""
    spec = form.fields[name]
    sure = sureness(spec, found)
    if enough(form, name, sure, ink):
        return False
    yes = f"{spec.second} {AGREES}"
    group = group_of(spec, blank=False)
    return not heard_of(group, yes) or enough(form, name, after_second(group, yes, sure), ink)


def peers(spec: FieldSpec, ink: str) -> str:
    """Among which readings it was measured what passes: those of the kind's group, empty boxes of all kinds apart."""
    return group_of(spec, blank=not ink and KINDS[spec.kind].reads in ("text", "date"))


def group_of(spec: FieldSpec, *, blank: bool) -> str:
    """With what a reading is measured. What was found by its label may be another's value: it is measured apart."""
    group = BLANK if blank else KINDS[spec.kind].group
    return f"found {group}" if spec.sought else group


def value(ink: str, spec: FieldSpec) -> Value:
    """What ink means in that field; None for a blank, and for what cannot be understood (validation finds it)."""
    try:
        return mean(spec.kind, ink, spec.options, spec.era if isinstance(spec.era, str) else None)
    except Unreadable:
        return None


def _heard(first: Reading, weighed: Iterable[Reading], spec: FieldSpec) -> str:
    """Who was heard, by their names without versions; an empty box has a worth of its own, whoever found it empty."""
    readers = first.reader.removesuffix(RESCUED).removesuffix(STAINED)
    who = "+".join(map(_stem, readers.split("+")))
    if not first.ink:
        return f"{who} blank" if who == "marks" else BLANK
    if first.ink.startswith(DOUBTFUL) and who == "marks":
        return f"{who} doubtful"
    stain = STAINED if STAINED in first.reader else ""
    if first.reader.endswith(RESCUED):
        return who + stain + RESCUED
    read = value(first.ink, spec)
    as_one = all(same(spec.kind, read, value(voice.ink, spec)) for voice in weighed)
    return who + stain + ("" if "+" not in readers else AGREED if as_one else DIFFERED)


def _second(first: Reading, others: Iterable[Reading], spec: FieldSpec) -> str:
    """One that saw nothing, or something that cannot be right, says nothing."""
    for other in others:
        found = value(other.ink, spec)
        if plausible(spec.kind, found):
            says = AGREES if same(spec.kind, value(first.ink, spec), found) else DIFFERS
            return f"{_stem(other.reader)} {says}"
    return ""


def _stem(reader: str) -> str:
    """A reader's name without its version: ppocr-v6-small is ppocr."""
    return VERSION.sub("", reader)
