"""What lists make of what was heard: names prove each other, and every voice is kept."""

from __future__ import annotations

import numpy as np
import pytest

from tsuzuri.forms import Form, load_forms
from tsuzuri.image.clean import Cut
from tsuzuri.settings import REPO
from tsuzuri.stages.keys import Bit, Heard, Voice
from tsuzuri.stages.known import consulted

CUT = Cut(np.zeros((4, 4), np.uint8), blank=False, sure=1.0)


@pytest.fixture(scope="module")
def form() -> Form:
    return load_forms(REPO / "pipelines", REPO / "schemas")["kodomo_shinsei"]


def bit(name: str) -> Bit:
    return Bit(name, CUT, None, "kana", "ppocr")


def heard(reader: str, text: str, sure: float, **others: float) -> Heard:
    voice = Voice(reader, text, sure, {text: sure, **others})
    return Heard(voice, (voice,))


def test_a_name_and_its_kana_prove_each_other_and_both_readers_stay_beside(form: Form) -> None:
    bits = [bit("patient_name"), bit("patient_kana")]
    name, kana = consulted(bits, [heard("ppocr-1", "吉田拓海", 0.8), heard("own-1", "ヨシダタクミ", 0.9)], form)
    assert (name.said.text, kana.said.text) == ("吉田　拓海", "ヨシダ　タクミ")
    assert name.said.reader == "ppocr-1+names" and name.said.sure > 0.95
    assert [voice.reader for voice in name.voices] == ["ppocr-1", "names"] and name.voices[0].text == "吉田拓海"


def test_a_name_that_the_lists_chose_is_no_surer_than_the_doubt_it_ended(form: Form) -> None:
    bits = [bit("patient_name"), bit("patient_kana")]
    name, kana = consulted(bits, [heard("ppocr-1", "古川拓海", 0.5, 吉田拓海=0.3), heard("own-1", "ヨシダタクミ", 0.9)], form)
    assert name.said.text == "吉田　拓海" and name.said.sure <= 0.5
    assert kana.said.text == "ヨシダ　タクミ"


def test_what_the_lists_do_not_know_stays_as_it_was_heard(form: Form) -> None:
    bits = [bit("patient_name"), bit("patient_kana"), bit("address"), bit("tel")]
    said = (("ppocr-1", "古閑剛"), ("own-1", "コガタケシ"), ("ppocr-1", "火星市1"), ("own-1", "1"))
    before = [heard(reader, text, 0.8) for reader, text in said]
    assert consulted(bits, before, form) == before


def test_a_letter_that_others_write_otherwise_is_not_proven_by_its_kana(form: Form) -> None:
    bits = [bit("patient_name"), bit("patient_kana")]
    name, kana = consulted(bits, [heard("ppocr-1", "平野凛", 0.8), heard("own-1", "ヒラノリン", 0.9)], form)
    assert name == heard("ppocr-1", "平野凛", 0.8)
    assert kana.said.reader == "own-1+names"
