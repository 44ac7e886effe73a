"""An application and its receipts become one document: in any order of reading, once, and with nothing left over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flow.conftest import NOW, Clock, Recorder, declared, picture, stored, take
from tests.stages.bundled import FORMS
from tsuzuri import flow
from tsuzuri.flow import Line, reading
from tsuzuri.flow.reading import Sight
from tsuzuri.image import Picture
from tsuzuri.model import Batch, Cut, Document, Page, Placement, Reading, Step
from tsuzuri.store import queries

SHADES = {"A": 40, "r": 80, "C": 120, "?": 160, "_": 200}        # a page's one colour says what is seen on it
SAID = {
    "A": {"applicant": "架空　花子", "paid_total": "1500", "receipts_count": "2"},
    "r": {"clinic": "架空医院", "total": "750"},
    "C": {"amount": "983"},
}
FORM = {"A": "application", "r": "receipt", "C": "claim"}


@pytest.fixture
def seeing(line: Line, monkeypatch: pytest.MonkeyPatch) -> Line:
    """The line upon which a page's colour says which paper it is."""
    def see(seen: Picture, *_: object) -> Sight:
        shade = int(seen.pixels.flat[0])
        letter = next(letter for letter, known in SHADES.items() if known == shade)
        form = FORMS.get(FORM.get(letter, ""))
        said = SAID.get(letter, {})
        fields = form.fields if form else {}
        readings = tuple(Reading(name, said[name], 0.999, "parrot", spec.area) for name, spec in fields.items())
        return Sight(Placement(FORM.get(letter), blank=letter == "_", score=0.9), form, readings)

    monkeypatch.setattr(reading, "see", see)
    return replace(line, forms=FORMS)


def fed(line: Line, told: str, cut: Cut = Cut.BY_FORM, close: bool = True) -> tuple[Batch, list[Page]]:
    """A batch with one file a letter, its pages not read yet."""
    batch = declared(line, len(told), documents=cut)
    for seq, letter in enumerate(told, start=1):
        scan, _ = take(line, batch, seq, picture(SHADES[letter], (60 + seq, 80)))
        flow.open_scan(line, scan.id)
    if close:
        flow.close_batch(line, batch.id)
    with line.store.read() as look:
        return look.batch(batch.id), look.pages_of_batch(batch.id)


def read_all(line: Line, pages: Sequence[Page]) -> None:
    """Read them in this order, and let go what is nudged."""
    for page in pages:
        flow.read_page(line, page.id)


def documents(line: Line, batch: Batch) -> list[Document]:
    """The batch's documents, by the number of their first page."""
    with line.store.read() as look:
        return sorted(look.documents_of_batch(batch.id), key=lambda d: look.scan(look.pages_of_document(d.id)[0].scan_id).seq)


def shape(line: Line, batch: Batch) -> list[tuple[str | None, int, tuple[str, ...]]]:
    """What came of it: form, pages and findings, document by document. These tests send the same pictures again and again."""
    return [(d.form, d.page_count, tuple(sorted({f.code for f in d.findings} - {"V04"}))) for d in documents(line, batch)]


def balanced(line: Line) -> bool:
    """Whether the books close."""
    with line.store.read() as look:
        return queries.paper_ledger(look).balanced and all(b.tally.balanced for b in queries.batch_list(look))


def test_in_every_order_of_reading_the_same_documents_come_of_it(seeing: Line) -> None:
    for order in permutations(range(4)):
        batch, pages = fed(seeing, "ArCr")
        read_all(seeing, [pages[i] for i in order])
        assert shape(seeing, batch) == [("application", 2, ("V44", "V45")), ("claim", 1, ()), ("receipt", 1, ("H20",))]
    assert balanced(seeing)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.text("ArC?_", min_size=1, max_size=7), cut=st.sampled_from([*Cut]), data=st.data())
def test_what_is_bound_does_not_hang_on_when_files_come_are_read_or_the_batch_is_closed(
    seeing: Line, told: str, cut: Cut, data: st.DataObject,
) -> None:
    straight, pages = fed(seeing, told, cut)
    read_all(seeing, pages)
    crooked, pages = fed(seeing, told, cut, close=False)
    order = data.draw(st.permutations(pages))
    closed_after = data.draw(st.integers(0, len(pages)))
    read_all(seeing, order[:closed_after])
    flow.close_batch(seeing, crooked.id)
    read_all(seeing, order[closed_after:])
    flow.bind_batch(seeing, crooked.id)
    assert shape(seeing, crooked) == shape(seeing, straight)
    assert Step.WAITING not in {d.step for d in documents(seeing, crooked)}
    assert balanced(seeing)
    with seeing.store.read() as look:
        assert flow.settled(look, look.batch(crooked.id))


def test_an_application_shows_at_once_and_waits_no_longer_than_for_its_neighbours(seeing: Line) -> None:
    batch, (application, first, second, claim) = fed(seeing, "ArrC")
    read_all(seeing, [application, second])
    (waiting,) = documents(seeing, batch)
    assert (waiting.step, waiting.page_count, waiting.values["paid_total"]) == (Step.WAITING, 1, 1500)
    with seeing.store.read() as look:
        assert queries.batch_line(look, batch.id).tally.in_reading == 4
        assert not flow.settled(look, look.batch(batch.id))
    read_all(seeing, [claim])
    assert stored(seeing, waiting.id).step is Step.WAITING
    read_all(seeing, [first])
    whole = stored(seeing, waiting.id)
    assert (whole.step, whole.page_count) == (Step.CLEAN, 3)
    assert {name: f.page for name, f in whole.fields.items() if "total" in name} == {
        "paid_total": 1, "evidence.1.total": 2, "evidence.2.total": 3}


def test_nobody_approves_what_still_waits(seeing: Line) -> None:
    batch, (application, *_) = fed(seeing, "Arr")
    read_all(seeing, [application])
    (waiting,) = documents(seeing, batch)
    with pytest.raises(flow.desk.WrongTurn) as refused:
        flow.approve(seeing, waiting.id, waiting.version, "sato")
    assert refused.value.code == "still_waiting"
    assert flow.approve_clean(seeing, "kanto") == 0
    with seeing.unit() as unit:
        assert unit.lease_next("sato", NOW, NOW) is None


def test_the_last_application_of_an_open_batch_waits_for_its_closing(seeing: Line, queue: Recorder) -> None:
    batch, pages = fed(seeing, "Arr", close=False)
    read_all(seeing, pages)
    assert [d.step for d in documents(seeing, batch)] == [Step.WAITING]
    queue.nudges.clear()
    flow.close_batch(seeing, batch.id)
    assert queue.nudges == [("bind_batch", batch.id)]
    flow.bind_batch(seeing, batch.id)
    assert shape(seeing, batch) == [("application", 3, ())]
    before = documents(seeing, batch)
    flow.bind_batch(seeing, batch.id)
    assert documents(seeing, batch) == before


def test_a_file_that_has_not_come_yet_is_waited_for_in_an_open_batch(seeing: Line) -> None:
    batch = declared(seeing, 3)
    pages = []
    for seq in (1, 3):
        scan, _ = take(seeing, batch, seq, picture(SHADES["A" if seq == 1 else "r"], (60 + seq, 80)))
        flow.open_scan(seeing, scan.id)
        with seeing.store.read() as look:
            pages += [page for page in look.pages_of_batch(batch.id) if page.scan_id == scan.id]
    read_all(seeing, pages)
    assert [(d.form, d.step) for d in documents(seeing, batch)] == [("application", Step.WAITING)]
    scan, _ = take(seeing, batch, 2, picture(SHADES["C"]))
    flow.open_scan(seeing, scan.id)
    with seeing.store.read() as look:
        read_all(seeing, [page for page in look.pages_of_batch(batch.id) if page.scan_id == scan.id])
    assert [(d.form, d.page_count) for d in documents(seeing, batch)] == [("application", 1), ("claim", 1), ("receipt", 1)]


def test_a_batch_that_nobody_closes_is_bound_when_nothing_has_come_for_long(seeing: Line, clock: Clock, queue: Recorder) -> None:
    batch, pages = fed(seeing, "Arr", close=False)
    read_all(seeing, pages)
    clock.on(minutes=5)
    queue.nudges.clear()
    assert flow.sweep(seeing) == 1
    assert queue.nudges == [("bind_batch", batch.id)]
    flow.bind_batch(seeing, batch.id)
    assert [d.step for d in documents(seeing, batch)] == [Step.WAITING]
    clock.on(minutes=6)
    flow.bind_batch(seeing, batch.id)
    assert shape(seeing, batch) == [("application", 3, ())]
    queue.nudges.clear()
    assert flow.sweep(seeing) == 0


def test_a_worker_that_dies_while_it_binds_leaves_the_page_to_be_read_again(
    seeing: Line, monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch, (application, first, second) = fed(seeing, "Arr")
    read_all(seeing, [application, first])
    with monkeypatch.context() as dying:
        dying.setattr("tsuzuri.store.bound.Bound.save_document", lambda *_, **__: _die())
        with pytest.raises(KeyboardInterrupt):
            flow.read_page(seeing, second.id)
    with seeing.store.read() as look:
        assert look.page(second.id).step is Step.RECEIVED and look.page(first.id).step is Step.READ
    assert balanced(seeing)
    flow.read_page(seeing, second.id)
    flow.read_page(seeing, second.id)
    assert shape(seeing, batch) == [("application", 3, ())]


def _die() -> None:
    raise KeyboardInterrupt


def test_a_receipt_that_cannot_be_read_hides_no_other(seeing: Line) -> None:
    batch = declared(seeing, 3)
    bodies = [picture(SHADES["A"]), picture(SHADES["r"], (400, 400))[:-60], picture(SHADES["r"])]
    for seq, body in enumerate(bodies, start=1):
        flow.open_scan(seeing, take(seeing, batch, seq, body)[0].id)
    flow.close_batch(seeing, batch.id)
    with seeing.store.read() as look:
        pages = look.pages_of_batch(batch.id)
    read_all(seeing, pages)
    assert shape(seeing, batch) == [("application", 1, ("V45",)), (None, 1, ("V02",)), ("receipt", 1, ("H20",))]


def test_every_picture_and_reading_of_a_bound_document_can_be_told_apart(seeing: Line) -> None:
    batch, pages = fed(seeing, "Arr")
    read_all(seeing, pages)
    (document,) = documents(seeing, batch)
    with seeing.store.read() as look:
        seen = flow.readings(seeing, look, document)
        assert [page.form for page in look.pages_of_document(document.id)] == ["application", "receipt", "receipt"]
    assert {(r.field, r.page) for r in seen if "total" in r.field} == {
        ("paid_total", 1), ("evidence.1.total", 2), ("evidence.2.total", 3)}
