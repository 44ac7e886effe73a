"""`tsuzuri balance`: nothing is said where the paper adds up, and whatever is lost is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from sqlalchemy import text

from tests.cli.conftest import Tsuzuri
from tests.flow.conftest import picture
from tsuzuri import flow
from tsuzuri.flow import Line
from tsuzuri.flow.intake import Declaration
from tsuzuri.house import open_line
from tsuzuri.image.pages import Caps, open_page, probe
from tsuzuri.image.separators import batch_sheet, separator
from tsuzuri.model import BatchSheet
from tsuzuri.settings import Settings


def _fed(line: Line, sheets: int, *seqs: int, **more: object) -> str:
    batch = flow.declare_batch(line, "EAST-1", Declaration("KM-0001", "東区", "kodomo", sheets, **more))
    for seq in seqs:
        with line.files.receive(1 << 20) as staged:
            staged.write(picture(200 + seq))
            scan, _ = flow.take_scan(line, batch.id, seq, flow.Told(f"{seq}.png", f"K{seq:04}"), staged)
        flow.open_scan(line, scan.id)
    flow.close_batch(line, batch.id)
    return batch.id


def test_paper_that_adds_up_is_no_news_and_a_row_lost_has_a_name(tsuzuri: Tsuzuri) -> None:
    assert tsuzuri("balance")[0] == 0
    line = open_line(Settings())
    batch = _fed(line, 2, 1, 2)
    code, said, _ = tsuzuri("balance")
    assert code == 0 and "合っています" in said and "東区" in said
    with line.unit() as unit:
        page = unit.pages_of_batch(batch)[1]
        unit.connection.execute(text(f"DELETE FROM pages WHERE id = '{page.id}'"))
    code, said, _ = tsuzuri("balance", "--batch", batch)
    assert code == 1 and "ファイル 0002" in said and page.scan_id in said and "ページ 1 がどこにもありません" in said
    told = json.loads(tsuzuri("balance", "--json")[1])
    assert (told["closes"], told["wrong"][0]["about"], told["stored"], told["in_work"]) == (False, page.scan_id, 2, 1)

@pytest.mark.parametrize("words", [["--box", "another"], ["--batch", "another"], ["--ward", "東"]], ids=lambda words: words[0][2:])
def test_a_box_batch_or_ward_that_is_not_there_has_no_books_that_close(tsuzuri: Tsuzuri, words: list[str]) -> None:
    code, said, complaint = tsuzuri("balance", *words)
    assert (code, said) == (2, "") and words[1] in complaint


def test_a_sheet_that_never_came_is_named_by_its_number_in_the_pile_and_by_the_scanners_print(tsuzuri: Tsuzuri) -> None:
    tsuzuri("balance")
    batch = _fed(open_line(Settings()), 4, 1, 2, 4, first_imprint="K0001", last_imprint="K0004")
    assert tsuzuri("balance", "--date", "2999-01-01")[0] == 0
    code, said, _ = tsuzuri("balance", "--ward", "東区")
    assert code == 1
    assert f"バッチ {batch}: 申告 4 ページに対して保管 3 ページです。" in said
    assert "届いていないファイル番号: 3。届いていない印字番号: K0003。" in said
    assert tsuzuri("balance", "--date", "7 November")[0] == 2


def test_a_box_is_received_moved_and_given_back_with_a_certificate(
    tsuzuri: Tsuzuri, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = ("KM-0001",)
    of = ("--procedure", "kodomo", "--weight-kg", "5.2")
    assert tsuzuri("box", "receive", *number, "--ward", "東区", *of)[1] == "KM-0001 受領\n"
    assert tsuzuri("box", "receive", *number, "--ward", "西区", "--procedure", "kodomo")[0] == 1
    _fed(open_line(Settings()), 1, 1)
    for step in ("scanned", "verified", "stored"):
        assert tsuzuri("box", "move", *number, step)[0] == 0
    assert tsuzuri("box", "move", *number, "received")[0] == 1
    assert "処理中" not in tsuzuri("box", "list", "--step", "stored")[1] and "KM-0001" in tsuzuri("box", "list")[1]
    monkeypatch.setattr(typer, "prompt", lambda *_, **__: "long enough to be one")
    assert tsuzuri("user", "add", "kanto", "--role", "supervisor")[0] == tsuzuri("user", "add", "sato")[0] == 0
    destroy = "box", "destroy", *number, "--method", "溶解", "--by"
    assert "not_allowed" in tsuzuri(*destroy, "sato")[2]
    code, _, said = tsuzuri(*destroy, "kanto")
    assert code == 1 and "保存期間中" in said
    assert tsuzuri("box", "return", *number, "--to", "東区役所")[1] == "搬出 1\n"
    assert tsuzuri("box", "certificate", 1, "-o", tmp_path / "c.pdf")[0] == 0
    assert (tmp_path / "c.pdf").read_bytes().startswith(b"%PDF")
    assert "返却済" in tsuzuri("box", "show", *number)[1]
    assert tsuzuri("balance", "--pdf", tmp_path / "b.pdf")[0] == 0 and (tmp_path / "b.pdf").stat().st_size > 1000


def test_batch_sheets_are_printed_for_a_box_that_is_known(tsuzuri: Tsuzuri, tmp_path: Path) -> None:
    assert tsuzuri("box", "sheets", "KM-0001", "-o", tmp_path / "s.pdf")[0] == 2
    tsuzuri("box", "receive", "KM-0001", "--ward", "東区", "--procedure", "kodomo")
    assert tsuzuri("box", "sheets", "KM-0001", "--count", "2", "-o", tmp_path / "s.pdf")[0] == 0
    assert tsuzuri("box", "sheets", "KM-0001", "--first", "999", "--count", "2", "-o", tmp_path / "s.pdf")[0] == 2
    assert probe(tmp_path / "s.pdf", Caps()).pages == 2
    assert batch_sheet(separator(open_page(tmp_path / "s.pdf", 2)) or "") == BatchSheet("KM-0001", 2, "東区", "kodomo")
