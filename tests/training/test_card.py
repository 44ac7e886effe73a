from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tsuzuri.training.card import Learnt, card, recipe_version, write
from tsuzuri.training.compose import Recipe


def test_the_card_tells_licences_figures_and_sums(tmp_path: Path) -> None:
    weights = tmp_path / "own_reader.onnx"
    weights.write_bytes(b"weights")
    learnt = Learnt(7, 64, 100, 6400, 90.0, Recipe(), ("kiloji", "ipag"), {"printed digit": (9, 10), "real digit": (0, 0)})
    write(card(learnt, [weights]), tmp_path)
    told = json.loads((tmp_path / "card.json").read_text("utf-8"))
    assert told["recipe_version"] == recipe_version()
    assert [(f["name"], f["licence"]) for f in told["faces"]] == [("kiloji", "BSD-3-Clause"), ("ipag", "IPA-1.0")]
    assert told["figures"]["printed digit"] == {"right": 9, "asked": 10, "share": 0.9}
    assert told["figures"]["real digit"]["share"] is None
    assert told["files"]["own_reader.onnx"]["sha256"] == hashlib.sha256(b"weights").hexdigest()
    shown = (tmp_path / "CARD.md").read_text("utf-8")
    assert "| printed digit | 9 | 10 |" in shown
    assert hashlib.sha256(b"weights").hexdigest() in shown
