"""A page becomes one document, once, whoever asks and however often; and no page is without a way on."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import SAMPLES
from tests.flow.conftest import (
    DAY,
    NOW,
    Clock,
    Recorder,
    claim_values,
    declared,
    page_of,
    picture,
    stored,
    take,
)
from tsuzuri import flow
from tsuzuri.engines import Crop, Ink
from tsuzuri.errors import Refused, Stuck
from tsuzuri.flow import Line, reading
from tsuzuri.flow.reading import Sight
from tsuzuri.image.pages import Caps
from tsuzuri.model import Batch, Page, Placement, Reading, Severity, Step
from tsuzuri.store import Files

SEEN = {"patient_name": "綴　花子", "amount": "6789", "inout": "外来"}


@dataclass
class Parrot:
    """A reader that sees the same ink everywhere."""

    says: str
    name: str = "parrot"

    def read(self, crops: Sequence[Crop]) -> list[Ink]:
        """One ink a crop."""
        return [Ink(self.says, 0.99) for _ in crops]


@pytest.fixture
def parroted(line: Line) -> Line:
    """The line with readers that say every form's first words whatever they see."""
    parrots = {"own": Parrot("こども"), "ppocr": Parrot("こども医療費請求書"), "tesseract": Parrot("こども医療費請求書")}
    return replace(line, readers=lambda: parrots)


@pytest.fixture
def seeing(line: Line, monkeypatch: pytest.MonkeyPatch) -> Line:
    """The line upon which every page is seen as a claim with three fields."""
    form = line.forms["kodomo_seikyu"]
    readings = tuple(
        Reading(name, SEEN.get(name, ""), 0.99, "parrot", spec.area) for name, spec in form.fields.items())
    sight = Sight(Placement("kodomo_seikyu", score=0.9), form, readings)
    monkeypatch.setattr(reading, "see", lambda *_: sight)
    return line


def at(line: Line, page: Page) -> Page:
    """The page as it stands."""
    with line.store.read() as look:
        return look.page(page.id)


def test_a_page_becomes_a_document_with_its_picture_and_all_its_readings(seeing: Line, batch: Batch) -> None:
    page = page_of(seeing, batch, 1, picture(200))
    flow.read_page(seeing, page.id)
    bound = at(seeing, page)
    assert bound.step is Step.BOUND and bound.document_id and bound.picture
    assert seeing.files.verify(bound.picture)
    document = stored(seeing, bound.document_id)
    assert {name: document.fields[name].raw for name in SEEN} == SEEN
    assert document.values["amount"] == 6789
    assert document.step is Step.REVIEW and document.findings
    assert document.business_date == DAY
    with seeing.store.read() as look:
        assert len(look.readings(document.id)) == len(seeing.forms["kodomo_seikyu"].fields)


def test_a_page_told_twice_is_read_once(seeing: Line, batch: Batch) -> None:
    page = page_of(seeing, batch, 1, picture(200))
    flow.read_page(seeing, page.id)
    first = at(seeing, page)
    flow.read_page(seeing, page.id)
    assert at(seeing, page) == first
    with seeing.store.read() as look:
        assert len(look.documents_of_batch(batch.id)) == 1


def test_two_workers_on_one_page_make_one_document(seeing: Line, batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    page = page_of(seeing, batch, 1, picture(200))
    see, both = reading.see, threading.Barrier(2, timeout=10)

    def see_together(*seen: object) -> Sight:
        both.wait()      # both have asked "am I still needed?", and were told yes
        return see(*seen)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "see", see_together)
    workers = [threading.Thread(target=flow.read_page, args=(seeing, page.id)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with seeing.store.read() as look:
        (document,) = look.documents_of_batch(batch.id)
        assert len(look.readings(document.id)) == len(seeing.forms["kodomo_seikyu"].fields)
    assert (at(seeing, page).document_id, at(seeing, page).tries) == (document.id, 2)


def test_a_worker_that_dies_before_its_commit_leaves_the_page_to_the_next(
    seeing: Line, batch: Batch, monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = page_of(seeing, batch, 1, picture(200))
    with monkeypatch.context() as dying:
        dying.setattr("tsuzuri.store.bound.Bound.add_readings", lambda *_: _die())
        with pytest.raises(KeyboardInterrupt):
            flow.read_page(seeing, page.id)
    with seeing.store.read() as look:
        assert look.documents_of_batch(batch.id) == []
    flow.read_page(seeing, page.id)
    with seeing.store.read() as look:
        assert len(look.documents_of_batch(batch.id)) == 1


def _die() -> None:
    raise KeyboardInterrupt


def test_a_page_that_cannot_be_decoded_stands_before_a_person_with_its_reason(seeing: Line, batch: Batch) -> None:
    page = page_of(seeing, batch, 1, picture(200, (400, 400))[:-60])
    flow.read_page(seeing, page.id)
    document = stored(seeing, str(at(seeing, page).document_id))
    assert document.step is Step.REVIEW and document.form is None
    worst = {finding.code: finding.severity for finding in document.findings}
    assert worst["V02"] is Severity.E


def test_a_page_that_broke_its_reader_too_often_is_set_aside_and_not_tried_again(
    seeing: Line, batch: Batch, monkeypatch: pytest.MonkeyPatch,
) -> None:
    page, tried = page_of(seeing, batch, 1, picture(200)), []

    def breaks(*_: object) -> Sight:
        tried.append(1)
        raise MemoryError

    monkeypatch.setattr(reading, "see", breaks)
    for _ in range(seeing.limits.max_tries):
        with pytest.raises(MemoryError):
            flow.read_page(seeing, page.id)
        assert at(seeing, page).step is Step.RECEIVED
    flow.read_page(seeing, page.id)
    assert len(tried) == seeing.limits.max_tries
    document = stored(seeing, str(at(seeing, page).document_id))
    assert "V02" in {finding.code for finding in document.findings}
    assert f"{seeing.limits.max_tries}回" in next(f.message for f in document.findings if f.code == "V02")


def test_a_page_that_was_set_aside_can_be_keyed_by_hand_and_approved_with_open_eyes(seeing: Line, batch: Batch) -> None:
    page = page_of(seeing, batch, 1, picture(200, (400, 400))[:-60])
    flow.read_page(seeing, page.id)
    document = stored(seeing, str(at(seeing, page).document_id))
    document = flow.name_form(seeing, document.id, document.version, "kodomo_seikyu", "sato")
    typed = {name: _as_typed(value) for name, value in claim_values().items()}
    document = flow.correct(seeing, document.id, document.version, typed, "sato")
    assert [(f.code, f.severity) for f in document.findings] == [("V02", Severity.W)]
    (claim,) = flow.approve(seeing, document.id, document.version, "sato", ["V02"])
    assert claim.values["amount"] == claim_values()["amount"]


def _as_typed(value: object) -> str | None:
    return {None: None, True: "1", False: ""}[value] if value is None or isinstance(value, bool) else str(value)


def test_a_blank_page_is_marked_blank_kept_and_no_document(parroted: Line, batch: Batch) -> None:
    page = page_of(parroted, batch, 1, picture(255, (600, 850)))
    flow.read_page(parroted, page.id)
    blank = at(parroted, page)
    assert blank.step is Step.BLANK and blank.picture and parroted.files.verify(blank.picture)
    with parroted.store.read() as look:
        assert look.documents_of_batch(batch.id) == []


def test_a_page_of_no_known_form_waits_for_a_person(parroted: Line, batch: Batch) -> None:
    page = page_of(parroted, batch, 1, (SAMPLES / "batch" / "0008.jpg").read_bytes())
    flow.read_page(parroted, page.id)
    document = stored(parroted, str(at(parroted, page).document_id))
    assert (document.form, document.step) == (None, Step.REVIEW)
    assert {finding.code for finding in document.findings} == {"V03"}


def test_the_same_picture_again_is_read_and_flagged_until_it_is_approved(seeing: Line, batch: Batch) -> None:
    first, second = page_of(seeing, batch, 1, picture(200)), page_of(seeing, batch, 2, picture(200))
    for page in (first, second):
        flow.read_page(seeing, page.id)
    one, two = (stored(seeing, str(at(seeing, page).document_id)) for page in (first, second))
    assert "V04" not in {f.code for f in one.findings}
    assert "V04" in {f.code for f in two.findings}
    mended = flow.correct(seeing, two.id, two.version, {"days": "3"}, "sato")
    assert Counter(f.code for f in mended.findings)["V04"] == 1


def test_a_picture_that_came_half_a_year_ago_is_no_duplicate(seeing: Line, batch: Batch) -> None:
    flow.read_page(seeing, page_of(seeing, batch, 1, picture(200)).id)
    for seq, (days, told) in enumerate(((181, False), (180, True)), start=2):
        seeing.clock.on(days=days)  # type: ignore[attr-defined]
        page = page_of(seeing, batch, seq, picture(200))
        flow.read_page(seeing, page.id)
        codes = {f.code for f in stored(seeing, str(at(seeing, page).document_id)).findings}
        assert ("V04" in codes) is told


def test_a_full_disk_is_no_fault_of_the_page_and_no_try_is_counted(
    seeing: Line, batch: Batch, monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = page_of(seeing, batch, 1, picture(200))

    def full(files: Files) -> None:
        raise Stuck("full", code="disk_full")

    with monkeypatch.context() as broken:
        broken.setattr(Files, "check", full)
        for _ in range(seeing.limits.max_tries + 1):
            with pytest.raises(Stuck):
                flow.read_page(seeing, page.id)
    assert at(seeing, page).tries == 0
    flow.read_page(seeing, page.id)
    assert stored(seeing, str(at(seeing, page).document_id)).form == "kodomo_seikyu"


def test_a_page_whose_bytes_this_machine_does_not_see_waits_and_no_try_is_counted(seeing: Line, batch: Batch) -> None:
    page = page_of(seeing, batch, 1, picture(200))
    with seeing.store.read() as look:
        path = seeing.files.path(look.scan(page.scan_id).sha256)
    path.rename(path.with_suffix(".away"))
    for _ in range(seeing.limits.max_tries + 1):
        with pytest.raises(Stuck) as stuck:
            flow.read_page(seeing, page.id)
        assert stuck.value.code == "file_missing"
    assert (at(seeing, page).tries, at(seeing, page).step) == (0, Step.RECEIVED)
    path.with_suffix(".away").rename(path)
    flow.read_page(seeing, page.id)
    assert stored(seeing, str(at(seeing, page).document_id)).form == "kodomo_seikyu"


def test_a_file_read_without_a_server_shows_its_bad_page_as_a_finding_too(seeing: Line, tmp_path: Path) -> None:
    path = tmp_path / "cut.png"
    path.write_bytes(picture(200, (400, 400))[:-60])
    ((pages, document),) = flow.read_file(path, seeing.forms, {}, Caps(), flow.Office(DAY))
    assert pages == (1,) and "V02" in {f.code for f in document.findings}
    path.write_bytes(b"nothing")
    with pytest.raises(Refused):
        list(flow.read_file(path, seeing.forms, {}, Caps(), flow.Office(DAY)))


def test_the_sweep_sends_what_stands_and_not_what_is_fresh(line: Line, batch: Batch, clock: Clock, queue: Recorder) -> None:
    old, _ = take(line, batch, 1, picture(1))
    page = page_of(line, batch, 2, picture(2))
    clock.on(seconds=line.limits.sweep_after.total_seconds() + 1)
    take(line, batch, 3, picture(3))
    queue.nudges.clear()
    assert flow.sweep(line) == 2
    assert queue.nudges == [("open_scan", old.id), ("read_page", page.id)]


def test_the_sweep_leaves_a_page_alone_that_was_tried_just_now_or_is_done(
    seeing: Line, clock: Clock, queue: Recorder, monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = declared(seeing, 2)
    done, tried = page_of(seeing, batch, 1, picture(1)), page_of(seeing, batch, 2, picture(2))
    clock.on(minutes=5)
    flow.read_page(seeing, done.id)
    monkeypatch.setattr(reading, "see", lambda *_: _die())
    with pytest.raises(KeyboardInterrupt):
        flow.read_page(seeing, tried.id)
    queue.nudges.clear()
    assert flow.sweep(seeing) == 0
    clock.on(minutes=5)
    assert flow.sweep(seeing) == 1
    assert queue.nudges == [("read_page", tried.id)]


def test_a_silent_queue_stops_the_sweep_with_a_word(line: Line, batch: Batch, clock: Clock, queue: Recorder) -> None:
    take(line, batch, 1, picture(1))
    clock.on(minutes=5)
    queue.silent = True
    with pytest.raises(Stuck) as stuck:
        flow.sweep(line)
    assert stuck.value.code == "queue_silent"


def test_the_sweep_goes_on_though_an_upload_ends_while_it_looks(
    line: Line, batch: Batch, clock: Clock, queue: Recorder, monkeypatch: pytest.MonkeyPatch,
) -> None:
    take(line, batch, 1, picture(1))
    clock.on(minutes=5)

    def gone(files: Files, before: float) -> int:
        raise FileNotFoundError(files.incoming / "x")

    monkeypatch.setattr(Files, "forget_unfinished", gone)
    queue.nudges.clear()
    assert flow.sweep(line) == 1
    assert clock() - NOW == timedelta(minutes=5)


def test_a_page_whose_setting_aside_breaks_because_of_its_neighbours_stands_before_a_person_all_the_same(
    seeing: Line, batch: Batch, queue: Recorder, monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = page_of(seeing, batch, 1, picture(200))

    def breaks(*_: object) -> None:
        raise KeyError("the page behind it")

    monkeypatch.setattr(reading, "bind_near", breaks)
    for _ in range(seeing.limits.max_tries + 1):
        with pytest.raises(KeyError):
            flow.read_page(seeing, page.id)
    flow.read_page(seeing, page.id)
    document = stored(seeing, str(at(seeing, page).document_id))
    assert document.step is Step.REVIEW and "V02" in {finding.code for finding in document.findings}
    assert queue.nudges[-1] == ("bind_batch", batch.id)      # those beside it are not forgotten


def test_a_page_whose_file_alone_is_lost_is_put_before_a_person_who_can_scan_it_again(seeing: Line) -> None:
    batch = declared(seeing, 2)
    lost, other = (page_of(seeing, batch, seq, picture(seq)) for seq in (1, 2))
    with seeing.store.read() as look:
        seeing.files.path(look.scan(lost.scan_id).sha256).unlink()
    for _ in range(seeing.limits.max_tries):
        with pytest.raises(Stuck):
            flow.read_page(seeing, lost.id)
        assert at(seeing, lost).step is Step.RECEIVED
    flow.read_page(seeing, lost.id)
    document = stored(seeing, str(at(seeing, lost).document_id))
    assert [f.message for f in document.findings if f.code == "V02"] == [
        "保管したファイルが失われています。原本を再スキャンしてください。"]
    flow.read_page(seeing, other.id)
    assert at(seeing, other).step is Step.BOUND
