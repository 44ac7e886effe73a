"""A city's own model, from a folder and one YAML line to a reading; and the start that it stops while its card is wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Tsuzuri
from tests.conftest import SAMPLES
from tsuzuri.engines.own import MODEL
from tsuzuri.flow.reading import see
from tsuzuri.house import open_line
from tsuzuri.image.pages import Caps, open_page
from tsuzuri.settings import REPO, Settings

LINES = {
    "  patient_kana: {kind: kana,": "  patient_kana: {kind: kana, first: library-hand, second: own, target: 0.999999,",
    "  insurer_no: {kind: insurer_no,": "  insurer_no: {kind: insurer_no, second: library-hand, target: 0.999999,",
    "  birth:\n    kind: wareki\n    target: 0.99\n":
        "  birth:\n    kind: wareki\n    second: library-hand\n    target: 0.999999\n",
}


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """Our forms, three lines of which name a model that Tsuzuri does not bring."""
    for folder in ("pipelines", "schemas"):
        shutil.copytree(REPO / folder, tmp_path / folder)
    form = tmp_path / "pipelines" / "_claim.yaml"
    text = form.read_text("utf-8")
    for line, named in LINES.items():
        assert line in text
        text = text.replace(line, named, 1)
    form.write_text(text, "utf-8")
    return tmp_path / "pipelines"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A folder with our own model under another name."""
    (tmp_path / "models").mkdir()
    for end in (".onnx", ".json"):
        shutil.copy(MODEL.with_suffix(end), tmp_path / "models" / f"library-hand{end}")
    return tmp_path / "models"


def test_a_form_that_names_a_model_reads_with_it_alone_or_as_a_second_key(
    tsuzuri: Tsuzuri, monkeypatch: pytest.MonkeyPatch, city: Path, models: Path,
) -> None:
    monkeypatch.setenv("TSUZURI_MODELS", str(models))
    status, said = tsuzuri("forms", "check", "--pipelines", city)[:2]
    assert status == 0 and said.endswith(" forms are in order\n")
    scan = SAMPLES / "kodomo_seikyu" / "a.png"
    _, out, _ = tsuzuri("read", scan, "--json", "--business-date", "2025-10-14", "--pipelines", city)
    with_it = json.loads(out)["fields"]
    _, out, _ = tsuzuri("read", scan, "--json", "--business-date", "2025-10-14")
    without = json.loads(out)["fields"]
    assert {name: field["value"] for name, field in with_it.items()} == {name: field["value"] for name, field in without.items()}
    assert with_it["patient_kana"]["reader"].startswith("library-hand-")
    for name in ("insurer_no", "birth"):
        assert with_it[name]["reader"].startswith(without[name]["reader"])
        assert without[name]["confidence"] <= with_it[name]["confidence"] < 1, name


def test_workers_open_the_models_that_forms_name_and_keep_what_each_said(city: Path, models: Path, tmp_path: Path) -> None:
    for end in (".onnx", ".json"):
        shutil.copy(models / f"library-hand{end}", models / f"idle{end}")
    line = open_line(Settings(home=tmp_path / "home", pipelines=city, models=models))
    readers = line.readers()
    assert list(readers) == ["own", "ppocr", "tesseract", "library-hand"]
    sight = see(open_page(SAMPLES / "kodomo_seikyu" / "a.png", 1, Caps()), line.forms, readers)
    said = {(r.field, r.reader): r.ink for r in sight.readings}
    ours, theirs = readers["own"].name, readers["library-hand"].name
    assert said["patient_kana", ours] == said["patient_kana", theirs] != ""
    for name in ("insurer_no", "birth"):
        (first,) = (r for r in sight.readings if r.field == name and r.order == 1)
        assert said[name, theirs] == first.ink and first.reader.startswith(ours)


def test_a_model_that_no_folder_holds_is_told_where_it_is_named(tsuzuri: Tsuzuri, city: Path) -> None:
    code, _, err = tsuzuri("forms", "check", "--pipelines", city)
    assert code == 2 and "_claim.yaml:" in err
    assert "unknown reader 'library-hand'; known: own, ppocr, tesseract" in err and "TSUZURI_MODELS" in err


def test_a_slip_in_a_models_name_is_told_with_what_was_meant(
    tsuzuri: Tsuzuri, monkeypatch: pytest.MonkeyPatch, city: Path, models: Path,
) -> None:
    monkeypatch.setenv("TSUZURI_MODELS", str(models))
    form = city / "_claim.yaml"
    form.write_text(form.read_text("utf-8").replace("first: library-hand", "first: libary-hand"), "utf-8")
    code, _, err = tsuzuri("forms", "check", "--pipelines", city)
    assert code == 2 and "did you mean 'library-hand'?" in err


def test_a_damaged_model_stops_every_door_before_a_paper_is_touched(
    tsuzuri: Tsuzuri, monkeypatch: pytest.MonkeyPatch, models: Path,
) -> None:
    monkeypatch.setenv("TSUZURI_MODELS", str(models))
    with (models / "library-hand.onnx").open("ab") as file:
        file.write(b"\0")
    for words in (("forms", "check"), ("read", SAMPLES / "kodomo_seikyu" / "a.png"), ("sweep",)):
        code, _, err = tsuzuri(*words)
        assert code == 2 and err.startswith("model_broken: ") and "library-hand.json" in err
