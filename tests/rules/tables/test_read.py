"""The city's dated tables: read whole, or refused with file and line."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from tsuzuri.errors import Misdeclared
from tsuzuri.rules.tables import TABLES, Deadline, Kougaku, Meal, Share, Tables, read_tables
from tsuzuri.settings import REPO

DEADLINES = "scheme,months,valid_from,valid_to,source\n01,12,2018-01-01,,illustrative\n"
SHARES = "scheme,since,until,name,cares,share,month,valid_from,valid_to,source\n"


def _tables(folder: Path, **files: str) -> Tables:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return read_tables(folder)


def test_the_city_has_every_table_and_each_row_says_since_when_and_who_says_so() -> None:
    tables = read_tables(REPO / "pipelines" / "tables")
    assert all(name in tables for name in TABLES)
    for kind in TABLES.values():
        rows = tables.on(kind, "2025-10")
        assert rows and all(row.valid_from <= "2025-10-01" and row.source for row in rows)


def test_a_folder_without_tables_has_none_and_no_version(tmp_path: Path) -> None:
    tables = read_tables(tmp_path / "tables")
    assert tables.version == "" and "shares" not in tables and tables.on(Share, "2025-10") == ()


def test_a_row_holds_from_its_first_day_to_its_last(tmp_path: Path) -> None:
    told = "cls,yen,valid_from,valid_to,source\n一般,490,2024-06-01,2025-03-31,x\n一般,510,2025-04-01,,x\n"
    tables = _tables(tmp_path, meals=told)
    seen = {day: [row.yen for row in tables.on(Meal, day)] for day in ("2024-05", "2024-05-31", "2024-06", "2025-03-31", "2025-04")}
    assert seen == {"2024-05": [], "2024-05-31": [], "2024-06": [490], "2025-03-31": [490], "2025-04": [510]}


def test_one_changed_letter_is_another_version(tmp_path: Path) -> None:
    first = _tables(tmp_path, deadlines=DEADLINES).version
    again, changed = (_tables(tmp_path, deadlines=text).version for text in (DEADLINES, DEADLINES.replace(",12,", ",24,")))
    assert first == again != changed


def test_fractions_marks_and_words_are_what_they_mean(tmp_path: Path) -> None:
    [row] = _tables(tmp_path, shares=f"{SHARES}02,3歳翌月,,みな,外来 歯科,1/3,,2018-01-01,,x\n").on(Share, "2025-10")
    assert (row.share, row.cares, str(row.since), row.until, row.month) == (Fraction(1, 3), ("外来", "歯科"), "3歳翌月", None, None)


@pytest.mark.parametrize(("name", "text", "told"), [
    ("deadlines", DEADLINES.replace("months", "month"), r"deadlines\.csv:1: 'month' is no column.*did you mean 'months'"),
    ("deadlines", DEADLINES.replace("months,", "").replace("12,", ""), r"deadlines\.csv:1: the column 'months' is missing"),
    ("deadlines", DEADLINES.replace("months", "scheme"), r"deadlines\.csv:1: 'scheme' stands twice"),
    ("deadlines", DEADLINES.replace("12", "12か月"), r"deadlines\.csv:2: months: '12か月': a whole number"),
    ("deadlines", DEADLINES.replace("12", ""), r"deadlines\.csv:2: months is blank"),
    ("deadlines", DEADLINES.replace("illustrative", ""), r"deadlines\.csv:2: source is blank"),
    ("deadlines", DEADLINES.replace("2018-01-01", "2018-02-30"), r"deadlines\.csv:2: valid_from: '2018-02-30'"),
    ("deadlines", DEADLINES.replace("2018-01-01", "2018/1/1"), r"deadlines\.csv:2: valid_from: .*2023-12-01"),
    ("deadlines", DEADLINES.replace("2018-01-01,", "2018-01-01,2017-12-31"), r"deadlines\.csv:2: valid_to 2017-12-31 is before"),
    ("deadlines", DEADLINES + "01,24,2020-01-01,,x\n", r"deadlines\.csv:3: holds for the same scheme .* line 2"),
    ("deadlines", DEADLINES + "02,24\n", r"deadlines\.csv:3: 2 cells under 5 columns"),
    ("deadlines", "", r"deadlines\.csv:1: a table begins with the names"),
    ("dedlines", DEADLINES, r"dedlines\.csv: no table is called so; did you mean 'deadlines'"),
    ("shares", f"{SHARES}02,3歳,,みな,外来,,,2018-01-01,,x\n", r"shares\.csv:2: since: '3歳': an age is told as"),
    ("shares", f"{SHARES}02,,,みな,外来,4/3,,2018-01-01,,x\n", r"shares\.csv:2: share: '4/3': a part of a whole"),
    ("shares", SHARES.replace("month", "of") + "02,,,みな,外来,,totle,2018-01-01,,x\n", r"of: 'totle': no such word; .* 'total'"),
    ("shares", f"{SHARES}01,,6年度末,幼児,外来,,500,2018-01-01,,x\n01,3歳翌月,,子,外来 歯科,,700,2018-01-01,,x\n",
     r"shares\.csv:3: holds for the same .* line 2"),
])
def test_a_slip_in_a_table_stops_the_start_up_with_file_and_line(tmp_path: Path, name: str, text: str, told: str) -> None:
    with pytest.raises(Misdeclared, match=told):
        _tables(tmp_path, **{name: text})


@pytest.mark.parametrize("rows", [
    "01,,3歳翌月,幼児,外来,0,,2018-01-01,,x\n01,3歳翌月,,子,外来,,700,2018-01-01,,x\n",      # one age ends where the next begins
    "01,,,子,外来,,500,2018-01-01,2023-11-30,x\n01,,,子,外来,,700,2023-12-01,,x\n",
    "01,,,子,外来,,500,2018-01-01,,x\n01,,,子,歯科,,500,2018-01-01,,x\n02,,,親,外来,1/3,,2018-01-01,,x\n",
])
def test_rows_that_follow_one_another_do_not_overlap(tmp_path: Path, rows: str) -> None:
    assert _tables(tmp_path, shares=SHARES + rows).on(Share, "2025-10")


def test_a_table_may_only_speak_of_schemes_and_cares_that_the_city_has(tmp_path: Path) -> None:
    schemes = "scheme,name,rank,valid_from,source\n01,こども,1,2018-01-01,x\n"
    with pytest.raises(Misdeclared, match=r"deadlines\.csv:3: scheme: '04' stands in no row"):
        _tables(tmp_path, schemes=schemes, deadlines=DEADLINES + "04,12,2018-01-01,,x\n")
    (tmp_path / "deadlines.csv").unlink()
    with pytest.raises(Misdeclared, match=r"shares\.csv:2: cares: '外科' stands in no row"):
        _tables(tmp_path, schemes=schemes, cares="care,valid_from,source\n外来,2018-01-01,x\n",
                shares=f"{SHARES}01,,,みな,外来 外科,,,2018-01-01,,x\n")


def test_bytes_that_are_no_utf8_are_refused(tmp_path: Path) -> None:
    (tmp_path / "meals.csv").write_bytes("cls,yen\n一般,1\n".encode("cp932"))
    with pytest.raises(Misdeclared, match=r"meals\.csv: not CSV in UTF-8"):
        read_tables(tmp_path)


def test_the_law_changed_in_august_2026_and_the_tables_know_both() -> None:
    tables = read_tables(REPO / "pipelines" / "tables")
    bases = {month: next(row.base for row in tables.on(Kougaku, month) if row.cls == "ウ") for month in ("2026-07", "2026-08")}
    assert bases == {"2026-07": 80_100, "2026-08": 85_800}
    assert {row.scheme: row.months for row in tables.on(Deadline, "2025-10")} == {"01": 12, "02": 12, "03": 12}
