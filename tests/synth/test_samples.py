"""The committed samples: what the manifest says of them is what they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tsuzuri.forms import Forms, load_forms
from tsuzuri.settings import REPO
from tsuzuri.synth.papers import Look, make_like
from tsuzuri.synth.samples import BATCH, STRAYS, Want, pair

NAMES = sorted(name for name, form in load_forms(REPO / "pipelines", REPO / "schemas").items() if form.found != "records")
SAMPLES = REPO / "samples"
MANIFEST: dict[str, Any] = json.loads((SAMPLES / "batch" / "manifest.json").read_text("utf-8"))


def test_the_samples_are_some_forty_sheets_of_all_the_kinds_that_a_scanner_sends() -> None:
    pages = [page for file in MANIFEST["files"] for page in file["pages"]]
    kinds = {file["file"].rpartition(".")[2] for file in MANIFEST["files"]}
    assert kinds == {"jpg", "png", "tif", "pdf"}
    assert len(pages) == MANIFEST["declared_sheets"] and 30 <= len(pages) <= 45
    assert {page["kind"] for page in pages} == {"form", *STRAYS}
    assert any(page.get("quarter_turns") == 2 for page in pages)
    assert all(path.stat().st_size <= 200_000 for path in SAMPLES.glob("*/a.png"))
    pictures = sum(path.stat().st_size for path in (SAMPLES / "pictures").iterdir())      # README's, no samples
    assert pictures < 2**20
    assert sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file()) - pictures < 12 * 2**20


def test_every_file_of_the_manifest_is_there_with_its_pages_and_no_other() -> None:
    told = {file["file"] for file in MANIFEST["files"]}
    assert told == {path.name for path in (SAMPLES / "batch").iterdir()} - {"manifest.json"}
    for file in MANIFEST["files"]:
        path = SAMPLES / "batch" / file["file"]
        if path.suffix != ".pdf":
            with Image.open(path) as picture:
                assert getattr(picture, "n_frames", 1) == len(file["pages"]), file["file"]
    with Image.open(SAMPLES / "batch" / "0005.tif") as fax:
        assert fax.info["compression"] == "group4" and fax.mode == "1"


def test_the_sample_pdf_is_pictures_alone_in_colour() -> None:
    content = (SAMPLES / "batch" / "0006.pdf").read_bytes()
    assert content.count(b"/DeviceRGB") >= 4 and b"/FontFile2" not in content


def test_the_manifest_is_what_the_seeds_tell(forms: Forms) -> None:
    entries = {(f["file"], p["page"]): p for f in MANIFEST["files"] for p in f["pages"]}
    for name, wants in BATCH.items():
        for number, want in enumerate(wants, start=1):
            entry = entries[name, number]
            if isinstance(want, Want):
                assert (entry["form"], entry["seed"], tuple(entry["faults"])) == (
                    want.form,
                    want.seed,
                    want.faults,
                )
                assert set(entry["fields"]) == set(forms[want.form].fields)
            else:
                assert entry["kind"] == want and "fields" not in entry


def test_the_receipts_in_the_batch_are_those_that_their_application_asks_for() -> None:
    asked, *receipts = (page["fields"] for page in pages_of("0020.pdf") if page["kind"] == "form")
    assert pages_of("0020.pdf")[-1]["kind"] == "separator"
    assert asked["receipts_count"] == len(receipts) == 2
    assert asked["paid_total"] == asked["amount"] == sum(receipt["copay"] for receipt in receipts)
    for row, receipt in enumerate(receipts, start=1):
        assert (receipt["inst_name"], receipt["copay"]) == (asked[f"receipts.{row}.institution"], asked[f"receipts.{row}.paid"])
        assert (receipt["patient_name"], receipt["service_ym"]) == (asked["patient_name"], asked["service_ym"])
        assert receipt["copay"] == (receipt["points"] * int(receipt["ratio"][0]) + 5) // 10 * 10


def test_the_cover_in_the_batch_counts_and_sums_the_sheet_that_it_lies_on() -> None:
    cover, sheet = (page["fields"] for page in pages_of("0021.pdf"))
    for name in ("service_ym", "inst_code", "inst_name", "rep_name", "total_count", "total_points", "total_amount"):
        assert cover[name] == sheet[name], name
    for column in ("count", "points", "copay", "amount"):
        assert cover[f"total_{column}"] == sum(cover[f"lines.{i}.{column}"] or 0 for i in range(1, 13))


def pages_of(file: str) -> list[dict[str, Any]]:
    """The manifest's entries of one file."""
    (pages,) = [told["pages"] for told in MANIFEST["files"] if told["file"] == file]
    return list(pages)


@pytest.mark.parametrize("name", NAMES)
def test_picture_and_truth_of_each_pair_are_drawn_from_its_seed(forms: Forms, name: str) -> None:
    want = pair(name)
    paper = make_like(forms[name], want.seed, Look(want.style, want.recipe, "sample", want.faults))
    truth = json.loads((SAMPLES / name / "a.truth.json").read_text("utf-8"))
    assert truth == {"form": name, "fields": paper.truth}
    with Image.open(SAMPLES / name / "a.png") as picture:
        committed = np.asarray(picture.convert("L"), float)
    assert (
        np.abs(committed - paper.picture).mean() < 1
    )  # another release of a font or library may move an edge


def test_the_table_of_samples_names_every_file() -> None:
    page = (SAMPLES / "README.md").read_text("utf-8")
    assert [name for name in BATCH if f"`{name}`" not in page] == []


def test_samples_are_drawn_to_a_folder_of_ones_own(
    forms: Forms, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tsuzuri.synth import samples

    monkeypatch.setattr(
        samples,
        "BATCH",
        {"1.tif": (Want("kodomo_seikyu", 3, "typed", "fax"), "blank"), "2.jpg": ("unknown",)},
    )
    samples.draw_samples(tmp_path, Forms({"kodomo_seikyu": forms["kodomo_seikyu"]}))
    assert {path.name for path in tmp_path.iterdir()} == {"kodomo_seikyu", "batch"}
    with Image.open(tmp_path / "batch" / "1.tif") as fax:
        assert fax.n_frames == 2
    assert json.loads((tmp_path / "batch" / "manifest.json").read_text("utf-8"))["declared_sheets"] == 3
