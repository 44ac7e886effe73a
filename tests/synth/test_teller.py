"""A form that nobody wrote a story for draws itself."""

from __future__ import annotations

import numpy as np
import pytest

from tsuzuri.forms import Form
from tsuzuri.synth.stories import BUSINESS_DATE, Story, tell

KINDS = {
    "owner_name": "name", "owner_kana": "kana", "child_name": "name", "holder_name": "name", "relation": "text",
    "home_postal": "postal", "home_address": "address", "use": "text", "bank": "text", "account_no": "account_no",
    "yucho_kigou": "digits", "yucho_bangou": "digits", "begun": "wareki", "ended": "wareki", "year": "int",
    "a": "tick", "b": "tick", "reason": "choice", "proof": "tick", "total": "yen", "count": "int",
}
CHECKS = [
    ("in_order", {"first": "$begun", "then": "$ended"}), ("fiscal_year", {"year": "$year", "day": "$ended"}),
    ("any_given", {"of": ["$a", "$b"]}), ("evidence", {"reason": "$reason", "enclosed": "$proof", "needless": "非課税"}),
    ("holder_explained", {"holder": "$holder_name", "owner": "$owner_name", "relation": "$relation"}),
    ("rows_sum", {"rows": "$paid", "column": "yen", "total": "$total"}), ("rows_count", {"rows": "$paid", "count": "$count"}),
]


@pytest.fixture(scope="module")
def stories() -> list[Story]:
    """Fifty stories of a form of every sort of field that the teller knows by name."""
    fields: dict[str, object] = {name: {"kind": kind, "box": [20, 20, 60, 8]} for name, kind in KINDS.items()}
    fields["reason"] = {"kind": "choice", "choices": {"失業": [20, 30, 20, 8], "非課税": [50, 30, 20, 8]}}
    row = {"yen": {"kind": "yen", "box": [20, 60, 40, 8]}}
    fields |= {f"paid.{i}.yen": row["yen"] for i in (1, 2, 3)}
    properties: dict[str, object] = {name: {"type": "string"} for name in KINDS} | {
        "use": {"type": "string", "examples": ["事務所", "病院"]},
        "paid": {"type": "array", "items": {"required": ["yen"], "properties": {"yen": {"type": "integer"}}}},
    }
    must = ["owner_name", "owner_kana", "child_name", "holder_name", "home_postal", "use", "begun", "ended", "reason"]
    form = Form.model_validate({
        "name": "unheard_of", "version": 1, "title": "届", "title_box": [60, 20, 60, 10], "fields": fields,
        "rows": {"paid": {"count": 3, "pitch": 10, "fields": row}},
        "checks": [{"check": word, "of": of} for word, of in CHECKS],
        "json_schema": {"required": must, "properties": properties}})
    return [tell(form, np.random.default_rng(seed)) for seed in range(50)]


def test_a_role_is_one_person_and_a_family_shares_its_name(stories: list[Story]) -> None:
    for story in stories:
        assert story["holder_name"] == story["owner_name"] != story["child_name"]
        assert str(story["child_name"]).split("\u3000")[0] == str(story["owner_name"]).split("\u3000")[0]
        assert story["relation"] is None


def test_an_account_is_a_banks_or_of_yucho_and_never_half_of_one(stories: list[Story]) -> None:
    for story in stories:
        assert (story["bank"] is None) == (story["account_no"] is None) == (story["yucho_kigou"] is not None)
        assert (story["yucho_kigou"] is None) == (story["yucho_bangou"] is None)
    assert len({story["bank"] is None for story in stories}) == 2


def test_what_the_checks_demand_holds(stories: list[Story]) -> None:
    for story in stories:
        assert str(story["begun"]) <= str(story["ended"]) < BUSINESS_DATE.isoformat()
        assert story["year"] == 7 and (story["a"] or story["b"])
        assert story["proof"] == (True if story["reason"] == "失業" else None)
        paid = [int(yen) for i in (1, 2, 3) if (yen := story[f"paid.{i}.yen"]) is not None]
        assert (story["total"], story["count"]) == (sum(paid), len(paid)) and paid


def test_examples_of_the_schema_are_what_is_written_and_the_rest_is_blank_now_and_then(stories: list[Story]) -> None:
    assert {story["use"] for story in stories} == {"事務所", "病院"}
    assert {story["home_address"] is None for story in stories} == {True, False}
    assert all(story["home_postal"] for story in stories)
