"""Units of work: all or nothing, told twice is told once, and nobody overwrites anybody unseen."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Event, Thread

import pytest

from tsuzuri.errors import Leased, NotFound, Stale, WrongTurn
from tsuzuri.model import Field, Step
from tsuzuri.store import Store
from tsuzuri.store.orders import Scope
from tsuzuri.store.work import Turn, lease_next

EAST, WEST = ([Turn((Scope(ward=ward),))] for ward in ("東区", "西区"))


def test_everything_comes_back_as_it_was_told(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch(findings=papers.document().findings, closed_at=papers.noon))
        unit.add_scan(papers.scan())
        unit.add_page(papers.page(picture="cd" * 32, form="kodomo_seikyu", score=0.97, noted=papers.document().findings))
        unit.add_document(papers.document(noted=papers.document().findings))
        unit.save_page(replace(unit.page("p1"), step=Step.BOUND, document_id="d1"), was=Step.RECEIVED)
        unit.add_readings("p1", [papers.reading(), papers.reading("seal", ink="", order=2)])
        unit.add_review(papers.review())
        unit.add_claim(papers.claim())
        unit.add_run(papers.run())
    with store.read() as look:
        assert look.batch("b1") == papers.batch(findings=papers.document().findings, closed_at=papers.noon)
        assert look.scan("s1") == look.scan_at("b1", 1) == papers.scan()
        bound = papers.page(picture="cd" * 32, form="kodomo_seikyu", score=0.97, noted=papers.document().findings,
                            step=Step.BOUND, document_id="d1")
        assert look.page("p1") == bound
        document = look.document("d1")
        assert document == papers.document(noted=papers.document().findings)
        assert list(document.fields) == list(papers.document().fields)
        assert look.readings("d1") == look.readings_of_page("p1") == [papers.reading(), papers.reading("seal", ink="", order=2)]
        assert look.reviews("d1") == [papers.review()]
        assert list(look.claims_due(papers.day)) == [papers.claim()]
        assert look.run_for(papers.day, "benefits") == papers.run()
        assert look.batch("b1").created_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize("ask", ["batch", "scan", "page", "document", "file_and_page"])
def test_what_is_not_there_is_not_found(store: Store, ask: str) -> None:
    with store.read() as look, pytest.raises(NotFound):
        getattr(look, ask)("nowhere")


def test_nudges_leave_after_the_commit_and_once(store: Store, papers, sent) -> None:
    told, send = sent
    with store.unit(send) as unit:
        unit.add_batch(papers.batch())
        unit.then("open_scan", "s1")
        unit.then("open_scan", "s1")
        assert told == []
    assert told == [("open_scan", "s1")]


def test_a_unit_that_breaks_stores_and_sends_nothing(store: Store, papers, sent) -> None:
    told, send = sent
    with pytest.raises(RuntimeError), store.unit(send) as unit:
        unit.add_batch(papers.batch())
        unit.then("open_scan", "s1")
        raise RuntimeError
    with store.read() as look, pytest.raises(NotFound):
        look.batch("b1")
    assert told == []


def test_the_queue_may_fail_but_the_rows_stand(store: Store, papers) -> None:
    def broken(nudges: object) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError), store.unit(broken) as unit:
        unit.add_batch(papers.batch())
        unit.then("open_scan", "s1")
    with store.read() as look:
        assert look.batch("b1") == papers.batch()


def test_two_files_cannot_share_a_number(store: Store, papers) -> None:
    _batch_with_a_page(store, papers)
    with pytest.raises(WrongTurn) as told, store.unit() as unit:
        unit.add_scan(papers.scan("s2", seq=1))
    assert told.value.code == "already_told"


def test_a_page_a_document_and_a_claim_are_told_once(store: Store, papers) -> None:
    _batch_with_a_page(store, papers)
    with store.unit() as unit:
        unit.add_document(papers.document())
        unit.save_page(replace(unit.page("p1"), step=Step.BOUND, document_id="d1"), was=Step.RECEIVED)
        unit.add_claim(papers.claim())
    with pytest.raises(WrongTurn), store.unit() as unit:
        unit.add_page(papers.page("p2"))
    with pytest.raises(WrongTurn), store.unit() as unit:
        unit.add_claim(papers.claim("c2"))


def test_a_page_may_be_moved_on_before_its_document_is_written(store: Store, papers) -> None:
    _batch_with_a_page(store, papers)
    with store.unit() as unit:
        assert unit.save_page(papers.page(step=Step.BOUND, document_id="d1"), was=Step.RECEIVED)
        unit.add_document(papers.document())
    with pytest.raises(WrongTurn), store.unit() as unit:
        unit.add_page(papers.page("p2", number=2, document_id="no-such-document"))


def test_only_the_first_of_two_readers_moves_a_page(store: Store, papers) -> None:
    _batch_with_a_page(store, papers)
    with store.unit() as unit:
        assert unit.save_page(papers.page(step=Step.BLANK), was=Step.RECEIVED)
        assert not unit.save_page(papers.page(step=Step.BOUND), was=Step.RECEIVED)
        assert unit.page("p1").step is Step.BLANK
        assert unit.save_scan(papers.scan(step=Step.OPENED), was=Step.RECEIVED)
        assert not unit.save_scan(papers.scan(step=Step.OPENED), was=Step.RECEIVED)
        assert unit.save_batch(papers.batch(step=Step.CLOSED), was=Step.OPEN)
        assert not unit.save_batch(papers.batch(step=Step.CLOSED), was=Step.OPEN)


def test_moving_a_page_on_keeps_its_count_of_tries(store: Store, papers) -> None:
    _batch_with_a_page(store, papers)
    with store.unit() as unit:
        before = unit.page("p1")
        assert unit.note_try("read_page", "p1", papers.noon) == 1
        assert unit.note_try("read_page", "p1", papers.noon) == 2
        unit.save_page(replace(before, step=Step.BLANK), was=Step.RECEIVED)
        assert unit.page("p1").tries == 2
        with pytest.raises(NotFound):
            unit.note_try("open_scan", "p1", papers.noon)


def test_only_what_has_stood_still_is_nudged(store: Store, papers) -> None:
    minute = timedelta(minutes=1)
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        unit.add_scan(papers.scan("old"))
        unit.add_scan(papers.scan("young", seq=2, received_at=papers.noon + 5 * minute))
        unit.add_scan(papers.scan("done", seq=3, step=Step.OPENED))
        unit.add_page(papers.page("waiting", "done"))
        unit.add_page(papers.page("tried", "done", number=2))
        unit.add_page(papers.page("bound", "done", number=3, step=Step.BLANK))
        unit.note_try("read_page", "tried", papers.noon + 5 * minute)
    with store.read() as look:
        assert look.standing(papers.noon + minute) == [("open_scan", "old"), ("read_page", "waiting")]
        assert len(look.standing(papers.noon + 6 * minute)) == 4


def test_the_same_bytes_are_traced_to_the_first_file(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        unit.add_scan(papers.scan("first"))
        unit.add_scan(papers.scan("again", seq=2, duplicate_of="first",
                                  received_at=papers.noon + timedelta(seconds=1)))
        found = unit.first_scan_with("ab" * 32)
        assert found is not None and found.id == "first"
        assert unit.first_scan_with("00" * 32) is None


def test_a_batch_told_twice_under_one_key_is_one_batch(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch(), key="k", digest="same")
        assert unit.batch_by_key("EAST-1", "k", "same") == papers.batch()
        assert unit.batch_by_key("WEST-1", "k", "same") is None
        with pytest.raises(WrongTurn) as refused:
            unit.batch_by_key("EAST-1", "k", "other")
        assert refused.value.code == "idempotency_conflict"
    with pytest.raises(WrongTurn), store.unit() as unit:
        unit.add_batch(papers.batch("b2"), key="k", digest="same")


def test_a_stale_save_shows_what_is_stored_and_changes_nothing(store: Store, papers) -> None:
    _batch_with_a_page(store, papers)
    with store.unit() as unit:
        unit.add_document(papers.document())
        read = unit.document("d1")
        mended = {**read.fields, "amount": Field(1300, 1.0, "1300", "person")}
        unit.save_document(read.to(Step.REVIEW, fields=mended), was_version=1)
        with pytest.raises(Stale) as stale:
            unit.save_document(read.to(Step.REVIEW), was_version=1)
        assert stale.value.details["version"] == 2
        assert stale.value.details["stored"]["amount"] == 1300
        assert unit.document("d1").values["amount"] == 1300


def test_a_paper_is_held_by_one_clerk_until_the_lease_runs_out(store: Store, papers) -> None:
    now, later = papers.noon, papers.noon + timedelta(minutes=10)
    _batch_with_a_page(store, papers)
    with store.unit() as unit:
        unit.add_document(papers.document())
        assert unit.lease("d1", "sato", later, now).leased_by == "sato"
        assert unit.lease("d1", "sato", later, now).leased_until == later
        with pytest.raises(Leased):
            unit.lease("d1", "mori", later, now)
        unit.release("d1", "mori")
        assert unit.document("d1").leased_by == "sato"
        assert unit.lease("d1", "mori", later + timedelta(minutes=10), later).leased_by == "mori"
        unit.release("d1", "mori")
        assert unit.document("d1").leased_by is None
        with pytest.raises(NotFound):
            unit.lease("nowhere", "mori", later, now)


def test_saving_a_paper_leaves_its_lease_and_settling_it_ends_it(store: Store, papers) -> None:
    later = papers.noon + timedelta(minutes=10)
    _batch_with_a_page(store, papers)
    with store.unit() as unit:
        unit.add_document(papers.document())
        before = unit.document("d1")
        unit.lease("d1", "sato", later, papers.noon)
        unit.save_document(before.to(Step.REVIEW), was_version=1)
        assert unit.document("d1").leased_by == "sato"
        unit.save_document(unit.document("d1").to(Step.APPROVED), was_version=2)
        assert unit.document("d1").leased_by is None


def test_the_next_sheet_is_the_oldest_that_nobody_holds(store: Store, papers) -> None:
    now, later = papers.noon, papers.noon + timedelta(minutes=10)
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        for name, step in (("d1", Step.CLEAN), ("d2", Step.REVIEW), ("d3", Step.REVIEW)):
            papers.laid_down(unit, name, step)
        got = [lease_next(unit, who, later, now) for who in ("sato", "mori", "kato")]
        assert [document and document.id for document in got] == ["d2", "d3", None]
        assert lease_next(unit, "kato", later, now, WEST) is None
        unit.release("d3", "mori")
        assert lease_next(unit, "kato", later, now, WEST) is None
        taken = lease_next(unit, "kato", later, now, EAST)
        assert taken is not None and taken.id == "d3"


def test_clerks_who_ask_at_once_get_different_sheets(store: Store, papers) -> None:
    clerks = 6
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        for number in range(clerks):
            papers.laid_down(unit, f"d{number}")
    start, got = Barrier(clerks), []

    def ask(who: str) -> None:
        start.wait()
        with store.unit() as unit:
            document = lease_next(unit, who, papers.noon + timedelta(minutes=10), papers.noon)
            got.append(document and document.id)

    _all_at_once(ask, clerks)
    assert sorted(got) == [f"d{number}" for number in range(clerks)]


def test_of_many_who_save_one_paper_at_once_one_wins(store: Store, papers) -> None:
    hands = 6
    _batch_with_a_page(store, papers)
    with store.unit() as unit:
        unit.add_document(papers.document())
    start, outcome = Barrier(hands), []

    def save(who: str) -> None:
        start.wait()
        try:
            with store.unit() as unit:
                unit.save_document(papers.document(version=2, score=0.5), was_version=1)
            outcome.append("saved")
        except Stale:
            outcome.append("stale")

    _all_at_once(save, hands)
    assert sorted(outcome) == ["saved"] + ["stale"] * (hands - 1)


@pytest.mark.parametrize("store", ["postgres"], indirect=True)
def test_a_clerk_does_not_wait_for_the_sheet_another_is_taking(store: Store, papers) -> None:
    until = papers.noon + timedelta(minutes=10)
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        papers.laid_down(unit, "d1")
        papers.laid_down(unit, "d2")
    with store.unit() as first, store.unit() as second:
        got = [lease_next(unit, who, until, papers.noon) for who, unit in (("sato", first), ("mori", second))]
    assert [document and document.id for document in got] == ["d1", "d2"]


def test_no_sheet_slips_in_while_a_batch_is_closing(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
    counted, answered, order = Event(), Event(), []

    def bring_a_sheet() -> None:
        counted.wait()
        with store.unit() as unit:
            order.append(f"came when {unit.batch('b1').step}")
            answered.set()

    bringing = Thread(target=bring_a_sheet)
    bringing.start()
    with store.unit() as unit:
        batch = unit.batch("b1")
        counted.set()
        assert not answered.wait(0.3)       # whoever brings a sheet now gets no answer before the batch is closed
        unit.save_batch(batch.to(Step.CLOSED), was=Step.OPEN)
    bringing.join()
    assert order == ["came when closed"]


def _batch_with_a_page(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        unit.add_scan(papers.scan())
        unit.add_page(papers.page())


def _all_at_once(act, many: int) -> None:
    hands = [Thread(target=act, args=(f"clerk{number}",)) for number in range(many)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()


def test_a_file_that_is_being_named_is_not_taken_for_one_that_nobody_needs(store: Store, papers) -> None:
    answers: list[bool] = []

    def forgets() -> None:
        with store.unit() as other:
            other.hold_file("ab" * 32)
            answers.append(other.needs("ab" * 32))

    asks = threading.Thread(target=forgets)
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        unit.hold_file("ab" * 32)
        unit.add_scan(papers.scan(sha256="ab" * 32))
        asks.start()
        asks.join(0.2)
        assert answers == []
    asks.join(10)
    assert answers == [True]


def test_units_of_one_process_wait_for_one_another_where_sqlite_would_send_them_away(
    store: Store, papers, monkeypatch: pytest.MonkeyPatch,
) -> None:
    if store.url.get_backend_name() != "sqlite":
        pytest.skip("PostgreSQL lets many write")
    store.close()
    monkeypatch.setattr("tsuzuri.store.engine.BUSY_MS", 1)      # what the database itself would wait
    with store._engine("write").connect(), store._engine("write").connect():
        monkeypatch.undo()                                      # both connections are there, and wait no longer than that

    def second() -> None:
        with store.unit() as unit:
            unit.add_batch(papers.batch(id="b2"))

    other = Thread(target=second)
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        other.start()
        other.join(0.2)
        assert other.is_alive()
    other.join()
    with store.read() as look:
        assert {look.batch(name).id for name in ("b1", "b2")} == {"b1", "b2"}
