"""How sure readings are, measured: from tuning papers as the line read them, calibration.json is written anew.

Touches the line's stages for what readings mean, engines' data file for what was found.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from tsuzuri.engines.calibration import FILE, use
from tsuzuri.forms import FieldSpec, Form, Forms
from tsuzuri.house import city_forms
from tsuzuri.model import RESCUED, STAINED, STRUCK, Document, Field, Reading, Value
from tsuzuri.rules import same
from tsuzuri.settings import Settings
from tsuzuri.stages.assemble import assemble
from tsuzuri.stages.sure import BLANK, Evidence, evidence, group_of, peers, value
from tsuzuri.stages.validate import proven, trials
from tsuzuri.synth.stories import BUSINESS_DATE
from tsuzuri.training.sureness import curves
from tsuzuri.training.sureness.papers import FIRST_SEED, RECIPES, STYLES, Sheet

# Which groups are told by what holds for several: what few papers show of a group counts beside it.
WIDER = {
    "money": "numeric", "number": "numeric", "date": "numeric", "name": "written", "text": "written", "address": "written",
    "numeric": "read", "written": "read", "kana": "read", "mark": "marked", "struck": "marked",
}
FOUND = "found"        # what stands before groups of what was found by labels, and all of them
ENOUGH = 50            # readings of which a second reader said so: of fewer, what holds more generally is believed


def measure(sheets: Sequence[Sheet], to: Path | None) -> dict[str, Any]:
    """Writes what these papers show, and gives it back.

    What has been measured decides which readers are asked: after new weights, read and measure twice.
    """
    found = fit(sheets, city_forms(Settings()), json.loads(FILE.read_text("utf-8")))
    (to or FILE).write_text(_flat(json.dumps(found, ensure_ascii=False, indent=1)) + "\n", "utf-8")
    return found


def fit(sheets: Sequence[Sheet], forms: Forms, known: Mapping[str, Any]) -> dict[str, Any]:
    """What is known, with what these papers show: first what readings are worth, then what checks prove, then what passes.

    Each builds on the one before, so what was found counts in this process from then on.
    """
    read = [sheet for sheet in sheets if sheet.readings]
    found: dict[str, Any] = {
        **known, "at": datetime.now(UTC).date().isoformat(), "sheets": len(read),
        "from": f"{len(read)} tuning papers of {len({sheet.form for sheet in read})} forms, seeds from {FIRST_SEED}; "
                f"{', '.join(STYLES)}; {', '.join(RECIPES)}; fonts for tuning and measuring",
        "wider": {}, "seconds": {}, "slips": {}, "passing": {},
    }
    fields = [seen for sheet in read for seen in _fields(sheet, forms[sheet.form])]
    found |= {"wider": _wider(fields), "worth": _worth(fields), "seconds": _seconds(fields)}
    use(found)
    found["slips"] = _slips(read, forms)
    use(found)
    found["passing"] = _passing(read, forms)
    use(found)
    return found


def right(kind: str, field: Field, true: Value) -> bool:
    """Whether what was read is what stands there, after its kind's normalisation; a blank must be blank."""
    return not field.raw if true is None else field.value is True or same(kind, field.value, true)


@dataclass(frozen=True, slots=True)
class Seen:
    """One field of one paper: its group, the evidence for what was read, and whether that is right."""

    group: str
    evidence: Evidence
    right: bool


def _fields(sheet: Sheet, form: Form) -> Iterator[Seen]:
    document = _document(sheet, form)
    for name, spec in form.fields.items():
        if _crossed_out(document.fields[name]):
            continue
        said = sorted((r for r in sheet.readings if r.field == name), key=lambda reading: reading.order)
        was = right(spec.kind, document.fields[name], sheet.truth[name])
        yield _seen(spec, evidence(said, spec), was)
        if len(said) > 1 and said[1].reader in said[0].reader.split("+"):
            stain = STAINED if STAINED in said[0].reader else ""
            yield _alone(replace(said[1], reader=said[1].reader + stain), spec, sheet.truth[name])


def _crossed_out(field: Field) -> bool:
    """What is crossed out a person sees always: it is neither read nor passed."""
    return STRUCK in field.marks and not field.raw


def _alone(voice: Reading, spec: FieldSpec, true: Value) -> Seen:
    """The first voice of several, as if nobody else had been asked: else none but sure readings would count as its own."""
    field = Field(value(voice.ink, spec), 0.0, voice.ink, voice.reader)
    return _seen(spec, evidence([voice], spec), right(spec.kind, field, true))


def _seen(spec: FieldSpec, found: Evidence, was: bool) -> Seen:
    return Seen(group_of(spec, blank=found.heard == BLANK), found, was)


def _document(sheet: Sheet, form: Form) -> Document:
    return assemble(Document("", "", None, 0, BUSINESS_DATE), sheet.readings, form)


def _whole(document: Document, forms: Forms) -> Form:
    """The document's form as it is judged by, with its tables of bound pages."""
    form = forms.of(document)
    assert form is not None
    return form


def _chain(group: str) -> list[str]:
    """The most general group that holds this one first, itself last."""
    wider = WIDER.get(group) or (FOUND if group.startswith(f"{FOUND} ") else None)
    return [*(_chain(wider) if wider else []), group]


def _wider(fields: Sequence[Seen]) -> dict[str, str]:
    """Every group that was seen, and those above it, with the next wider."""
    chains = [_chain(group) for group in sorted({seen.group for seen in fields})]
    return {group: wider for chain in chains for wider, group in pairwise(chain)}


def _worth(fields: Sequence[Seen]) -> dict[str, Any]:
    """Curves of the most general groups stand on their own; each narrower one is what is above it, mended by its own."""
    cells: dict[tuple[str, ...], list[tuple[float, bool]]] = defaultdict(list)
    for seen in fields:
        chain = _chain(seen.group)
        for depth in range(1, len(chain) + 1):
            cells[(*chain[:depth], seen.evidence.heard)].append((seen.evidence.score, seen.right))
    drawn: dict[tuple[str, ...], list[curves.Point]] = {}
    worth: dict[str, dict[str, Any]] = defaultdict(dict)
    for (*chain, heard), told in sorted(cells.items(), key=lambda cell: (len(cell[0]), cell[0])):
        above = drawn.get((*chain[:-1], heard))
        curve = curves.worth_among(told, above) if above else curves.worth_by_score(told)
        drawn[(*chain, heard)] = curve
        worth[chain[-1]][heard] = {"n": len(told), "wrong": sum(not was for _, was in told), "curve": _rounded(curve)}
    return dict(sorted(worth.items()))


def _seconds(fields: Sequence[Seen]) -> dict[str, Any]:
    cells: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for seen in fields:
        for group in _chain(seen.group) if seen.evidence.second else ():
            cells[group].append((seen.evidence.second, seen.right))
    return {
        group: {says: {"odds": round(curves.odds_of(says, told), 4), **_counted(was for word, was in told if word == says)}
                for says in sorted({word for word, _ in told})}
        for group, told in sorted(cells.items()) if len(told) >= ENOUGH or len(_chain(group)) == 1
    }


def _slips(read: Sequence[Sheet], forms: Forms) -> dict[str, Any]:
    """For every check that proves something (one that a wrong value mostly passes does not), how often one slips through.

    Whatever any reader misread is put to the proof, in place of what counts: else there would be a handful of wrong values.
    """
    cells: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for sheet in read:
        document = _document(sheet, forms[sheet.form])
        form = _whole(document, forms)
        was = {name: right(spec.kind, document.fields[name], sheet.truth[name]) for name, spec in form.fields.items()}
        for check, resting, held in trials(document, form):
            for name, place in resting.items():
                cells[f"{check} {place}"] += [(True, held)] if was[name] else []
        for name, misread in _misreadings(sheet, form, document):
            for check, resting, held in trials(misread, form):
                if name in resting:
                    cells[f"{check} {resting[name]}"].append((False, held))
    found = {check: curves.slip_of(told) for check, told in sorted(cells.items())}
    return {
        check: {"slip": round(slip, 5), **_counted(was for was, _ in cells[check]),
                "slipped": sum(held and not was for was, held in cells[check])}
        for check, slip in found.items() if slip < curves.PROVES
    }


def _misreadings(sheet: Sheet, form: Form, document: Document) -> Iterator[tuple[str, Document]]:
    """The document with one field as some reader misread it, once for each such value."""
    told: set[tuple[str, Value]] = set()
    for voice in sheet.readings:
        spec, true = form.fields[voice.field], sheet.truth[voice.field]
        field = Field(value(voice.ink, spec), 0.0, voice.ink, voice.reader)
        chosen_by_check = voice.reader.endswith(RESCUED)       # of course its check holds
        known = (voice.field, field.value) in told
        if field.value is None or chosen_by_check or known or right(spec.kind, field, true):
            continue
        told.add((voice.field, field.value))
        yield voice.field, replace(document, fields={**document.fields, voice.field: field})


def _passing(read: Sequence[Sheet], forms: Forms) -> dict[str, Any]:
    """Empty boxes are counted apart: they are easy, and would make any share of wrong ones look small."""
    cells: dict[str, list[tuple[float, bool]]] = defaultdict(list)
    for sheet in read:
        document = _document(sheet, forms[sheet.form])
        form = _whole(document, forms)
        for name, sure in proven(document, form).items():
            spec, field = form.fields[name], document.fields[name]
            for group in _chain(peers(spec, field.raw)) if not _crossed_out(field) else ():
                cells[group].append((round(sure, 6), right(spec.kind, field, sheet.truth[name])))
    found: dict[str, list[curves.Passing]] = {}
    for group in sorted(cells, key=lambda group: len(_chain(group))):
        *above, itself = _chain(group)
        found[itself] = curves.passing_among(cells[itself], found[above[-1]] if above else [])
    return {group: _rounded(curve) for group, curve in sorted(found.items())}


def _counted(rights: Iterator[bool]) -> dict[str, int]:
    told = list(rights)
    return {"n": len(told), "wrong": told.count(False)}


def _rounded(points: Sequence[tuple[float, ...]]) -> list[list[float]]:
    return [[round(x, 6) for x in point] for point in points]


def _flat(lines: str) -> str:
    """JSON whose innermost lists and objects stand on one line: so that a difference between two runs can be read."""
    return re.sub(r"[\[{][^\[\]{}]*[\]}]", lambda held: re.sub(r"\s*\n\s*", " ", held[0]), lines)
