"""A night's claims written as electronic receipts: from records as they came, from paper as a file that nothing is wrong with."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.flow.conftest import approved_batch
from tests.flow.test_electronic import take
from tests.uke.files import MEDICAL, packed
from tests.uke.test_write import read
from tsuzuri import flow
from tsuzuri.errors import Refused
from tsuzuri.flow import Line


def test_what_came_as_records_and_what_came_on_paper_leave_as_one_kind_of_file(line: Line, tmp_path: Path) -> None:
    take(line, tmp_path, packed(MEDICAL))
    flow.approve_clean(line, "sato")
    approved_batch(line, 2)
    flow.nights(line, line.today())
    done = flow.write_receipts(line, line.today(), tmp_path / "out")
    assert done.claims == 4 and not done.left
    said = [values for path in done.paths for values in read(path.read_bytes())]
    assert len(said) == 4 and done.paths[0].name == "4310100013_RECEIPTC.UKE"
    with line.store.read() as look:
        run = look.run_for(line.today(), "benefits")
        assert run is not None
        claims = list(look.claims_of_run(run.id))
    told = ("recipient_no", "service_ym", "points", "copay", "patient_paid", "amount", "birth", "inst_code")
    assert sorted(str([values[name] for name in told]) for values in said) == sorted(
        str([claim.values[name] for name in told]) for claim in claims)


def test_a_night_that_was_not_has_no_receipts(line: Line, tmp_path: Path) -> None:
    with pytest.raises(Refused):
        flow.write_receipts(line, line.today() - timedelta(days=9), tmp_path)
