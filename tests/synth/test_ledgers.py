"""The sample ledgers hold whoever the sample papers name."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tsuzuri.rules.digits import fits
from tsuzuri.rules.ledgers import LEDGERS, Entry, Faults, compare, opened, read_entries
from tsuzuri.rules.zengin import holder, named
from tsuzuri.settings import REPO
from tsuzuri.synth.ledgers import claims, papers, write_ledgers


def entries(ledger: str, folder: Path) -> list[Entry]:
    faults = Faults()
    with opened(folder / f"{ledger}.csv") as rows:
        found = list(read_entries(LEDGERS[ledger], rows(), faults))
    compare(LEDGERS[ledger], found, {}, None, faults)
    assert not faults.found and not faults.odd
    return found


def test_everybody_on_a_sample_paper_is_in_the_sample_ledger() -> None:
    manifest = json.loads((REPO / "samples/batch/manifest.json").read_text("utf-8"))
    held = {entry.key.split()[1] for entry in entries("recipients", REPO / "samples/ledgers")}
    named = {str(one["recipient_no"]) for form, said in papers(manifest) for one in claims(form, said) if one.get("recipient_no")}
    assert len(named) > 30 and {number for number in named if fits(number)} <= held
    codes = {str(said["inst_code"]) for _, said in papers(manifest) if len(str(said.get("inst_code") or "")) == 10}
    assert codes <= {entry.key for entry in entries("institutions", REPO / "samples/ledgers")}


def test_the_ledgers_in_samples_are_those_that_the_manifest_makes(tmp_path: Path) -> None:
    (tmp_path / "batch").mkdir()
    (tmp_path / "batch/manifest.json").write_bytes((REPO / "samples/batch/manifest.json").read_bytes())
    write_ledgers(tmp_path)
    for path in (REPO / "samples/ledgers").glob("*.csv"):
        assert (tmp_path / "ledgers" / path.name).read_bytes() == path.read_bytes()


def test_a_bank_can_pay_every_institution_that_claims() -> None:
    table = (REPO / "samples/ledgers/institutions.csv").read_text("utf-8-sig").splitlines()
    told = list(csv.DictReader(table))
    paid = [row for row in told if row["口座番号"]]
    assert {row["医療機関名"] for row in told} - {row["医療機関名"] for row in paid} == {"処方元医院"}
    for row in paid:
        assert holder(row["口座名義カナ"]) and named(row["金融機関コード"], row["支店コード"]) and len(row["口座番号"]) == 7
