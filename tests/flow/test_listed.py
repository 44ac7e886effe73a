"""A sheet of many patients on the line: one document, a claim a row, one move; and the night's file has every row once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.flow.conftest import DAY, Clock, declared, number_of, store_document, stored
from tests.stages.listed import listed, patient
from tsuzuri import flow
from tsuzuri.flow import Line
from tsuzuri.model import Batch, Document, Step
from tsuzuri.rules.feed_reader import read_feed
from tsuzuri.store.books import paper_ledger
from tsuzuri.store.queries import batch_line


def lay_sheet(line: Line, batch: Batch, name: str = "d1", **changed: object) -> Document:
    """The sheet of three patients as a stored document; every further name has three of its own."""
    own = {} if name == "d1" else {f"patients__{i}__recipient_no": number_of(f"{name}/{i}") for i in (1, 2, 3)}
    return store_document(line, listed(line.forms["kodomo_renki"], name=name, batch=batch.id, **{**own, **changed}))


def test_a_sheet_makes_a_claim_a_row_and_moves_once(line: Line, batch: Batch) -> None:
    claims = flow.approve(line, "d1", lay_sheet(line, batch).version, "sato")
    assert [(claim.document_id, claim.row) for claim in claims] == [("d1", 1), ("d1", 2), ("d1", 3)]
    with line.store.read() as look:
        assert sorted(look.claims_due(DAY), key=lambda claim: claim.row) == list(claims)
        assert batch_line(look, batch.id).tally.approved == 1
    assert stored(line, "d1").step is Step.APPROVED


def test_the_night_writes_every_row_and_the_sheet_is_gone_once(line: Line, batch: Batch) -> None:
    claims = flow.approve(line, "d1", lay_sheet(line, batch).version, "sato")
    flow.close_batch(line, batch.id)
    run = flow.night(line, DAY)
    feed = read_feed(Path(run.path).read_bytes())
    assert {str(row["claim_id"]) for row in feed.rows} == {claim.id for claim in claims}
    assert {(str(row["recipient_no"]), str(row["inout"]), str(row["table"])) for row in feed.rows} == {
        (str(patient(i)["recipient_no"]), "2", "1") for i in (1, 2, 3)}
    assert (run.count, run.amount, run.points, run.eligible) == (3, 6900, 3000, 3)
    with line.store.read() as look:
        ledger = paper_ledger(look)
    assert (ledger.exported, ledger.stored, ledger.balanced) == (1, 1, True)
    assert flow.night(line, DAY) == run


def test_a_sheet_of_which_one_row_cannot_leave_stays_whole(line: Line, clock: Clock) -> None:
    held = declared(line, 2)
    # A name that nobody has the room for is cut; a number of points has none at all.
    lay_sheet(line, held, "wide", patients__2__points=1000)
    lay_sheet(line, held, "good")
    for name in ("wide", "good"):
        flow.approve(line, name, stored(line, name).version, "sato")
    flow.close_batch(line, held.id)
    with line.unit() as unit:
        (second,) = [claim for claim in unit.claims_due(DAY) if (claim.document_id, claim.row) == ("wide", 2)]
        unit.connection.exec_driver_sql("UPDATE claims SET \"values\" = ? WHERE id = ?", ('{"points": 123456789}', second.id))
    run = flow.night(line, DAY)
    assert (run.count, run.held) == (3, {"unfit:points": 1, "same_sheet": 2})
    assert (stored(line, "good").step, stored(line, "wide").step) == (Step.EXPORTED, Step.APPROVED)
    clock.on(days=1)
    assert flow.night(line, DAY + timedelta(days=1)).count == 0


def test_a_form_that_exports_nothing_is_approved_and_leaves_nothing(line: Line, batch: Batch) -> None:
    silent = {name: form.model_copy(update={"export": type(form.export)()}) for name, form in line.forms.items()}
    lay_sheet(line, batch)
    quiet = replace(line, forms=type(line.forms)(silent))
    assert flow.approve(quiet, "d1", stored(line, "d1").version, "sato") == ()
    assert stored(line, "d1").step is Step.APPROVED
    assert flow.night(line, DAY).eligible == 0
