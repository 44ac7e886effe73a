"""Whom the nights write for is said in YAML, and whatever is said wrongly is told with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tsuzuri.errors import Misdeclared
from tsuzuri.forms.receivers import Sftp
from tsuzuri.forms.targets import FORMATS, PLAIN, load_targets, records_target
from tsuzuri.settings import REPO

FEED = '''benefits:
  title: 給付システム
  files: [{as: fixed, name: "b_{day}.dat"}]
'''
PAYER = 'remitter: {code: "4300000001", name: ｸﾏﾓﾄｼ, bank: "0182", branch: "101", number: "1234567"}'


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB"
SFTP = f"  deliver: {{to: sftp, host: h.example, user: u, host_key: {KEY}}}\n"


def declared(tmp_path: Path, text: str) -> Path:
    """A folder with that file of targets."""
    (tmp_path / "_targets.yaml").write_text(text, "utf-8")
    return tmp_path


def test_the_citys_targets_are_in_order() -> None:
    targets = load_targets(REPO / "pipelines")
    assert {target.takes for target in targets.values()} >= {"claims", "sent"}
    assert targets["benefits"].names(date(2025, 11, 7))[0] == "benefits_20251107.dat"


def test_a_city_that_says_nothing_has_the_feed_in_fixed_widths(tmp_path: Path) -> None:
    assert load_targets(tmp_path) == PLAIN


def test_every_word_of_what_is_taken_has_its_formats() -> None:
    assert set(FORMATS) == {"claims", "records", "sent", "returned", "payments", "paid"}


@pytest.mark.parametrize(("text", "line", "said"), [
    (FEED.replace("as: fixed", "as: fixt"), 3, "fixt"),
    (FEED.replace("title", "titel"), 2, "titel"),
    (FEED + "  when: sometimes\n", 4, "every_day"),
    (FEED.replace("{day}", ""), 3, "pattern"),
    (FEED.replace("as: fixed", "as: fixed, encoding: utf-8"), 3, "encoding"),
    (FEED.replace("benefits", "feed"), "", "benefits"),
    (FEED + "x: {title: 甲, takes: sent, files: [{as: counts, name: 'b_{day}.csv'}]}\n", 4, "b_{day}"),
    (FEED + "x: {title: 甲, takes: payments, files: [{as: zengin, name: 'z_{day}.txt'}]}\n", 4, "remitter"),
    (FEED + f"x: {{title: 甲, takes: payments, pays: institutions, {PAYER}, "
            "files: [{as: zengin, name: 'z_{day}.txt'}]}\n", 4, "two"),
    (FEED + f"x: {{title: 甲, takes: payments, pays: institutions, release: true, {PAYER.replace('ｸﾏﾓﾄｼ', '熊本市')}, "
            "files: [{as: zengin, name: 'z_{day}.txt'}]}\n", 4, "kana"),
    (FEED + f"x: {{title: 甲, takes: payments, pays: institutions, release: true, {PAYER.replace('0182', '9999')}, "
            "files: [{as: zengin, name: 'z_{day}.txt'}]}\n", 4, "9999"),
    (FEED + "  release: true\n", 1, "payments"),
    (FEED + "  since: 2025-11-01\n", 1, "paid elsewhere"),
    (FEED + "  of: payments_institutions\n", 1, "tells of payments"),
    (FEED + "X: {title: 甲, takes: sent, files: [{as: counts, name: 'c_{day}.csv'}]}\n", 4, "small letters"),
    (FEED + "x: {title: 甲, takes: claims, files: [{as: csv, name: 'c_{day}.csv'}]}\n", 4, "alone"),
    (FEED + "  deliver: {to: stfp}\n", 4, "sftp"),
    (FEED + SFTP.replace(f", host_key: {KEY}", ""), 4, "host_key"),
    (FEED + SFTP.replace(KEY, "auto"), 4, "ssh-keyscan"),
    (FEED + SFTP.replace("user: u", "user: u, passwort: geheim"), 4, "unknown word"),
    (FEED + "  deliver:\n    to: s3\n    buket: b\n", 6, "bucket"),
    (FEED + "  deliver: {to: directory, path: x, answer_by: six}\n", 4, "answer_by"),
])
def test_a_target_that_is_said_wrongly_is_told_with_its_line(tmp_path: Path, text: str, line: int | str, said: str) -> None:
    with pytest.raises(Misdeclared) as told:
        load_targets(declared(tmp_path, text))
    assert f"_targets.yaml:{line}".rstrip(":") in told.value.message and said in told.value.message


def test_a_receiver_is_pinned_by_its_key_alone_and_records_go_where_claims_do(tmp_path: Path) -> None:
    told = load_targets(declared(tmp_path, FEED + SFTP.replace(KEY, f"{KEY} root@somewhere")))["benefits"]
    assert isinstance(told.deliver, Sftp) and (told.deliver.port, told.deliver.host_key) == (22, KEY)
    assert records_target("x", "甲", told).deliver == told.deliver
