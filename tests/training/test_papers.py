from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import pytest

from tsuzuri.house import city_forms
from tsuzuri.rules.dates import era_of
from tsuzuri.settings import Settings
from tsuzuri.synth.digits import have_digits, real_digits
from tsuzuri.training.alphabet import FAMILIES, SPELLS, text_of
from tsuzuri.training.cuttings import Cutting, load, save
from tsuzuri.training.papers import FIRST_SEED, cuttings, scrambled


@pytest.fixture(scope="module")
def found() -> list[Cutting]:
    """What the line cuts from the first papers that can be written here, of whichever forms the city has."""
    cut: list[Cutting] = []
    for seed in range(FIRST_SEED, FIRST_SEED + 120):
        cut += cuttings(seed)
        if len(cut) > 30:
            break
    return cut


def test_what_the_line_cuts_from_a_paper_is_labelled_with_what_stands_on_it(found: list[Cutting]) -> None:
    texts = [text_of(list(cutting.labels)) for cutting in found]
    assert len(found) > 15
    assert sum(len(text) > 3 for text in texts) > 4
    for cutting, text in zip(found, texts, strict=True):
        assert cutting.seen.shape[0] == 48 and cutting.seen.shape[1] % 8 == 0
        assert cutting.seen.max() > 100
        assert set(text) <= SPELLS[FAMILIES[cutting.family]]


def test_cuttings_come_back_from_their_file_the_narrowest_first(found: list[Cutting], tmp_path: Path) -> None:
    save(found, tmp_path / "some.npz")
    again = load([tmp_path / "some.npz"])
    wanted = sorted(found, key=lambda cutting: cutting.seen.shape[1])
    assert [c.labels for c in again] == [c.labels for c in wanted]
    assert all((a.seen == b.seen).all() and a.family == b.family for a, b in zip(again, wanted, strict=True))


def test_scrambled_stories_keep_their_shape_and_say_something_else() -> None:
    form = city_forms(Settings())["kodomo_seikyu"]
    story = {"birth": "2012-12-28", "recipient_no": "3212503", "points": 588, "fee": None, "patient_name": "石井　彩"}
    others = [scrambled(story, form, Random(seed)) for seed in range(40)]
    assert {other["patient_name"] for other in others} == {"石井　彩"}      # kanji are not ours to read
    assert {other["fee"] for other in others} == {None}
    assert {len(str(other["recipient_no"])) for other in others} == {7}
    assert {len(str(other["points"])) for other in others} == {3}
    assert len({str(other["recipient_no"])[:2] for other in others}) > 20
    assert all(era_of(date.fromisoformat(str(other["birth"]))) for other in others)


@pytest.mark.skipif(not have_digits(), reason="real digits come with `make bench`")
def test_digits_to_learn_from_are_none_that_are_tuned_on() -> None:
    tuned = {digit.tobytes() for digit in real_digits("tuning")}
    assert not tuned & {digit.tobytes() for digit in real_digits("training")}
