"""Models that a city drops in: our own under another name reads as ours does, and what does not fit its card says what to do."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engines.conftest import Draw
from tsuzuri.engines import READERS, Reader, known, open_readers
from tsuzuri.engines.own import MODEL
from tsuzuri.engines.ppocr import shipped
from tsuzuri.engines.session import opened
from tsuzuri.errors import Misdeclared

DIGITS = "0123456789"
Drop = Callable[..., Path]


@pytest.fixture
def drop(tmp_path: Path) -> Drop:
    """drop(name, takes={…}, version=…): our own model in a folder, its card changed; the folder."""

    def dropped(name: str = "library-hand", **changes: Any) -> Path:
        card = json.loads(MODEL.with_suffix(".json").read_text("utf-8"))
        for word, value in changes.items():
            card[word] = {**card[word], **value} if isinstance(value, dict) and word != "families" else value
        shutil.copy(MODEL, tmp_path / f"{name}.onnx")
        (tmp_path / f"{name}.json").write_text(json.dumps(card), "utf-8")
        return tmp_path

    return dropped


def test_our_own_model_dropped_in_under_another_name_reads_what_ours_reads(
    drop: Drop, draw: Draw, readers: dict[str, Reader],
) -> None:
    folder = drop(version="2026.1")
    assert known(folder) == {*READERS, "library-hand"}
    reader = open_readers(["library-hand"], folder)["library-hand"]
    assert reader.name == "library-hand-2026.1"
    crops = [draw("40381", DIGITS), draw("ヤマダ", "アイヤマダ"), draw("12")]
    assert reader.read(crops) == readers["own"].read(crops)


def test_a_paddle_recogniser_with_a_card_reads_as_the_one_that_tsuzuri_brings(
    tmp_path: Path, draw: Draw, readers: dict[str, Reader],
) -> None:
    model = shipped("PP-OCRv6_rec_small")
    (tmp_path / "paddle.onnx").symlink_to(model)
    letters = opened(model).get_modelmeta().custom_metadata_map["character"].split("\n")
    (tmp_path / "paddle.json").write_text(json.dumps({
        "version": "6", "licence": "Apache-2.0", "sha256": hashlib.sha256(model.read_bytes()).hexdigest(),
        "takes": {"input": "x", "as": "rgb", "height": 48, "step": 8, "narrowest": 64, "widest": 1600},
        "gives": {"as": "softmax", "stride": 8}, "characters": [*letters, " "],
    }), "utf-8")
    crops = [draw("40381", DIGITS), draw("7", DIGITS), draw("ヤマダハナコ", "アハヤマダナコ"), draw("熊本市中央区手取本町1-1")]
    theirs, ours = open_readers(["paddle"], tmp_path)["paddle"].read(crops), readers["ppocr"].read(crops)
    assert [ink.text for ink in theirs] == [ink.text for ink in ours] == ["40381", "7", "ヤマダハナコ", "熊本市中央区手取本町1-1"]
    assert all(0.8 < ink.confidence <= 1 for ink in theirs[:3])


def test_without_families_a_model_reads_fields_of_any_character(drop: Drop, draw: Draw) -> None:
    (ink,) = open_readers(["library-hand"], drop(families={}))["library-hand"].read([draw("4038")])
    assert ink.text == "4038"


def test_without_a_folder_there_are_the_readers_that_tsuzuri_brings() -> None:
    assert known() == set(READERS)


@pytest.mark.parametrize(("changes", "told"), [
    ({"sha256": "0" * 64}, r"sha256 is not that of library-hand\.onnx \([0-9a-f]{64}\); put the card's own model beside it"),
    ({"sha256": "abc"}, r"library-hand\.json: sha256: "),
    ({"licence": ""}, r"library-hand\.json: licence: "),
    ({"version": "1+2"}, r"library-hand\.json: version: "),
    ({"characters": ""}, "name every class but the blank"),
    ({"characters": DIGITS, "families": {}}, r"10 characters and the blank want an answer of \[2, steps, 11\]; the model gives"),
    ({"families": {"kanji": "山"}}, "kanji: '山' is none of the characters"),
    ({"takes": {"as": "rgb"}}, r"does not take x of \[2, 3, 48, 160\]; mend takes"),
    ({"takes": {"input": "image"}}, r"does not take image of .*; mend takes"),
    ({"takes": {"height": 32}}, r"does not take x of \[2, 1, 32, 160\]"),
    ({"takes": {"as": "gray"}}, r"takes\.as: .*'ink' or 'rgb'"),
    ({"gives": {"as": "softmax"}}, "the answers are no probabilities; write gives: as: logits"),
    ({"gives": {"stride": 8}}, "40 steps for 160 px is no stride of 8"),
])
def test_a_card_that_does_not_fit_its_model_stops_the_start_and_says_what_to_mend(
    drop: Drop, changes: dict[str, Any], told: str,
) -> None:
    with pytest.raises(Misdeclared, match=told):
        known(drop(**changes))


def test_a_model_without_a_card_a_card_without_a_model_and_files_that_are_neither_are_told(tmp_path: Path) -> None:
    model, card = tmp_path / "hand.onnx", tmp_path / "hand.json"
    model.write_bytes(b"no model")
    with pytest.raises(Misdeclared, match=r"hand\.onnx: has no card; write hand\.json beside it"):
        known(tmp_path)
    card.write_text("{", "utf-8")
    with pytest.raises(Misdeclared, match=r"hand\.json: not JSON"):
        known(tmp_path)
    told = json.loads(MODEL.with_suffix(".json").read_text("utf-8"))
    card.write_text(json.dumps({**told, "sha256": "cc36d22f7a38dbb8c0a33a0e6b8bae9ed2da9f3d9c1a7b1fbf8b0b5b0b1d2c5b"}), "utf-8")
    with pytest.raises(Misdeclared, match="sha256 is not that of"):
        known(tmp_path)
    model.unlink()
    with pytest.raises(Misdeclared, match=r"there is no hand\.onnx beside it"):
        known(tmp_path)


def test_a_file_that_is_no_network_is_told_though_its_sum_is_right(tmp_path: Path) -> None:
    (tmp_path / "hand.onnx").write_bytes(b"no model")
    told = json.loads(MODEL.with_suffix(".json").read_text("utf-8"))
    told["sha256"] = hashlib.sha256(b"no model").hexdigest()
    (tmp_path / "hand.json").write_text(json.dumps(told), "utf-8")
    with pytest.raises(Misdeclared, match=r"hand\.onnx: ONNX Runtime cannot open it"):
        known(tmp_path)


@pytest.mark.parametrize(("name", "told"), [
    ("own", "brings a reader 'own' itself"), ("Hand+2", "a model's name is words of"), ("h" * 21, "at most 20 in all"),
    ("hand-2", "each with a letter first"),
])
def test_a_name_that_is_taken_or_cannot_stand_beside_a_reading_is_refused(drop: Drop, name: str, told: str) -> None:
    with pytest.raises(Misdeclared, match=told):
        known(drop(name))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misdeclared, match="TSUZURI_MODELS"):
        known(tmp_path / "models")
