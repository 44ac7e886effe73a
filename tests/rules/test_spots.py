"""Where in a printed line a value stands."""

from __future__ import annotations

import pytest

from tsuzuri.rules import KINDS, SHAPED, chosen, parses, spots

RATIO = {"3割": ("3割", "30%"), "1割": ("1割", "10%")}


@pytest.mark.parametrize(("kind", "text", "seen"), [
    ("yen", "合計 ¥1,230-", ["¥1,230-"]), ("yen", "1,230円", ["1,230円"]), ("yen", "561点", []), ("yen", "3割", []),
    ("yen", "令和7年9月3日", []), ("yen", "０円", ["０円"]), ("yen", "096-345-0634", []),
    ("int", "561点", ["561点"]), ("int", "1,230円", []), ("int", "12%", []),
    ("wareki", "2025年7月1日～2025年7月3日", ["2025年7月1日", "2025年7月3日"]), ("wareki", "R7.9.3", ["R7.9.3"]),
    ("wareki", "2025/09/169:50", ["2025/09/16"]), ("wareki", "令和7年9月", []),
    ("ym", "令和7年9月3日", ["令和7年9月"]), ("ym", "2025/09/03", ["2025/09"]), ("ym", "令和7年9月分", ["令和7年9月分"]),
    ("phone", "TEL096-345-0634", ["096-345-0634"]), ("phone", "(096)345-0634", ["(096)345-0634"]), ("phone", "12345", []),
    ("postal", "〒860-0001熊本市", ["〒860-0001"]), ("address", "〒860-0001 熊本市東区1-2", ["熊本市東区1-2"]),
    ("address", "お大事にどうぞ", []), ("code", "R7-01234", ["R7-01234"]), ("inst_code", "4310100013", ["4310100013"]),
    ("choice", "負担30%", ["30%"]), ("choice", "130%", []), ("seal", "印", []),
])
def test_a_value_is_seen_within_its_line(kind: str, text: str, seen: list[str]) -> None:
    assert [text[a:b] for a, b in spots(kind, text, RATIO)] == seen


@pytest.mark.parametrize("kind", ["yen", "int", "wareki", "ym", "phone", "postal", "code", "inst_code"])
def test_what_is_seen_can_be_read(kind: str) -> None:
    shown = {"yen": "¥1,230", "int": "561", "wareki": "R7.9.3", "ym": "2025年9月", "phone": "096-345-0634", "postal": "860-0001",
             "code": "R7-1", "inst_code": "4310100013"}[kind]
    ((a, b),) = spots(kind, f"見出し：{shown}")
    assert parses(kind, f"見出し：{shown}"[a:b]) and not parses(kind, "見出し")


def test_a_choice_is_said_in_many_ways() -> None:
    assert chosen("３０％", RATIO) == "3割" and chosen("1割", RATIO) == "1割" and chosen("負担", RATIO) == ""


def test_only_what_no_other_text_looks_like_is_known_by_its_shape() -> None:
    assert set(KINDS) > SHAPED and "yen" not in SHAPED and "name" not in SHAPED
