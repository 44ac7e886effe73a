"""What an entry's fields prove of one another, by banks and institutions; a list makes nobody somebody else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tsuzuri.errors import Misdeclared
from tsuzuri.rules.lists import Entry, Institutions, as_entered, banks, branches, load_institutions

KNOWN = Institutions((
    Entry("4310105533", "みずき整形外科", "熊本市中央区国府3丁目3番15号"),
    Entry("4310118544", "風の丘皮ふ科クリニック", "熊本市北区植木町岩野6丁目15番6号"),
))


def test_a_bank_is_known_under_the_ways_to_write_it() -> None:
    for name, code in (("肥後銀行", "0182"), ("株式会社肥後銀行", "0182"), ("熊本信用金庫", "1951"), ("熊本信金", "1951"),
                       ("ＪＡ熊本市農業協同組合", "8916"), ("ゆうちょ銀行", "9900"),
                       ("九州労働金庫", "2990"), ("三菱ＵＦＪ銀行", "0005")):
        assert [entry.code for entry in banks().called(banks().fold("name", name))] == [code], name


def test_a_branch_is_known_within_its_bank_only() -> None:
    higo = branches("0182")
    assert [entry.code for entry in higo.called(higo.fold("name", "健軍支店"))] == ["161"]
    assert [entry.code for entry in higo.called(higo.fold("name", "本店"))] == ["101"]
    assert not higo.called(higo.fold("name", "七一八店")) and branches("9900").called("七一八")
    assert not branches("0000").called("健軍")


def test_a_code_and_a_name_of_one_entry_prove_each_other() -> None:
    chosen = as_entered({"code": {"0182": 0.9}, "name": {"肥後銀行": 0.9}}, banks())
    assert chosen and chosen.entry.code == "0182" and chosen.sure > 0.99
    assert chosen.spelled == {"code": "0182", "name": "肥後銀行"}


def test_of_two_spellings_that_which_the_other_field_means_is_chosen() -> None:
    chosen = as_entered({"code": {"0587": 0.6, "0182": 0.2}, "name": {"肥後銀行": 0.9}}, banks())
    assert chosen and chosen.spelled == {"code": "0182", "name": "肥後銀行"}
    named = as_entered({"name": {"肥俊銀行": 0.6, "肥後銀行": 0.2}}, banks())
    assert named and named.spelled == {"name": "肥後銀行"} and named.sure < 0.95


def test_where_code_and_name_contradict_neither_is_the_lists_to_say() -> None:
    assert as_entered({"code": {"0587": 0.9}, "name": {"肥後銀行": 0.9}}, banks()) is None
    assert as_entered({"code": {"9998": 0.9}, "name": {"火の国銀行": 0.9}}, banks()) is None
    assert as_entered({}, banks()) is None


def test_a_spelling_hardly_held_possible_makes_no_bank_of_one_that_no_list_has() -> None:
    assert as_entered({"name": {"肥前銀行": 0.98, "肥後銀行": 0.01}}, banks()) is None


def test_two_of_three_fields_prove_an_institution_and_the_third_stays_as_read() -> None:
    fields = {"code": {"4310105533": 0.9}, "name": {"みずき整形外料": 0.8}, "address": {"熊本市中央区国府3-3-15": 0.8}}
    chosen = as_entered(fields, KNOWN)
    assert chosen and set(chosen.spelled) == {"code", "address"} and chosen.sure > 0.9
    assert chosen.spelled["address"] == "熊本市中央区国府3-3-15"


def test_a_name_in_another_shape_of_a_letter_is_not_proven_to_be_written_so() -> None:
    known = Institutions((Entry("4310105533", "髙橋医院", "熊本市1"),))
    chosen = as_entered({"code": {"4310105533": 0.9}, "name": {"高橋医院": 0.9}, "address": {"熊本市1": 0.9}}, known)
    assert chosen and set(chosen.spelled) == {"code", "address"}


def test_the_address_that_the_institution_has_is_chosen_among_those_possible() -> None:
    fields = {"code": {"4310105533": 0.9}, "address": {"熊本市中央区国府8-3-15": 0.5, "熊本市中央区国府3-3-15": 0.1}}
    chosen = as_entered(fields, KNOWN)
    assert chosen and chosen.spelled["address"] == "熊本市中央区国府3-3-15"


def test_a_citys_list_is_a_csv_whose_faults_name_their_line(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("code,name,kana,address\n4310105533,みずき整形外科,ミズキ,熊本市中央区国府3-3-15\n", "utf-8-sig")
    known = load_institutions(path).coded("4310105533")
    assert known and known.address == "熊本市中央区国府3-3-15"
    for text, fault in (
        ("code,name\n", ":1: no column address"),
        ("code,name,address\n4310105534,み,\n", ":2: '4310105534' is no institution's code"),
        ("code,name,address\n4310105533,み,\n4310105533,み,\n", ":3: 4310105533: stands there twice"),
        ("code,name,address\n4310105533,,\n", "has no name"),
    ):
        path.write_text(text, "utf-8")
        with pytest.raises(Misdeclared, match=fault):
            load_institutions(path)
