"""One run, several files: the same claims in fixed widths, with commas, as they were written, and counted."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.test_writers import HEAD, ROW, ROWS
from tsuzuri.model import Value
from tsuzuri.rules.csv_reader import read_csv_feed
from tsuzuri.rules.feed_reader import read_feed
from tsuzuri.rules.sheets import ENCODINGS, ROW_FORMATS, Out, Row, pour
from tsuzuri.rules.writers import Totals, reversal


def files(rows: list[dict[str, Value]], *asked: tuple[str, str]) -> tuple[Totals, list[bytes]]:
    """The rows in files of these words and encodings."""
    contents = [bytearray() for _ in asked]
    outs = [Out(ROW_FORMATS[word](encoding), content.extend) for (word, encoding), content in zip(asked, contents, strict=True)]
    return pour(HEAD, rows, outs), [bytes(content) for content in contents]


def test_every_word_has_its_encodings() -> None:
    assert set(ROW_FORMATS) == set(ENCODINGS) == {"fixed", "csv", "counts"}


@given(st.lists(ROWS, max_size=4))
def test_with_commas_stands_what_stands_in_fixed_widths(rows: list[dict[str, Value]]) -> None:
    totals, (fixed, commas, twin) = files(rows, ("fixed", "cp932"), ("csv", "cp932"), ("csv", "utf-8"))
    told, said, whole = read_feed(fixed), read_csv_feed(commas), read_csv_feed(twin)
    assert told.totals == said.totals == whole.totals == totals
    for first, second, third, row in zip(told.rows, said.rows, whole.rows, rows, strict=True):
        assert (first["kana"], first["name"], first["error"]) == tuple(second[n].rstrip(" ") for n in ("kana", "name", "error"))
        assert int(first["amount"]) == int(second["amount"]) == row["amount"]
        assert {name: third[name] for name in second} == second


def test_the_file_in_utf_8_has_the_name_as_it_was_written_and_as_it_was_said() -> None:
    _, (twin,) = files([{**ROW, "name": "𠮷野　花子"}], ("csv", "utf-8"))
    (row,) = read_csv_feed(twin).rows
    assert (row["name"], row["name_written"], row["error"]) == ("吉野　花子", "𠮷野　花子", "G")
    assert (row["kana"], row["kana_written"]) == ("ｶｸｳ ﾊﾅｺ", "カクウ　ハナコ")


def test_counts_tell_ward_scheme_form_and_what_was_taken_back_and_add_up() -> None:
    east: Row = {**ROW, "ward_name": "東区", "scheme_name": "こども", "form_title": "請求書"}
    _, (content,) = files([dict(east), {**east, "amount": 17}, reversal(east), {**east, "ward_name": "西区"}], ("counts", "utf-8"))
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows == [
        ["区", "制度", "様式", "処理", "件数", "金額（円）"], ["東区", "こども", "請求書", "取消", "1", "-983"],
        ["東区", "こども", "請求書", "新規", "2", "1000"], ["西区", "こども", "請求書", "新規", "1", "983"],
        ["合計", "", "", "", "4", "1000"]]
    assert files([dict(east)], ("counts", "cp932"))[1][0].decode("cp932").startswith("区,制度")


@pytest.mark.parametrize("spoil", [
    lambda content: content[:-1], lambda content: content.replace(b",983,", b",984,", 1),
    lambda content: content.replace(b"IRY", b"IR,Y"),
    lambda content: content + b"9\r\n", lambda content: content.replace(b"2,1,", b"2,7,"), lambda content: b"",
])
def test_a_spoilt_feed_with_commas_is_not_believed(spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(ValueError):  # noqa: PT011  any reason will do
        read_csv_feed(spoil(files([ROW], ("csv", "cp932"))[1][0]))
