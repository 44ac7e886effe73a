from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tsuzuri.synth.fonts import HAND, PRINT, font_path
from tsuzuri.training.alphabet import LABELS
from tsuzuri.training.faces import FACES, Face, TestMaterial, refuse_test_material, sources
from tsuzuri.training.glyphs import Bank, build, fingerprint, fingerprints


@pytest.mark.parametrize("name", [
    "yomogi-japanese-400-normal.woff", "ZenKurenaido-Regular.ttf", "zen-kurenaido", "BIZUDGothic-Regular.ttf",
    "BIZ UDMincho", "t10k-images-idx3-ubyte", "YOzRS_.ttf", *PRINT["test"], *HAND["test"],
])
def test_what_is_examined_is_refused_by_name(name: str) -> None:
    with pytest.raises(TestMaterial):
        refuse_test_material(name)


def test_no_face_of_the_table_is_a_test_font_and_each_has_a_licence() -> None:
    for face in FACES:
        for file in (face.name, *face.files):
            refuse_test_material(file)
        assert face.licence
        assert face.source.startswith(("debian:", "npm:@fontsource/"))
    assert len({face.name for face in FACES}) == len(FACES)


def test_a_test_font_under_another_name_is_still_a_test_font(tmp_path: Path) -> None:
    renamed = tmp_path / "innocent.ttf"
    shutil.copy(font_path("BIZUDGothic-Regular.ttf"), renamed)
    face = Face("innocent", (renamed.name,), "debian:x", "OFL-1.1", hand=False)
    with pytest.raises(TestMaterial):
        build({face: (renamed,)})


def test_packages_are_named_once() -> None:
    assert sources("debian").count("fonts-kiloji") == 1
    assert all(name.startswith("@fontsource/") for name in sources("npm"))


def test_the_bank_holds_every_class_of_a_full_font_and_knows_its_hand(bank: Bank) -> None:
    printed = bank.names.index("ipag")
    assert bank.can_write(printed, [label for c, label in LABELS.items() if c != " "])
    assert (bank.hand[printed], bank.hand[bank.names.index("kiloji")]) == (False, True)
    one, eight = (bank.images[bank.rows[printed, LABELS[c]]] for c in "18")
    assert eight.astype(int).sum() > 1.5 * one.astype(int).sum()
    rows = np.flatnonzero(eight.max(axis=1) > 128)
    assert 20 < rows[0] < rows[-1] <= 73          # ink stands on the baseline


def test_digits_of_another_scale_are_known_again(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    digit = (chance.integers(0, 2, (28, 28)) * 240).astype(np.uint8)
    (tmp_path / "3.json").write_text(json.dumps({"data": (digit / 255).ravel().tolist()}))
    assert fingerprints(tmp_path) == {fingerprint(digit)}
