"""How sure readings are, measured: tuning papers are drawn and read by the line itself, and calibration.json is written anew.

Papers come from seeds, fonts and scans that no figure is quoted from; half of them from fonts that training leaves alone.
Touches synth for papers, the line's stages for reading them, engines' data file for what was found.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from tsuzuri.engines import Reader
from tsuzuri.engines.calibration import FILE, use
from tsuzuri.flow.reading import Sight, see
from tsuzuri.forms import FieldSpec, Form, Forms
from tsuzuri.house import city_forms, form_readers
from tsuzuri.image import Picture
from tsuzuri.image.pages import Caps, encode_jpeg, open_page
from tsuzuri.model import RESCUED, STAINED, Document, Field, Reading, Value
from tsuzuri.rules import same
from tsuzuri.settings import Settings
from tsuzuri.stages.assemble import assemble
from tsuzuri.stages.sure import BLANK, Evidence, evidence, group_of, peers, value
from tsuzuri.stages.validate import proven, trials
from tsuzuri.synth.fonts import Purpose
from tsuzuri.synth.papers import Style, make
from tsuzuri.synth.stories import BUSINESS_DATE
from tsuzuri.training.sureness import curves

FIRST_SEED = 30_000
STYLES: tuple[Style, ...] = ("typed", "hand", "digits")
RECIPES = ("clean", "office", "poor", "fax")
PURPOSES: tuple[Purpose, ...] = ("tuning", "measuring")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One paper as it was read, and what stands on it."""

    form: str
    readings: tuple[Reading, ...]
    truth: Mapping[str, Value]


Job = tuple[str, int]


def measure(sheets: int, processes: int, to: Path | None, told: Callable[[int, int], None]) -> dict[str, Any]:
    """Draws and reads so many papers, shared by all forms, and writes what they show. `told` hears how many are read, of how many.

    What has been measured decides which readers are asked: after new weights, measure twice.
    """
    forms = city_forms(Settings())
    jobs = [(name, FIRST_SEED + i) for i in range(-(-sheets // len(forms))) for name in forms]
    read: list[Sheet] = []
    with ProcessPoolExecutor(processes) as pool:
        for n, sheet in enumerate(pool.map(_read, jobs, chunksize=4), start=1):
            read += [sheet] if sheet else []
            told(n, len(jobs))
    found = fit(read, forms, json.loads(FILE.read_text("utf-8")))
    (to or FILE).write_text(_flat(json.dumps(found, ensure_ascii=False, indent=1)) + "\n", "utf-8")
    return found


def fit(read: Sequence[Sheet], forms: Forms, known: Mapping[str, Any]) -> dict[str, Any]:
    """What is known, with what these papers show: first what readings are worth, then what checks prove, then what passes.

    Each builds on the one before, so what was found counts in this process from then on.
    """
    found: dict[str, Any] = {
        **known, "at": datetime.now(UTC).date().isoformat(), "sheets": len(read),
        "from": f"{len(read)} tuning papers of {len(forms)} forms, seeds from {FIRST_SEED}; {', '.join(STYLES)}; "
                f"{', '.join(RECIPES)}; fonts for {' and '.join(PURPOSES)}",
        "seconds": {}, "slips": {}, "passing": {},
    }
    fields = [seen for sheet in read for seen in _fields(sheet, forms[sheet.form])]
    found |= {"worth": _worth(fields), "seconds": _seconds(fields)}
    use(found)
    found["slips"] = _slips(read, forms)
    use(found)
    found["passing"] = _passing(read, forms)
    use(found)
    return found


def right(kind: str, field: Field, true: Value) -> bool:
    """Whether what was read is what stands there, after its kind's normalisation; a blank must be blank."""
    return not field.raw if true is None else field.value is True or same(kind, field.value, true)


def _read(job: Job) -> Sheet | None:
    """One paper, drawn, scanned, and read by the line; None where its form was not known, which is another figure's matter."""
    name, seed = job
    forms, readers = _parts()
    n = seed - FIRST_SEED
    paper = make(forms[name], seed, STYLES[n % 3], RECIPES[n // 3 % 4], PURPOSES[n // 12 % 2])
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        file.write(encode_jpeg(Picture(paper.picture, paper.dpi), quality=85))
        file.flush()
        sight: Sight = see(open_page(Path(file.name), 1, Caps()), forms, readers)
    return Sheet(name, sight.readings, paper.truth) if sight.placement.form == name else None


@cache
def _parts() -> tuple[Forms, Mapping[str, Reader]]:
    forms = city_forms(Settings())
    return forms, form_readers(Settings(), forms)


@dataclass(frozen=True, slots=True)
class Seen:
    """One field of one paper: its group, the evidence for what was read, and whether that is right."""

    group: str
    evidence: Evidence
    right: bool


def _fields(sheet: Sheet, form: Form) -> Iterator[Seen]:
    document = _document(sheet, form)
    for name, spec in form.fields.items():
        said = sorted((r for r in sheet.readings if r.field == name), key=lambda reading: reading.order)
        was = right(spec.kind, document.fields[name], sheet.truth[name])
        yield _seen(spec, evidence(said, spec), was)
        if len(said) > 1 and said[1].reader in said[0].reader.split("+"):
            stain = STAINED if STAINED in said[0].reader else ""
            yield _alone(replace(said[1], reader=said[1].reader + stain), spec, sheet.truth[name])


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


def _worth(fields: Sequence[Seen]) -> dict[str, Any]:
    cells: dict[str, dict[str, list[tuple[float, bool]]]] = defaultdict(lambda: defaultdict(list))
    for seen in fields:
        cells[seen.group][seen.evidence.heard].append((seen.evidence.score, seen.right))
    return {
        group: {
            heard: {"n": len(told), "wrong": sum(not was for _, was in told), "curve": _rounded(curves.worth_by_score(told))}
            for heard, told in sorted(of.items())
        }
        for group, of in sorted(cells.items())
    }


def _seconds(fields: Sequence[Seen]) -> dict[str, Any]:
    cells: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for seen in fields:
        if seen.evidence.second:
            cells[seen.group].append((seen.evidence.second, seen.right))
    return {
        group: {says: {"odds": round(curves.odds_of(says, told), 4), **_counted(was for word, was in told if word == says)}
                for says in sorted({word for word, _ in told})}
        for group, told in sorted(cells.items())
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
            cells[peers(spec, field.raw)].append((round(sure, 6), right(spec.kind, field, sheet.truth[name])))
    return {group: _rounded(curves.passing(told)) for group, told in sorted(cells.items())}


def _counted(rights: Iterator[bool]) -> dict[str, int]:
    told = list(rights)
    return {"n": len(told), "wrong": told.count(False)}


def _rounded(points: Sequence[tuple[float, ...]]) -> list[list[float]]:
    return [[round(x, 6) for x in point] for point in points]


def _flat(lines: str) -> str:
    """JSON whose innermost lists and objects stand on one line: so that a difference between two runs can be read."""
    return re.sub(r"[\[{][^\[\]{}]*[\]}]", lambda held: re.sub(r"\s*\n\s*", " ", held[0]), lines)
