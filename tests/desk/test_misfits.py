"""What is wrong with a draft is told in Japanese, whatever the loader finds."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tsuzuri.desk.misfits import OTHERWISE, misfit
from tsuzuri.forms.drafted import Draft, Folders, Misfit, completed, held
from tsuzuri.settings import REPO

CITY = Folders(REPO / "pipelines", REPO / "schemas")
BOX = [20, 50, 60, 9]
FAULTS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("fields.a", {"fields": {"a": {"kind": "yeen", "box": BOX}}}, "という種類はありません"),
    ("fields.a", {"fields": {"a": {"kind": "yen", "box": [190, 50, 60, 9]}}}, "はみ出しています"),
    ("fields.a", {"fields": {"a": {"kind": "yen"}}}, "ちょうど一つ"),
    ("fields.a", {"fields": {"a": {"kind": "yen", "box": BOX, "colour": "red"}}}, "ここでは使えません"),
    ("fields.a", {"fields": {"a": {"kind": "yen", "box": ["x", 1, 2, 3]}}}, "数で入力"),
    ("fields.a", {"fields": {"a": {"kind": "yen", "box": [1, 2, 3]}}}, "4つの数"),
    ("checks.0", {"checks": [{"check": "no_such"}]}, "という点検はありません"),
    ("checks.0", {"checks": [{"check": "at_least", "of": {"everything": "$a"}}]}, "指定できません"),
    ("checks.0", {"checks": [{"check": "at_least"}]}, "指定してください"),
    ("checks.0", {"checks": [{"check": "at_least", "of": {"number": "$nothing"}}]}, "その欄はありません"),
    ("", {"title_box": None}, ""),
)


@pytest.mark.parametrize(("place", "changed", "says"), FAULTS)
def test_a_fault_of_a_draft_is_told_in_japanese_at_its_place(place: str, changed: dict[str, Any], says: str) -> None:
    amount = {"a": {"kind": "yen", "box": BOX}}
    tree = {"version": 1, "title": "試しの届", "title_box": [60, 15, 90, 12], "fields": amount, **changed}
    draft = completed(Draft("tameshi", tree, {}), CITY)
    with pytest.raises(Misfit) as fault:
        held(draft, CITY, ("own", "ppocr", "tesseract"))
    told = misfit(fault.value.message)
    assert (fault.value.place or place).startswith(place) and says in told
    assert not re.search(r"[A-Za-z]{3,} [A-Za-z]{2,} [A-Za-z]{2,}", told), told
    assert not told.startswith(OTHERWISE[:6])
