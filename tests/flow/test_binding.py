"""An application and its receipts become one document: in any order of reading, once, and with nothing left over."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flow.conftest import (
    NOW,
    SHADES,
    Clock,
    Recorder,
    balanced,
    declared,
    documents,
    fed,
    picture,
    read_all,
    shape,
    stored,
    take,
)
from tsuzuri import flow
from tsuzuri.flow import Line, reading
from tsuzuri.image import Picture
from tsuzuri.model import Cut, Step
from tsuzuri.store import books, queries
from tsuzuri.store.work import lease_next
from tsuzuri.synth.separators import separator_picture


def test_in_every_order_of_reading_the_same_documents_come_of_it(sighted: Line) -> None:
    for order in permutations(range(4)):
        batch, pages = fed(sighted, "ArCr")
        read_all(sighted, [pages[i] for i in order])
        assert shape(sighted, batch) == [("application", 2, ("H22", "H23")), ("claim", 1, ()), ("receipt", 1, ("H20",))]
    assert balanced(sighted)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.text("ArC?_|", min_size=1, max_size=7), cut=st.sampled_from([*Cut]), data=st.data())
def test_what_is_bound_does_not_hang_on_when_files_come_are_read_or_the_batch_is_closed(
    sighted: Line, told: str, cut: Cut, data: st.DataObject,
) -> None:
    straight, pages = fed(sighted, told, cut)
    read_all(sighted, pages)
    crooked, pages = fed(sighted, told, cut, close=False)
    order = data.draw(st.permutations(pages))
    closed_after = data.draw(st.integers(0, len(pages)))
    read_all(sighted, order[:closed_after])
    flow.close_batch(sighted, crooked.id)
    read_all(sighted, order[closed_after:])
    flow.bind_batch(sighted, crooked.id)
    assert shape(sighted, crooked) == shape(sighted, straight)
    assert Step.WAITING not in {d.step for d in documents(sighted, crooked)}
    assert balanced(sighted)
    with sighted.store.read() as look:
        assert flow.settled(look, look.batch(crooked.id))


def test_an_application_shows_at_once_and_waits_no_longer_than_for_its_neighbours(sighted: Line) -> None:
    batch, (application, first, second, claim) = fed(sighted, "ArrC")
    read_all(sighted, [application, second])
    (waiting,) = documents(sighted, batch)
    assert (waiting.step, waiting.page_count, waiting.values["paid_total"]) == (Step.WAITING, 1, 1500)
    with sighted.store.read() as look:
        assert queries.batch_line(look, batch.id).tally.in_reading == 4
        assert not flow.settled(look, look.batch(batch.id))
    read_all(sighted, [claim])
    assert stored(sighted, waiting.id).step is Step.WAITING
    read_all(sighted, [first])
    whole = stored(sighted, waiting.id)
    assert (whole.step, whole.page_count) == (Step.CLEAN, 3)
    assert {name: f.page for name, f in whole.fields.items() if "total" in name} == {
        "paid_total": 1, "evidence.1.total": 2, "evidence.2.total": 3}


def test_nobody_approves_what_still_waits(sighted: Line) -> None:
    batch, (application, *_) = fed(sighted, "Arr")
    read_all(sighted, [application])
    (waiting,) = documents(sighted, batch)
    with pytest.raises(flow.desk.WrongTurn) as refused:
        flow.approve(sighted, waiting.id, waiting.version, "sato")
    assert refused.value.code == "still_waiting"
    assert flow.approve_clean(sighted, "kanto") == 0
    with sighted.unit() as unit:
        assert lease_next(unit, "sato", NOW, NOW) is None


def test_the_last_application_of_an_open_batch_waits_for_its_closing(sighted: Line, queue: Recorder) -> None:
    batch, pages = fed(sighted, "Arr", close=False)
    read_all(sighted, pages)
    assert [d.step for d in documents(sighted, batch)] == [Step.WAITING]
    queue.nudges.clear()
    flow.close_batch(sighted, batch.id)
    assert queue.nudges == [("bind_batch", batch.id)]
    flow.bind_batch(sighted, batch.id)
    assert shape(sighted, batch) == [("application", 3, ())]
    before = documents(sighted, batch)
    flow.bind_batch(sighted, batch.id)
    assert documents(sighted, batch) == before


def test_a_file_that_has_not_come_yet_is_waited_for_in_an_open_batch(sighted: Line) -> None:
    batch = declared(sighted, 3)
    pages = []
    for seq in (1, 3):
        scan, _ = take(sighted, batch, seq, picture(SHADES["A" if seq == 1 else "r"], (60 + seq, 80)))
        flow.open_scan(sighted, scan.id)
        with sighted.store.read() as look:
            pages += [page for page in look.pages_of_batch(batch.id) if page.scan_id == scan.id]
    read_all(sighted, pages)
    assert [(d.form, d.step) for d in documents(sighted, batch)] == [("application", Step.WAITING)]
    scan, _ = take(sighted, batch, 2, picture(SHADES["C"]))
    flow.open_scan(sighted, scan.id)
    with sighted.store.read() as look:
        read_all(sighted, [page for page in look.pages_of_batch(batch.id) if page.scan_id == scan.id])
    assert [(d.form, d.page_count) for d in documents(sighted, batch)] == [("application", 1), ("claim", 1), ("receipt", 1)]


def test_a_batch_that_nobody_closes_is_bound_when_nothing_has_come_for_long(sighted: Line, clock: Clock, queue: Recorder) -> None:
    batch, pages = fed(sighted, "Arr", close=False)
    read_all(sighted, pages)
    clock.on(minutes=5)
    queue.nudges.clear()
    assert flow.sweep(sighted) == 1
    assert queue.nudges == [("bind_batch", batch.id)]
    flow.bind_batch(sighted, batch.id)
    assert [d.step for d in documents(sighted, batch)] == [Step.WAITING]
    clock.on(minutes=6)
    flow.bind_batch(sighted, batch.id)
    assert shape(sighted, batch) == [("application", 3, ())]
    queue.nudges.clear()
    assert flow.sweep(sighted) == 0


def test_a_worker_that_dies_while_it_binds_leaves_the_page_to_be_read_again(
    sighted: Line, monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch, (application, first, second) = fed(sighted, "Arr")
    read_all(sighted, [application, first])
    with monkeypatch.context() as dying:
        dying.setattr("tsuzuri.store.bound.Bound.save_document", lambda *_, **__: _die())
        with pytest.raises(KeyboardInterrupt):
            flow.read_page(sighted, second.id)
    with sighted.store.read() as look:
        assert look.page(second.id).step is Step.RECEIVED and look.page(first.id).step is Step.READ
    assert balanced(sighted)
    flow.read_page(sighted, second.id)
    flow.read_page(sighted, second.id)
    assert shape(sighted, batch) == [("application", 3, ())]


def _die() -> None:
    raise KeyboardInterrupt


def test_a_separator_sheet_ends_a_document_and_is_kept_and_counted(sighted: Line) -> None:
    batch, pages = fed(sighted, "Ar|r")
    read_all(sighted, pages)
    assert shape(sighted, batch) == [("application", 2, ("H22", "H23")), ("receipt", 1, ("H20",))]
    with sighted.store.read() as look:
        sheet = look.page(pages[2].id)
        assert sheet.step is Step.SEPARATOR and sheet.picture and sheet.document_id is None
        tally = queries.batch_line(look, batch.id).tally
        assert (tally.separator, tally.stored) == (1, 4) and tally.balanced
        assert books.paper_ledger(look).separator == 1
    receipt = documents(sighted, batch)[1]
    bound = flow.join_previous(sighted, receipt.id, receipt.version, "sato")      # a person may know better than the sheet
    assert bound.page_count == 3 and balanced(sighted)


def test_a_real_separator_sheet_is_seen_as_one(line: Line) -> None:
    sight = reading.see(Picture(separator_picture("document", 100)), line.forms, {})
    assert (sight.separator, sight.form, sight.readings) == ("", None, ())


def test_a_receipt_that_cannot_be_read_hides_no_other(sighted: Line) -> None:
    batch = declared(sighted, 3)
    bodies = [picture(SHADES["A"]), picture(SHADES["r"], (400, 400))[:-60], picture(SHADES["r"])]
    for seq, body in enumerate(bodies, start=1):
        flow.open_scan(sighted, take(sighted, batch, seq, body)[0].id)
    flow.close_batch(sighted, batch.id)
    with sighted.store.read() as look:
        pages = look.pages_of_batch(batch.id)
    read_all(sighted, pages)
    assert shape(sighted, batch) == [("application", 1, ("H22",)), (None, 1, ("V02",)), ("receipt", 1, ("H20",))]


def test_every_picture_and_reading_of_a_bound_document_can_be_told_apart(sighted: Line) -> None:
    batch, pages = fed(sighted, "Arr")
    read_all(sighted, pages)
    (document,) = documents(sighted, batch)
    with sighted.store.read() as look:
        seen = flow.readings(sighted, look, document)
        assert [page.form for page in look.pages_of_document(document.id)] == ["application", "receipt", "receipt"]
    assert {(r.field, r.page) for r in seen if "total" in r.field} == {
        ("paid_total", 1), ("evidence.1.total", 2), ("evidence.2.total", 3)}
