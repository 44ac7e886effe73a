"""Files of ledgers as offices send them, whole and broken. A fault is told by line, column and reason, never by what is written."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tsuzuri.errors import Refused
from tsuzuri.rules.ledgers import LEDGERS, Entry, Faults, compare, opened, read_entries

HEAD = "制度,受給者番号,宛名番号,氏名,氏名カナ,生年月日,有効開始日,有効終了日"
ROW = "こども,0001230,P1,綴　花子,ﾂﾂﾞﾘ ﾊﾅｺ,令和2年4月1日,2025-04-01,"


def read(path: Path, ledger: str = "recipients") -> tuple[list[Entry], Faults]:
    """The file's entries, held against an empty ledger; raises Refused."""
    faults = Faults()
    with opened(path) as rows:
        found = list(read_entries(LEDGERS[ledger], rows(), faults))
    compare(LEDGERS[ledger], found, {}, None, faults)
    faults.refuse()
    return found, faults


def written(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / "ledger.csv"
    path.write_bytes("\r\n".join((*lines, "")).encode(encoding))
    return path


def refused(path: Path, ledger: str = "recipients") -> list[dict[str, object]]:
    with pytest.raises(Refused) as error:
        read(path, ledger)
    assert error.value.code == "ledger_malformed" and "綴" not in str(error.value.details)
    return error.value.details["faults"]  # type: ignore[return-value]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_list_of_recipients_reads_alike_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    (entry,), _ = read(written(tmp_path, HEAD, ROW, encoding=encoding))
    kept = dict(zip([c.name for c in LEDGERS["recipients"].columns], entry.cells, strict=True))
    assert (entry.key, entry.since, entry.until, entry.line) == ("01 0001230", "2025-04-01", "", 2)
    assert (kept["name"], kept["kana"], kept["birth"], kept["scheme"]) == ("綴　花子", "ツヅリ　ハナコ", "2020-04-01", "01")


def test_our_own_names_of_columns_are_read_too(tmp_path: Path) -> None:
    (entry,), _ = read(written(tmp_path, "number,name", "01430016,協会けんぽ"), "insurers")
    assert entry.key == "01430016"


def test_a_zip_of_one_list_is_read_and_a_zip_of_two_is_not(tmp_path: Path) -> None:
    packed = tmp_path / "a.zip"
    with zipfile.ZipFile(packed, "w") as out:
        out.write(written(tmp_path, HEAD, ROW), "a.csv")
    assert len(read(packed)[0]) == 1
    with zipfile.ZipFile(packed, "a") as out:
        out.write(written(tmp_path, HEAD, ROW), "b.csv")
    with pytest.raises(Refused, match="CSV を1つだけ"):
        read(packed)


def test_a_zip_packed_in_a_way_that_few_tools_know_is_refused_and_breaks_nothing(tmp_path: Path) -> None:
    packed = tmp_path / "a.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_LZMA) as out:
        out.write(written(tmp_path, HEAD, ROW), "a.csv")
    with pytest.raises(Refused, match="CSV を1つだけ"):
        read(packed)


def test_the_published_list_of_medical_institutions_needs_no_titles(tmp_path: Path) -> None:
    (entry,), faults = read(written(tmp_path, "430100013,0100013,架空クリニック,8600001,熊本市中央区城東町1"), "institutions")
    assert entry.key == "4310100013" and entry.cells[2] == "1" and not faults.odd_count


@pytest.mark.parametrize(("row", "column", "why"), [
    (ROW.replace("2025-04-01", "2025-02-30"), "有効開始日", "暦にある日付"),
    (ROW + "2025-03-31", "有効終了日", "開始日より前"),
    (ROW.replace("0001230", "1230"), "受給者番号", "7桁の数字"),
    (ROW.replace("綴　花子", ""), "氏名", "空です"),
    (ROW.replace("こども", "老人"), "制度", "のどれか"),
    (ROW + ",1", "", "列の数"),
    (ROW.replace("綴", "綴\x07"), "氏名", "制御文字"),
    (ROW.replace("綴", "綴\u202e"), "氏名", "制御文字"),
])
def test_a_malformed_row_is_told_by_line_column_and_reason(tmp_path: Path, row: str, column: str, why: str) -> None:
    (fault,) = refused(written(tmp_path, HEAD, row))
    assert (fault["line"], fault["column"]) == (2, column) and why in str(fault["why"])


def test_two_rows_of_one_number_and_day_are_refused_but_the_same_row_twice_is_only_odd(tmp_path: Path) -> None:
    (fault,) = refused(written(tmp_path, HEAD, ROW, ROW.replace("P1", "P2")))
    assert fault["line"] == 3 and "2行目" in str(fault["why"])
    entries, faults = read(written(tmp_path, HEAD, ROW, ROW))
    assert len(entries) == 2 and faults.odd[0]["line"] == 3


def test_one_number_cannot_hold_twice_on_one_day(tmp_path: Path) -> None:
    later = ROW.replace("2025-04-01", "2025-10-01")
    (fault,) = refused(written(tmp_path, HEAD, ROW, later))
    assert "重なります" in str(fault["why"]) and fault["line"] == 3
    assert len(read(written(tmp_path, HEAD, ROW + "2025-09-30", later))[0]) == 2


def test_a_wrong_check_digit_warns_of_a_recipient_and_refuses_an_insurer(tmp_path: Path) -> None:
    _, faults = read(written(tmp_path, HEAD, ROW.replace("0001230", "0001231")))
    assert faults.odd_count == 1 and faults.odd[0]["column"] == "受給者番号"
    (fault,) = refused(written(tmp_path, "保険者番号,保険者名", "01430017,架空健保"), "insurers")
    assert "検証番号" in str(fault["why"])


def test_mixed_encodings_are_told_by_their_line(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    path.write_bytes(f"{HEAD}\r\n{ROW}\r\n".encode("cp932") + ROW.replace("0001230", "0045674").encode() + b"\r\n")
    (fault,) = refused(path)
    assert fault["line"] == 3 and "混ざって" in str(fault["why"])


@pytest.mark.parametrize("broken", [
    b"", b"\xff\xfe\x00", f"{HEAD}\r\n".encode(), f'{HEAD}\r\n"{ROW}\r\n'.encode(), b"a,b\r\n\x80\xff\r\n", b"x" * 70_000,
    b"PK\x03\x04rest",
    f"{HEAD}\r\n{ROW}\r\n".encode("utf-16"), f"{HEAD.replace('氏名カナ', '氏名')}\r\n{ROW}\r\n".encode(), b"\r\n\r\n",
], ids=["empty", "bytes", "titles alone", "open quote", "no text", "a long line", "half a zip", "utf-16", "title twice", "no row"])
def test_what_is_no_list_is_refused_and_never_breaks(tmp_path: Path, broken: bytes) -> None:
    path = tmp_path / "broken.csv"
    path.write_bytes(broken)
    with pytest.raises(Refused):
        read(path)


def test_a_file_of_something_else_is_not_read_to_its_end(tmp_path: Path) -> None:
    faults = refused(written(tmp_path, HEAD, *[ROW.replace("0001230", "x")] * 500))
    assert len(faults) == 100
