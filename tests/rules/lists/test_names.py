"""Names with their readings: the lists choose between spellings that a reader held possible, and make nobody into somebody else."""

from __future__ import annotations

from tsuzuri.rules.lists import as_listed


def test_a_name_written_alike_in_kanji_and_kana_is_surely_it_and_gets_its_gap() -> None:
    named = as_listed({"佐藤さくら": 0.9}, {"サトウサクラ": 0.9})
    assert named and (named.kanji, named.kana) == ("佐藤　さくら", "サトウ　サクラ")
    assert named.sure > 0.99


def test_of_two_spellings_the_one_that_its_kana_reads_counts() -> None:
    named = as_listed({"古川拓海": 0.5, "吉田拓海": 0.3}, {"ヨシダタクミ": 0.9})
    assert named and named.kanji == "吉田　拓海"


def test_the_size_of_kana_is_the_lists_to_say() -> None:
    named = as_listed({"佐藤良子": 0.9}, {"サトウリヨウコ": 0.9})
    assert named and named.kana == "サトウ　リョウコ"


def test_a_family_that_no_list_has_stays_who_it_is() -> None:
    # 古閑 is no family of the lists, 古賀 is, and both read コガ: no reader held 賀 possible.
    assert as_listed({"古閑剛": 0.9}, {"コガタケシ": 0.9}) is None


def test_a_reading_that_the_lists_do_not_know_is_not_corrected_into_one_that_they_do() -> None:
    # 山崎 is ヤマザキ in the lists; this family says ヤマサキ, and the reader hardly doubts it.
    assert as_listed({"山崎さくら": 0.9}, {"ヤマサキサクラ": 0.97, "ヤマザキサクラ": 0.02}) is None


def test_two_names_that_are_as_likely_are_no_name() -> None:
    assert as_listed({"平野凛": 0.5, "平野凜": 0.5}, {"ヒラノリン": 0.9}) is None


def test_a_given_name_in_kana_reads_as_it_stands() -> None:
    named = as_listed({"田中ひなた": 0.9}, {"タナカヒナタ": 0.9})
    assert named and named.kanji == "田中　ひなた"
