"""Lists and counts: paged by key, complete, and the paper ledger always balances."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tsuzuri.errors import NotFound
from tsuzuri.model import Scan, Step
from tsuzuri.store import Store, queries
from tsuzuri.store.books import paper_ledger
from tsuzuri.store.orders import Scope
from tsuzuri.store.queries import Tally, Wanted
from tsuzuri.store.work import Turn, next_free

BOUND = [Step.REVIEW, Step.CLEAN, Step.APPROVED, Step.RETURNED, Step.EXPORTED, Step.FILED]


def test_a_batch_shows_where_each_of_its_pages_stands(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        for step in BOUND:
            papers.laid_down(unit, step.value, step)
        unit.add_scan(papers.scan("unopened", seq=10, pages=4))
        unit.add_scan(papers.scan("opened", seq=11, pages=5, step=Step.OPENED))
        unit.add_page(papers.page("separator", "opened", number=3, step=Step.SEPARATOR))
        unit.add_page(papers.page("read", "opened", number=4, step=Step.READ))
        unit.add_document(papers.document("begun", step=Step.WAITING))
        unit.add_page(papers.page("waits", "opened", number=5, step=Step.BOUND, document_id="begun"))
        unit.add_page(papers.page("blank", "opened", step=Step.BLANK))
        unit.add_page(papers.page("unread", "opened", number=2))
    with store.read() as look:
        tally = queries.batch_line(look, "b1").tally
        assert tally == Tally(
            8, 15, in_reading=7, blank=1, separator=1, review=1, clean=1, approved=1, returned=1, exported=1, filed=1)
        assert tally.balanced and tally.settled == 6
        ledger = paper_ledger(look)
        assert (ledger.stored, ledger.exported, ledger.in_work, ledger.returned) == (15, 1, 10, 1)
        assert (ledger.blank, ledger.separator, ledger.filed) == (1, 1, 1)
        assert queries.missing_numbers(look, "b1") == [7, 8, 9]
        with pytest.raises(NotFound):
            queries.batch_line(look, "nowhere")


def test_the_gaps_of_a_batch_are_the_first_hundred_however_high_a_number_is(store: Store, papers, monkeypatch) -> None:
    class Counted:
        made = 0

        def __call__(self, *ends: int) -> Iterator[int]:
            for number in builtins.range(*ends):
                self.made += 1
                yield number

    counted = Counted()
    monkeypatch.setattr(queries, "range", counted, raising=False)
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        for seq in (1, 3, 1_000_000):
            unit.add_scan(papers.scan(f"s{seq}", seq=seq))
    with store.read() as look:
        assert queries.missing_numbers(look, "b1") == [2, *range(4, 103)]
        assert counted.made == 100
        assert queries.missing_numbers(look, "b1", at_most=1) == [2]
        assert queries.missing_numbers(look, "nowhere") == []
        assert queries.batch_line(look, "b1").tally.files == 3       # the look is still good for another question


def test_a_list_goes_on_behind_any_number(store: Store) -> None:
    with store.read() as look:
        assert queries.document_queue(look, Wanted(), after=10**30) == []


def test_a_document_of_several_pages_is_one_line_in_a_list_and_so_many_in_the_ledger(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        unit.add_scan(papers.scan(pages=3, step=Step.OPENED))
        unit.add_document(papers.document(page_count=3))
        for number in (3, 1, 2):
            unit.add_page(papers.page(f"p{number}", number=number, place=number, step=Step.BOUND, document_id="d1",
                                      received_at=papers.noon + timedelta(seconds=number)))
        (line,) = queries.document_queue(unit, Wanted())
        assert (line.page_count, line.received_at) == (3, papers.noon + timedelta(seconds=1))
        assert (paper_ledger(unit).stored, paper_ledger(unit).in_work) == (3, 3)
        assert queries.batch_line(unit, "b1").tally == Tally(1, 3, review=3)
        assert [page.id for page in unit.pages_of_document("d1")] == ["p1", "p2", "p3"]
        unit.save_document(replace(unit.document("d1"), page_count=2), was_version=1)
        assert not paper_ledger(unit).balanced


def test_batches_are_listed_newest_first_page_by_page_without_gap(store: Store, papers) -> None:
    with store.unit() as unit:
        for number in range(7):
            at = papers.noon + timedelta(minutes=number // 2)     # two share each minute: ties must not get lost
            unit.add_batch(papers.batch(f"b{number}", created_at=at, station="EAST-1" if number % 2 else "WEST-1"))
    with store.read() as look:
        seen, after = [], None
        while shown := queries.batch_list(look, after, limit=3):
            seen += [line.batch.id for line in shown]
            after = seen[-1]
        assert seen == [f"b{number}" for number in range(6, -1, -1)]
        assert [line.batch.id for line in queries.batch_list(look, station="EAST-1")] == ["b5", "b3", "b1"]
        assert queries.batch_list(look, ward="西区") == []


def test_the_queue_is_paged_in_order_of_arrival(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        for number in range(5):
            papers.laid_down(unit, f"d{number}", Step.REVIEW if number != 2 else Step.CLEAN)
    with store.read() as look:
        first = queries.document_queue(look, Wanted((Step.REVIEW,)), limit=2)
        rest = queries.document_queue(look, Wanted((Step.REVIEW,)), after=first[-1].n)
        assert [line.id for line in (*first, *rest)] == ["d0", "d1", "d3", "d4"]
        line = first[0]
        assert (line.finding_count, line.worst, line.ward, line.box) == (1, "W", "東区", "KM-0001")
        assert line.received_at == papers.noon + timedelta(seconds=1)
        assert queries.document_line(look, "d0") == line
        assert queries.document_line(look, "nowhere") is None


def test_a_list_shows_only_what_was_asked_for(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        unit.add_batch(papers.batch("b2", ward="西区", box="KM_0002"))
        papers.laid_down(unit, "d1")
        papers.laid_down(unit, "d2", Step.CLEAN, form=None, findings=())
        unit.add_document(papers.document("d3", "b2"))

        def shown(**wanted) -> list[str]:
            return [line.id for line in queries.document_queue(unit, Wanted(**wanted))]

        assert shown() == ["d1", "d2", "d3"]
        assert shown(form="kodomo_seikyu") == ["d1", "d3"]
        assert shown(batch_id="b2") == shown(ward="西区") == ["d3"]
        assert shown(steps=(Step.CLEAN,), ward="西区") == []
        assert queries.document_line(unit, "d2").worst == ""


def test_counts_and_the_oldest_paper_are_told_by_step(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        papers.laid_down(unit, "d1")
        papers.laid_down(unit, "d2")
        papers.laid_down(unit, "d3", Step.EXPORTED)
        assert queries.counts_by_step(unit) == {
            Step.WAITING: 0, Step.REVIEW: 2, Step.CLEAN: 0, Step.APPROVED: 0, Step.RETURNED: 0, Step.EXPORTED: 1, Step.FILED: 0}
        assert sum(queries.counts_by_step(unit, ward="西区").values()) == 0
        assert queries.oldest_waiting(unit, Step.REVIEW) == papers.noon + timedelta(seconds=1)
        assert queries.oldest_waiting(unit, Step.RECEIVED) is None
        unopened = Scan("sc", "b1", 99, "a.jpg", "ab" * 32, 9, "image/jpeg", 1, papers.noon)
        unit.add_scan(unopened)
        assert queries.oldest_waiting(unit, Step.RECEIVED) == papers.noon


def test_a_held_sheet_is_not_offered(store: Store, papers) -> None:
    later = papers.noon + timedelta(minutes=10)
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        papers.laid_down(unit, "d1")
        papers.laid_down(unit, "d2")
        assert unit.clean_documents() == []
        unit.lease("d1", "sato", later, papers.noon)
        assert next_free(unit, [Turn()], papers.noon) == "d2"
        assert next_free(unit, [Turn()], later) == "d1"
        assert next_free(unit, [Turn((Scope(ward="西区"),))], papers.noon) is None
        assert unit.file_and_page("d2") == ("0002.tif", 1)
