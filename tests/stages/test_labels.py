"""Labels and what stands beside them, on papers made of words alone."""

from __future__ import annotations

import pytest

from tsuzuri.forms import Form
from tsuzuri.stages.labels import Phrase, fold, hits, spelled_over
from tsuzuri.stages.places import assigned, doubt, values

FORM = Form.model_validate({
    "name": "slip", "version": 1, "title": "領収書", "found": "labels", "others": ["患者番号", "消費税"],
    "fields": {
        "who": {"kind": "name", "labels": ["患者氏名", "氏名"], "like": ["様"], "drop": ["様"]},
        "points": {"kind": "int", "labels": ["合計点数", "保険点数"]},
        "paid": {"kind": "yen", "labels": ["領収金額", "合計"]},
        "since": {"kind": "wareki", "labels": ["診療期間"], "pick": "first"},
        "until": {"kind": "wareki", "labels": ["診療期間"], "pick": "last"},
        "tel": {"kind": "phone", "labels": ["電話"], "alone": True},
        "share": {"kind": "choice", "labels": ["負担割合"], "words": {"3割": ["3割", "30%"]}},
        "below": {"kind": "yen", "labels": ["窓口負担"], "side": "below"},
    },
})


def at(x: float, y: float, text: str, h: float = 4.0) -> Phrase:
    """A line of text whose letters stand half a height apart, gaps of spaces kept."""
    step = 0.8 * h
    kept = [(i, c) for i, c in enumerate(text) if c != " "]
    return Phrase((x, y, step * len(text), h), "".join(c for _, c in kept), tuple(x + step * (i + 0.5) for i, _ in kept),
                  tuple(0.99 for _ in kept))


def found(*phrases: Phrase) -> dict[str, str]:
    every = values(phrases := (*phrases, *spelled_over(phrases, FORM)), hits(phrases, FORM), FORM)
    return {name: phrases[v.phrase].text[v.start:v.end] for name, v in assigned(every).items()}


@pytest.mark.parametrize("paper", [
    (at(10, 10, "領収金額：¥1,230"),),
    (at(10, 10, "領収金額"), at(60, 10.5, "¥1,230")),
    (at(10, 10, "領収金額"), at(60, 10.5, "¥"), at(70, 10, "1,230")),
    (at(10, 10, "領収金額"), at(11, 16, "1,230")),
    (at(10, 10, "領 収 金 額   1,230円"),),
    (at(10, 10, "領収企額"), at(60, 10, "1,230")),
    (at(10, 10, "氏名"), at(60, 10, "領収金額"), at(10, 17, "山田太郎様"), at(62, 17, "1,230")),
])
def test_an_amount_is_found_behind_beside_or_below_its_label(paper: tuple[Phrase, ...]) -> None:
    assert found(*paper)["paid"].strip("¥円") == "1,230"


def test_every_column_of_a_table_has_its_own_value() -> None:
    heads = (at(10, 10, "患者番号"), at(50, 10, "氏名"), at(90, 10, "合計点数"), at(130, 10, "合計"))
    row = (at(12, 17, "94621"), at(48, 17, "山田太郎様"), at(96, 17, "561"), at(138, 17, "1,680"))
    assert found(*heads, *row) == {"who": "山田太郎", "points": "561", "paid": "1,680"}


def test_a_word_that_is_none_of_ours_keeps_its_value_to_itself() -> None:
    assert "paid" not in found(at(10, 10, "消費税"), at(60, 10, "¥100"))
    assert found(at(10, 10, "消費税"), at(60, 10, "¥100"), at(10, 20, "合計"), at(60, 20, "¥1,230"))["paid"] == "¥1,230"


def test_a_label_within_a_longer_word_is_none() -> None:
    assert found(at(10, 10, "合計点数"), at(60, 10, "561点")) == {"points": "561点"}


def test_a_name_is_known_by_what_follows_it_and_a_phone_by_its_shape() -> None:
    assert found(at(10, 10, "山田 太郎 様"), at(10, 60, "096-345-0634")) == {"who": "山田太郎", "tel": "096-345-0634"}


def test_a_name_in_pieces_is_put_together() -> None:
    assert found(at(10, 10, "山田"), at(22, 10, "太郎様")) == {"who": "山田太郎"}
    assert found(at(10, 10, "山田太郎"), at(70, 10, "様")) == {"who": "山田太郎"}


def test_the_rest_of_a_sentence_is_no_value() -> None:
    assert found(at(10, 10, "消費税込 山田様")) == {}


def test_a_period_tells_its_first_and_its_last_day() -> None:
    told = found(at(10, 10, "診療期間"), at(60, 10, "R7.9.1～R7.9.8"))
    assert told == {"since": "R7.9.1", "until": "R7.9.8"}


def test_a_choice_is_read_in_any_of_its_words() -> None:
    assert found(at(10, 10, "負担割合"), at(60, 10, "30%")) == {"share": "30%"}


def test_a_value_that_must_stand_below_is_not_looked_for_beside() -> None:
    assert found(at(10, 10, "窓口負担"), at(60, 10, "500"), at(11, 16, "700")) == {"below": "700"}


def test_two_amounts_under_equal_labels_are_in_doubt_and_the_same_twice_is_not() -> None:
    for second, doubted in (("¥990", True), ("¥1,230", False)):
        phrases = (at(10, 10, "合計"), at(60, 10, "¥1,230"), at(10, 40, "合計"), at(60, 40, second))
        every = values(phrases, hits(phrases, FORM), FORM)
        assert (doubt(assigned(every)["paid"], every, phrases) > 0.2) is doubted


def test_look_alikes_and_separators_do_not_count_between_labels() -> None:
    assert fold("領 收 企 額：") == "領収金額"
