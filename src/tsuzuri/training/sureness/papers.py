"""Papers to measure by, in an order of which any beginning serves, and how the line read them. Touches synth and the line's way.

Papers come from seeds, fonts and scans that no figure is quoted from; half of them from fonts that training leaves alone.
What was read is kept line by line in plain files: a run that was cut off goes on, runs are laid together, and what follows from
them is reckoned anew without reading anything again.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from tsuzuri.engines import Reader
from tsuzuri.flow.reading import Sight, see
from tsuzuri.forms import NOWHERE, Form, Forms
from tsuzuri.house import city_forms, form_readers
from tsuzuri.image import Picture
from tsuzuri.image.pages import Caps, encode_jpeg, open_page
from tsuzuri.model import Reading, Value
from tsuzuri.rules import KINDS
from tsuzuri.settings import Settings
from tsuzuri.stages.sure import group_of
from tsuzuri.synth.fonts import Purpose
from tsuzuri.synth.papers import Style, make

FIRST_SEED = 30_000
STYLES: tuple[Style, ...] = ("typed", "hand", "digits")
RECIPES = ("clean", "office", "poor", "fax")
PURPOSES: tuple[Purpose, ...] = ("tuning", "measuring")
FEW = 50               # fields: of what there is less than this, more is wanted most
FIXED_COST = {"rules": 15.0, "labels": 60.0}     # placing a paper, or finding its labels, costs as much as reading so many fields

Job = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One paper as it was read, and what stands on it; no readings where its form was not known (that is another figure's)."""

    form: str
    readings: tuple[Reading, ...]
    truth: Mapping[str, Value]
    seed: int = 0


def jobs(forms: Forms) -> Iterator[Job]:
    """Endlessly (form, seed): next comes the form whose fields are of the groups that there is least of so far."""
    paper = {name: form for name, form in forms.items() if form.found in FIXED_COST}
    holds = {name: _wanted(form) for name, form in paper.items()}
    costs = {name: FIXED_COST[form.found] + len(form.fields) for name, form in paper.items()}
    drawn: Counter[str] = Counter()
    told: Counter[str] = Counter()

    def gain(name: str) -> float:
        return sum(n / (told[group] + FEW) for group, n in holds[name].items()) / costs[name]

    while True:
        name = max(paper, key=gain)
        yield name, FIRST_SEED + drawn[name]
        drawn[name] += 1
        told.update(holds[name])


def _wanted(form: Form) -> Mapping[str, float]:
    """How much a paper of that form tells of each group, and of itself: of what must be surest, most must be seen."""
    groups: dict[str, float] = defaultdict(float)
    for name, spec in form.fields.items():
        if KINDS[spec.kind].reads in ("text", "date"):
            groups[group_of(spec, blank=False)] += -math.log10(max(1 - form.target(name), 1e-4))
    return {**groups, form.name: sum(groups.values())}


def gather(span: tuple[int, int], processes: int, to: Path, told: Callable[[int, int], None]) -> None:
    """The papers of the order from the span's first on (0: its beginning), as many as its second says, each read and kept as one
    line of the file. What the file holds already is not read again. `told` hears how many are read, of how many.
    """
    first, many = span
    wanted = list(islice(jobs(city_forms(Settings())), first, first + many))
    to.parent.mkdir(parents=True, exist_ok=True)
    done = {(sheet.form, sheet.seed) for sheet in kept([to])}
    missing = [job for job in wanted if job not in done]
    with ProcessPoolExecutor(processes) as pool, to.open("a", encoding="utf-8") as rows:
        rows.write("\n" if to.stat().st_size else "")      # the last line may have been cut off
        for n, sheet in enumerate(pool.map(_read, missing, chunksize=2), start=1):
            rows.write(_line(sheet) + "\n")
            rows.flush()
            told(n, len(missing))


def kept(files: Iterable[Path]) -> list[Sheet]:
    """What was read, of all files together; a paper that stands in two is taken once, a line that was cut off is left out."""
    sheets: dict[Job, Sheet] = {}
    for file in files:
        for line in file.read_text("utf-8").splitlines() if file.is_file() else ():
            try:
                sheet = _sheet(json.loads(line))
            except json.JSONDecodeError:
                continue
            sheets[sheet.form, sheet.seed] = sheet
    return list(sheets.values())


def _line(sheet: Sheet) -> str:
    """Boxes are left out: where a field stands says nothing of how it was read."""
    readings = [[r.field, r.ink, r.confidence, r.reader, r.order, *r.marks] for r in sheet.readings]
    return json.dumps({"form": sheet.form, "seed": sheet.seed, "truth": sheet.truth, "readings": readings}, ensure_ascii=False)


def _sheet(told: Mapping[str, Any]) -> Sheet:
    readings = tuple(
        Reading(field, ink, confidence, reader, NOWHERE, order=order, marks=tuple(marks))
        for field, ink, confidence, reader, order, *marks in told["readings"])
    return Sheet(told["form"], readings, told["truth"], told["seed"])


def _read(job: Job) -> Sheet:
    """One paper, drawn, scanned, and read by the line."""
    name, seed = job
    forms, readers = _parts()
    # Each form begins elsewhere in the round of looks: so a beginning of the order has all of them.
    n = seed - FIRST_SEED + 7 * sorted(forms).index(name)
    paper = make(forms[name], seed, STYLES[n % 3], RECIPES[n // 3 % 4], PURPOSES[n // 12 % 2])
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        file.write(encode_jpeg(Picture(paper.picture, paper.dpi), quality=85))
        file.flush()
        sight: Sight = see(open_page(Path(file.name), 1, Caps()), forms, readers)
    return Sheet(name, sight.readings if sight.placement.form == name else (), paper.truth, seed)


@cache
def _parts() -> tuple[Forms, Mapping[str, Reader]]:
    forms = city_forms(Settings())
    return forms, form_readers(Settings(), forms)
