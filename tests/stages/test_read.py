"""A placed page becomes readings: every field has one, and the printed truth comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache

import pytest

from tsuzuri.engines import Crop, Ink, Reader, calibration, open_readers
from tsuzuri.forms import Form, Forms, load_forms
from tsuzuri.image import Picture
from tsuzuri.model import STAINED, Reading, Value
from tsuzuri.rules import KINDS, same
from tsuzuri.settings import REPO
from tsuzuri.stages.align import align
from tsuzuri.stages.read import crops, read, spelled
from tsuzuri.synth.papers import Look, make, make_like

SEIKYU, SHINSEI = "kodomo_seikyu", "kodomo_shinsei"


@cache
def forms() -> Forms:
    return load_forms(REPO / "pipelines", REPO / "schemas")


@cache
def readers() -> dict[str, Reader]:
    return open_readers()


@cache
def sheet(name: str, seed: int, style: str, recipe: str, *faults: str) -> tuple[dict[str, Value], tuple[Reading, ...]]:
    form = forms()[name]
    paper = make_like(form, seed, Look(style, recipe, faults=faults))  # type: ignore[arg-type]
    page = Picture(paper.picture)
    return paper.truth, read(page, align(page, forms(), readers()), form, readers())


def firsts(readings: Sequence[Reading]) -> dict[str, Reading]:
    return {reading.field: reading for reading in readings if reading.order == 1}


def wrong(form: Form, truth: dict[str, Value], readings: Sequence[Reading]) -> dict[str, str]:
    """Fields whose ink does not mean what was written."""
    bad = {}
    for name, reading in firsts(readings).items():
        kind = form.fields[name].kind
        meant = KINDS[kind].parse(reading.ink) if reading.ink else None
        if not (same(kind, meant, truth[name]) if truth[name] is not None else meant in (None, False)):
            bad[name] = reading.ink
    return bad


@pytest.mark.parametrize("name", [SEIKYU, SHINSEI])
def test_every_field_has_a_reading_with_its_place_its_reader_and_how_sure(name: str) -> None:
    _, readings = sheet(name, 51, "typed", "office")
    form = forms()[name]
    assert set(firsts(readings)) == set(form.fields)
    for reading in readings:
        assert reading.box == form.fields[reading.field].area
        assert reading.reader and 0 <= reading.confidence <= 1
    whole = {r.reader.removesuffix(STAINED).removesuffix("+names") for r in readings if r.order == 1}
    assert whole <= {"own-1", "own-1+ppocr-v6-small", "ppocr-v6-small", "marks-1"}
    by_kind = {form.fields[r.field].kind: r.reader for r in readings if r.order == 1}
    assert by_kind["recipient_no"].startswith("own-1") and by_kind["address"].startswith("ppocr-v6-small")


def test_where_two_readers_were_asked_the_words_of_each_are_kept_behind_what_counts() -> None:
    _, readings = sheet(SHINSEI, 51, "hand", "fax")
    kana = [r for r in readings if r.field == "account_kana"]
    assert [r.order for r in kana] == [1, 2, 3]
    assert [r.reader for r in kana] == ["own-1+ppocr-v6-small", "own-1", "ppocr-v6-small"]
    assert kana[0].ink in (kana[1].ink, kana[2].ink)


@pytest.mark.parametrize(("name", "style"), [(SEIKYU, "typed"), (SHINSEI, "typed"), (SEIKYU, "hand"), (SHINSEI, "hand")])
def test_a_sheet_from_the_office_scanner_is_read_as_it_was_written(name: str, style: str) -> None:
    truth, readings = sheet(name, 55, style, "office")
    assert wrong(forms()[name], truth, readings) == {}


@pytest.fixture(params=[1e6, 1.0])
def odds(request: pytest.FixtureRequest) -> Iterator[float]:
    """By how much Tesseract's yes raises the odds; else nothing was measured."""
    yes = {"tesseract agrees": {"odds": request.param}}
    families = json.loads(calibration.FILE.read_text("utf-8"))["families"]
    calibration.use({"families": families, "seconds": {"money": yes, "number": yes}})
    yield request.param
    calibration.use(None)


def test_a_field_that_is_not_sure_enough_is_read_again_where_a_yes_may_let_it_pass(odds: float) -> None:
    page = Picture(make(forms()[SEIKYU], 51, "typed", "office").picture)
    placement = align(page, forms(), readers())
    strict = {
        name: spec.model_copy(update={"target": 0.9999 if name in ("recipient_no", "amount", "inst_code") else 0.0})
        for name, spec in forms()[SEIKYU].fields.items()
    }
    form = forms()[SEIKYU].model_copy(update={"fields": strict})
    readings = read(page, placement, form, readers())
    asked = {name for name, spec in strict.items() if spec.second == "tesseract" and spec.target}
    seconds = {r.field: r for r in readings if r.reader.startswith("tesseract-")}
    assert len(asked) == 3 and set(seconds) == (asked if odds > 1 else set()) and all(r.order > 1 for r in seconds.values())
    first = firsts(readings)
    agreed = [name for name in seconds if seconds[name].ink.strip("¥,") == first[name].ink.strip("¥,")]
    assert len(agreed) >= len(seconds) - 1


def test_blank_fields_are_empty_and_sure() -> None:
    truth, readings = sheet(SHINSEI, 51, "typed", "clean")
    blank = [reading for name, reading in firsts(readings).items() if truth[name] is None]
    assert len(blank) >= 5
    assert all(reading.ink == "" and reading.confidence > 0.9 for reading in blank)


def test_dates_come_with_their_printed_words_and_the_circled_era() -> None:
    truth, readings = sheet(SHINSEI, 51, "typed", "clean")
    first = firsts(readings)
    assert first["apply_date"].ink.startswith("令和") and first["apply_date"].ink.endswith("日")
    assert first["birth"].ink[:2] in ("昭和", "平成", "令和")
    assert KINDS["wareki"].parse(first["birth"].ink) == truth["birth"]
    assert KINDS["ym"].parse(first["service_ym"].ink) == truth["service_ym"]


def test_two_circles_are_both_told() -> None:
    truth, readings = sheet(SEIKYU, 52, "hand", "office", "two_circles")
    assert truth["inout"] is None
    assert len(firsts(readings)["inout"].ink.split("|")) == 2


@pytest.mark.parametrize("recipe", ["clean", "fax"])
@pytest.mark.parametrize(("ways", "told"), [
    (("open", "double", "pencil", "re", "cross", "circle", "filled"), True), (("half", "two_words", "beside"), False)])
def test_marks_of_all_shapes_are_told_and_those_between_no_and_yes_are_told_as_doubtful(
    ways: tuple[str, ...], told: bool, recipe: str,
) -> None:
    form = forms()[SHINSEI]
    paper = make_like(form, 57, Look("hand", recipe, ways=ways))
    page = Picture(paper.picture)
    placement = align(page, {form.name: form}, readers())
    written = {name for name, spec in form.fields.items() if KINDS[spec.kind].reads not in ("choice", "tick")}
    said = firsts(tuple(spelled(crops(page, placement, form)[0], form, (), (), but=written)))
    marked = {name: said[name].ink for name in said if paper.how[name].startswith("mark ")}
    assert len(marked) > 6
    assert {name: ink.startswith("?") or "|" in ink for name, ink in marked.items()} == dict.fromkeys(marked, not told)
    if told:
        assert wrong(form, paper.truth, list(said.values())) == {}


def test_a_seal_left_out_is_missed_and_one_pressed_is_seen() -> None:
    _, without = sheet(SEIKYU, 53, "hand", "office", "left_out:seal")
    _, pressed = sheet(SEIKYU, 53, "hand", "office")
    assert firsts(without)["seal"].ink == "" and firsts(pressed)["seal"].ink == "1"


def test_a_scribbled_amount_is_not_passed_as_sure() -> None:
    _, readings = sheet(SEIKYU, 54, "hand", "office", "scribbled")
    assert firsts(readings)["patient_paid"].confidence < 0.9


class _Short:
    """A reader that loses the last character of whatever it is shown."""

    name = "short"

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def read(self, crops: Sequence[Crop]) -> list[Ink]:
        return [Ink(ink.text[:-1], 0.999) for ink in self.reader.read(crops)]


def test_a_row_of_boxes_with_more_ink_than_letters_read_is_doubted() -> None:
    form = forms()[SEIKYU]
    page = Picture(make(form, 51, "typed", "clean").picture)
    placement = align(page, forms(), readers())
    short = read(page, placement, form, {**readers(), **{name: _Short(readers()[name]) for name in ("own", "ppocr")}})
    assert firsts(short)["recipient_no"].confidence < 0.6
    assert firsts(short)["inst_name"].confidence > 0.9


def test_reading_a_page_twice_gives_the_same_readings() -> None:
    form = forms()[SEIKYU]
    page = Picture(make(form, 51, "typed", "office").picture)
    placement = align(page, forms(), readers())
    assert read(page, placement, form, readers()) == read(page, placement, form, readers())


def only_the_first_row(story: dict[str, Value]) -> dict[str, Value]:
    return {name: None if name.startswith("patients.") and name.split(".")[1] != "1" else value for name, value in story.items()}


def test_an_empty_row_of_a_list_is_shown_to_no_reader() -> None:
    form = forms()["kodomo_renki20"]
    page = Picture(make_like(form, 58, Look("typed", "office"), told=only_the_first_row).picture)
    _, bits = crops(page, align(page, forms(), readers()), form)
    assert {bit.field.split(".")[1] for bit in bits if "." in bit.field and not bit.cut.blank} == {"1"}
