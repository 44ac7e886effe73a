"""Strips as the line itself cuts them: filled papers drawn and scanned by synth, placed and cropped by the line, labelled by truth.

Touches synth and stages. What stands on a crop is known but for its commas and noughts: of the ways to write it, the one that
the network to be taught holds likeliest is the label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import lru_cache
from itertools import groupby
from random import Random
from typing import Any

import numpy as np

from tsuzuri.engines import Crop, Reader, open_readers
from tsuzuri.engines.card import Takes, read_card
from tsuzuri.engines.ctc import likelihood
from tsuzuri.engines.network import GIVEN, LOOKS
from tsuzuri.engines.own import MODEL
from tsuzuri.engines.session import opened
from tsuzuri.errors import Refused
from tsuzuri.forms import FieldSpec, Form, Forms
from tsuzuri.house import city_forms
from tsuzuri.image import Picture
from tsuzuri.model import Value
from tsuzuri.rules import KINDS, show
from tsuzuri.rules.dates import era_of
from tsuzuri.settings import Settings
from tsuzuri.stages.align import align
from tsuzuri.stages.read import crops
from tsuzuri.synth.papers import Look, Style, make_like
from tsuzuri.synth.people import GAP
from tsuzuri.synth.stories import Story
from tsuzuri.training.alphabet import DIGITS, FAMILIES, LABELS, masks
from tsuzuri.training.batches import mixed
from tsuzuri.training.cuttings import Cutting
from tsuzuri.training.texts import names

FIRST_SEED = 40_000    # of the tuning range; figures and calibration are from others
STYLES: tuple[Style, ...] = ("digits", "hand", "digits", "digits", "typed")
RECIPES = ("clean", "office", "poor", "fax", "poor")
HOPELESS = 1e-7        # a label less likely than this stands on ink that the line lost
FIRST_DAY, LAST_DAY = date(1927, 1, 1).toordinal(), date(2026, 12, 31).toordinal()
OWN = "own"


def gathered(sheets: int, seed: int, workers: int) -> Iterator[list[Cutting]]:
    """The cuttings of each of so many papers, in the order of their seeds, whatever the workers."""
    jobs = range(FIRST_SEED + seed * sheets, FIRST_SEED + (seed + 1) * sheets)
    if workers < 2:
        yield from map(cuttings, jobs)
        return
    with ProcessPoolExecutor(workers) as pool:
        yield from pool.map(cuttings, jobs, chunksize=8)


def cuttings(seed: int) -> list[Cutting]:
    """What the line cuts from one paper, for our reader alone; () where the paper was not known or could not be written."""
    forms, readers = _house()
    ruled = sorted(forms.found_by("rules"))       # what lies on no rules is read otherwise
    name, turn = ruled[seed % len(ruled)], seed // len(ruled)
    try:
        look = Look(STYLES[turn % len(STYLES)], RECIPES[turn // len(STYLES) % len(RECIPES)], "training")
        paper = make_like(forms[name], seed, look, lambda story: scrambled(story, forms[name], Random(mixed(seed))))
    except Refused:        # the one hand of these papers lacks a rare kanji
        return []
    picture = Picture(paper.picture, paper.dpi)
    placement = align(picture, forms, readers)
    if placement.form != name:
        return []
    form = forms[name]
    return [
        cutting for field, bits in groupby(crops(picture, placement, form)[1], key=lambda bit: bit.field)
        if not _crossable(form, field)
        for bit, texts in zip(bits, _texts(form.fields[field], paper.truth[field]), strict=True)
        if bit.first == OWN and not bit.cut.blank
        for cutting in [_labelled(Crop(bit.cut.picture, bit.alphabet), texts)] if cutting
    ]


def _crossable(form: Form, field: str) -> bool:
    """Whether the field stands in a row that may be crossed out or repeat what is above it: ink that is no value."""
    table = field.partition(".")[0]
    return table in form.rows and bool(form.rows[table].void)


def scrambled(story: Story, form: Form, chance: Random) -> Story:
    """The story with other digits, dates and names of the same shape: that this city's numbers begin alike must not be learnt."""
    ours = {name: spec for name, spec in form.fields.items() if (spec.first or KINDS[spec.kind].reader) == OWN}
    return {name: _scrambled(ours[name], value, chance) if name in ours else value for name, value in story.items()}


def _scrambled(spec: FieldSpec, value: Value, chance: Random) -> Value:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return chance.randint(10 ** (len(str(value)) - 1), 10 ** len(str(value)) - 1)
    if "kana" in spec.kind:
        return GAP.join((chance.choice(names().surnames), chance.choice(names().given)))
    if spec.parts:
        day = date.fromordinal(chance.randint(FIRST_DAY, LAST_DAY)).isoformat()
        return day[: len(str(value))]
    return "".join(chance.choice(DIGITS) if c in DIGITS else c for c in str(value))


@lru_cache(maxsize=1)
def _house() -> tuple[Forms, Mapping[str, Reader]]:
    return city_forms(Settings()), open_readers(["ppocr"])


def _texts(spec: FieldSpec, true: Value) -> Iterator[tuple[str, ...]]:
    """Of each crop of a field, in their order, what may stand on it."""
    if spec.parts:
        yield from (_dated(number) for number in _numbers(true)[: len(spec.parts)])
    else:
        yield _spelled(spec, true)


def _numbers(true: Value) -> tuple[int | None, ...]:
    """Year of its era, month and day; as many as the truth has, three Nones where it has none."""
    if not isinstance(true, str):
        return (None, None, None)
    whole = true if len(true) == 10 else f"{true}-28"
    return (era_of(date.fromisoformat(whole))[1], *(int(part) for part in true.split("-")[1:]))


def _dated(value: int | None) -> tuple[str, ...]:
    if value is None:
        return ("",)
    return (str(value), f"{value:02d}", *(("元",) if value == 1 else ()))


def _spelled(spec: FieldSpec, true: Value) -> tuple[str, ...]:
    """The ways in which synth may have written a value that is no date."""
    if true is None:
        return ("",)
    if spec.cells:
        plain = str(true).replace("-", "")
        return (plain, f"¥{plain}") if spec.prefix == "¥" else (plain,)
    shown = show(spec.kind, true)
    # The line narrows the gap between two names; whether the network has to see it is for its likelihood to say.
    return (" ".join(shown.split()), "".join(shown.split()), *((str(true),) if spec.kind == "yen" else ()))


def _labelled(crop: Crop, texts: Sequence[str]) -> Cutting | None:
    """The crop with the likeliest of its texts; None where it has none that can be spelt, or where its ink is lost."""
    session, takes = _taught()
    seen = LOOKS[takes.look](crop.picture, takes)
    family = FAMILIES.index("kana" if "ア" in (crop.alphabet or "") else "numeric")
    spelt = [tuple(LABELS[c] for c in text) for text in texts if all(c in LABELS for c in text)]
    if not spelt:
        return None
    (logits,) = session.run(None, {takes.input: seen[None]})
    scores = GIVEN["logits"](logits[0] + masks()[family])
    sure, labels = max((likelihood(scores, list(labels)), labels) for labels in spelt)
    if labels and sure < HOPELESS:
        return None
    return Cutting(np.round(seen[0] * 255).astype(np.uint8), family, labels)


@lru_cache(maxsize=1)
def _taught() -> tuple[Any, Takes]:
    """The network that is to be taught, and how it takes its strips."""
    return opened(MODEL), read_card(MODEL).takes
