"""`tsuzuri uke …` as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Tsuzuri
from tests.uke.files import MEDICAL, SAMPLE, changed, packed


def test_a_right_file_is_checked_in_silence(tsuzuri: Tsuzuri) -> None:
    assert tsuzuri("uke", "check", SAMPLE) == (0, "", "")


def test_a_finding_is_told_by_file_line_and_field(tsuzuri: Tsuzuri, tmp_path: Path) -> None:
    path = tmp_path / "RECEIPTC.UKE"
    path.write_bytes(packed(changed(MEDICAL, ("GO,4,696", "GO,4,697"))))
    code, said, _ = tsuzuri("uke", "check", path)
    assert code == 1
    assert said == f"{path}:13:3 U110 L1 GOの総合計点数は697ですが、レセプトの合計点数の和は696です。\n"
    told = json.loads(tsuzuri("uke", "check", path, "--json")[1])
    assert (told["line"], told["field"], told["band"], told["rule"], told["severity"]) == (13, 3, "L1", "V59", "F")


def test_a_file_that_is_not_there_is_bad_use(tsuzuri: Tsuzuri, tmp_path: Path) -> None:
    assert tsuzuri("uke", "check", tmp_path / "none.UKE")[0] == 2


def test_a_file_is_imported_once_and_a_spoilt_one_never(tsuzuri: Tsuzuri, tmp_path: Path) -> None:
    first = json.loads(tsuzuri("uke", "import", SAMPLE, "--json")[1])
    assert (first["taken"], first["again"], first["receipts"], first["documents"]) == (True, False, 4, 3)
    code, said, _ = tsuzuri("uke", "import", SAMPLE)
    assert code == 0 and "すでに取り込まれています" in said
    path = tmp_path / "cut.UKE"
    path.write_bytes(packed(MEDICAL)[:600])
    code, said, _ = tsuzuri("uke", "import", path)
    assert code == 1 and "U108" in said and "何も登録していません" in said
