"""帳票スタジオ end to end: a blank's scan becomes a form by its boxes alone, and reads what was written, by the real readers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from tsuzuri.cli import app
from tsuzuri.engines import READERS, Reader
from tsuzuri.flow import Line, studio
from tsuzuri.forms import Form, load_forms
from tsuzuri.forms.drafted import Draft, Folders, texts
from tsuzuri.image import Picture
from tsuzuri.settings import REPO
from tsuzuri.synth.draw import blank_picture, png
from tsuzuri.synth.papers import make

HOME = REPO / "pipelines", REPO / "schemas"
MINATO = REPO / "samples" / "cities" / "minato"
KINDS = ("yen", "wareki", "kana", "choice", "account_no")


@cache
def readers() -> Mapping[str, Reader]:
    """The line's own, opened once."""
    return {name: READERS[name]() for name in ("own", "ppocr", "tesseract")}


@pytest.fixture
def board(line: Line) -> Line:
    """A line whose desk may open scans, and knows where the forms lie."""
    return replace(line, readers=readers, folders=Folders(*HOME))


def drawn(form: Form, wanted: tuple[str, ...]) -> dict[str, Any]:
    """Some of a form's boxes, as somebody draws them upon its blank."""
    told: dict[str, Any] = {}
    for name in wanted:
        spec = form.fields[name].model_dump(mode="json", include={"kind", "box", "cells", "choices", "style", "era", "parts"})
        told[name] = {word: said for word, said in spec.items() if said}
    return told


def drafted(line: Line, form: Form, scan: bytes, wanted: tuple[str, ...], tmp_path: Path) -> Draft:
    """A draft under another name: what is found on the blank, the title, and the boxes."""
    path = tmp_path / "blank.png"
    path.write_bytes(scan)
    _, found = studio.open_blank(line, path)
    begun = studio.begun("tameshi", found)
    tree = {**begun.tree, "title": form.title, "title_box": list(form.title_box), "fields": drawn(form, wanted)}
    return Draft("tameshi", tree, begun.schema)


@pytest.mark.slow
@pytest.mark.parametrize(("city", "name", "turns"), [(REPO, "kodomo_shinsei", 2), (MINATO, "kodomo_seikyu", 0)])
def test_a_form_that_was_drawn_on_a_blank_reads_what_was_written_on_it(
    board: Line, tmp_path: Path, city: Path, name: str, turns: int,
) -> None:
    form = load_forms(city / "pipelines", city / "schemas")[name]
    wanted = tuple(name for name, spec in form.fields.items() if "." not in name and spec.kind in KINDS)
    crooked = _turned(blank_picture(form, 200), 0.8 + 180 * (turns // 2))
    whole, held = studio.hold_draft(board, drafted(board, form, png(crooked, 200), wanted, tmp_path))
    right, many = 0, 0
    for seed, style in ((40_100, "typed"), (40_101, "hand")):
        paper = make(form, seed, style, "office")
        sample = tmp_path / f"{seed}.png"
        sample.write_bytes(png(Picture(paper.picture).gray, paper.dpi))
        tried = studio.try_draft(board, held, sample)
        assert tried.read["form"] == "tameshi"
        said = {field: re.sub(r"\s", "", str(tried.read["fields"][field]["value"])) for field in wanted}
        right += sum(said[field] == re.sub(r"\s", "", str(paper.truth.get(field))) for field in wanted)
        many += len(wanted)
    assert right >= 0.9 * many, (right, many)
    _loads_as_exported(whole, tmp_path)


def _loads_as_exported(whole: Draft, tmp_path: Path) -> None:
    """The files that the archive holds are a form to `tsuzuri forms check` too."""
    for folder, text, suffix in zip(("pipelines", "schemas"), texts(whole, Folders(*HOME)), ("yaml", "json"), strict=True):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"tameshi.{suffix}").write_text(text, "utf-8")
    checked = CliRunner().invoke(app, ["forms", "check", "--pipelines", str(tmp_path / "pipelines")])
    assert checked.exit_code == 0, checked.output


def _turned(picture: Any, degrees: float) -> Any:
    high, wide = picture.shape
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, 1.0)
    return np.asarray(cv2.warpAffine(picture, turn, (wide, high), borderValue=255), np.uint8)
