"""`tsuzuri ledger …`, as an operator types it at night."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Tsuzuri

HEAD = "制度,受給者番号,宛名番号,氏名,氏名カナ,生年月日,有効開始日,有効終了日"


def full(folder: Path, *numbers: str, name: str = "綴　花子") -> Path:
    path = folder / "full.csv"
    path.write_text("\n".join([HEAD, *(f"こども,{n},P{n},{name},ツヅリ　ハナコ,2020-04-01,2025-04-01," for n in numbers)]), "utf-8")
    return path


NUMBERS = [f"{n:07}" for n in range(100, 160)]


def test_a_dry_run_shows_masked_rows_and_changes_nothing(tsuzuri: Tsuzuri, tmp_path: Path) -> None:
    code, out, _ = tsuzuri("ledger", "import", "recipients", full(tmp_path, "0001230"), "--dry-run")
    assert code == 0 and "新規 1" in out and "綴　花○" in out and "花子" not in out
    code, out, _ = tsuzuri("ledger", "show", "recipients", "0001230")
    assert code == 1


def test_a_full_file_is_taken_once_and_shown(tsuzuri: Tsuzuri, tmp_path: Path) -> None:
    assert tsuzuri("ledger", "import", "recipients", full(tmp_path, "0001230"))[0] == 0
    assert "取込済み" in tsuzuri("ledger", "import", "recipients", full(tmp_path, "0001230"))[1]
    assert "綴" in tsuzuri("ledger", "show", "recipients", "0001230")[1]
    assert "full.csv" in tsuzuri("ledger", "list")[1]


def test_a_file_that_ends_many_must_be_meant(tsuzuri: Tsuzuri, tmp_path: Path) -> None:
    tsuzuri("ledger", "import", "recipients", full(tmp_path, *NUMBERS))
    code, _, err = tsuzuri("ledger", "import", "recipients", full(tmp_path, NUMBERS[0]))
    assert code == 1 and "many_end" in err
    code, out, _ = tsuzuri("ledger", "import", "recipients", full(tmp_path, NUMBERS[0]), "--yes-many-end")
    assert code == 0 and "終了 59" in out


def test_a_malformed_file_says_which_line_and_leaves_nothing(tsuzuri: Tsuzuri, tmp_path: Path) -> None:
    code, _, err = tsuzuri("ledger", "import", "recipients", full(tmp_path, "0001230", "12"))
    assert code == 1 and "3行目 受給者番号" in err and "花子" not in err
    assert tsuzuri("ledger", "show", "recipients", "0001230")[0] == 1


def test_days_off_come_from_a_package(tsuzuri: Tsuzuri) -> None:
    assert tsuzuri("ledger", "import", "calendar", "--from-package")[0] == 0
    assert "元日" in tsuzuri("ledger", "show", "calendar", "2026-01-01")[1]
    assert tsuzuri("ledger", "import", "calendar")[0] == 2
    assert tsuzuri("ledger", "import", "people", "--from-package")[0] == 2
