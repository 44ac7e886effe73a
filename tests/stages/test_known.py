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


@pytest.fixture(scope="module")
def accounts() -> Form:
    return load_forms(REPO / "pipelines", REPO / "schemas")["koza_furikae"]


def test_a_bank_its_branch_and_their_codes_prove_each_other(accounts: Form) -> None:
    bits = [bit(name) for name in ("bank_branch", "branch_code", "bank", "bank_code")]
    said = consulted(bits, [heard("ppocr-1", "健軍支店", 0.8), heard("own-1", "181", 0.6, **{"161": 0.3}),
                            heard("ppocr-1", "肥俊銀行", 0.6, 肥後銀行=0.3), heard("own-1", "0182", 0.9)], accounts)
    assert [voice.said.text for voice in said] == ["健軍支店", "161", "肥後銀行", "0182"]
    assert said[0].said.sure > 0.8 and said[1].said.sure <= 0.6 and said[2].said.sure <= 0.6 and said[3].said.sure >= 0.9
    assert said[2].said.reader == "ppocr-1+listed" and said[2].voices[0].text == "肥俊銀行"


def test_a_branch_of_a_bank_that_no_list_has_stays_as_it_was_heard(accounts: Form) -> None:
    bits = [bit("bank"), bit("bank_branch"), bit("bank_code"), bit("branch_code")]
    branch = heard("ppocr-1", "建軍支店", 0.6, 健軍支店=0.2)
    before = [heard("ppocr-1", "火の国銀行", 0.9), branch, heard("own-1", "", 1), heard("own-1", "161", 0.9)]
    assert consulted(bits, before, accounts) == before


def test_an_institution_that_the_city_knows_is_proven_by_code_and_name_and_one_that_it_does_not_stays(form: Form) -> None:
    claim = load_forms(REPO / "pipelines", REPO / "schemas")["kodomo_seikyu"]
    bits = [bit("inst_code"), bit("inst_name"), bit("inst_address")]
    said = consulted(bits, [heard("own-1", "4310105533", 0.9), heard("ppocr-1", "みずき整形外科", 0.8),
                            heard("ppocr-1", "熊本市中央区国府8丁目3番15号", 0.5, **{"熊本市中央区国府3丁目3番/5号": 0.2})], claim)
    assert said[0].said.sure > 0.95 and said[1].said.sure > 0.95 and said[1].said.reader == "ppocr-1+listed"
    assert said[2].said.text == "熊本市中央区国府3丁目3番15号" and said[2].said.sure <= 0.5
    strange = [heard("own-1", "4310105533", 0.9), heard("ppocr-1", "別の医院", 0.8), heard("ppocr-1", "福岡市1", 0.5)]
    assert consulted(bits, strange, claim) == strange
