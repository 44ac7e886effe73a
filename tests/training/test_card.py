from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tsuzuri.training.card import Learnt, card, recipe_version, write


def test_the_card_tells_licences_figures_and_sums(tmp_path: Path) -> None:
    weights = tmp_path / "own_reader.onnx"
    weights.write_bytes(b"weights")
    plan = {"version": "abc", "seed": 7, "size": 64, "recipe": {}, "faces": ["kiloji", "ipag"], "real_digits": 0, "names": 9}
    learnt = Learnt(plan, 100, 6400, 90.0, {"printed digit": (9, 10), "real digit": (0, 0)})
    write(card(learnt, [weights]), tmp_path)
    told = json.loads((tmp_path / "card.json").read_text("utf-8"))
    assert told["recipe_version"] == "abc"
    assert [(f["name"], f["licence"]) for f in told["faces"]] == [("kiloji", "BSD-3-Clause"), ("ipag", "IPA-1.0")]
    assert told["figures"]["printed digit"] == {"right": 9, "asked": 10, "share": 0.9}
    assert told["figures"]["real digit"]["share"] is None
    assert told["files"]["own_reader.onnx"]["sha256"] == hashlib.sha256(b"weights").hexdigest()
    assert not any("MNIST" in d["source"] for d in told["data"])
    shown = (tmp_path / "CARD.md").read_text("utf-8")
    assert "| printed digit | 9 | 10 |" in shown
    assert hashlib.sha256(b"weights").hexdigest() in shown


def test_the_card_of_a_network_that_went_on_names_what_it_began_with_and_what_the_line_cut() -> None:
    plan = {"version": "abc", "seed": 7, "size": 64, "recipe": {}, "faces": [], "real_digits": 0, "names": 9,
            "cuttings": 8426, "begun": "44d4bb"}
    told = json.dumps(card(Learnt(plan, 100, 6400, 90.0, {}), []), ensure_ascii=False)
    assert "8,426 crops" in told
    assert "sha256 44d4bb" in told


def test_the_recipe_has_a_version_of_twelve_digits() -> None:
    assert len(recipe_version()) == 12
    int(recipe_version(), 16)
