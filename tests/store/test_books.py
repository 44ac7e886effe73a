"""The paper ledger: it closes wherever papers stand, for the house and for each part of it, and it can fail: by name."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text, update

from tsuzuri.model import Step
from tsuzuri.store import Store, queries
from tsuzuri.store.books import By, Culprit, Fault, Within, books, culprits, paper_ledger
from tsuzuri.store.tables import documents, metadata, pages

BOUND = [Step.REVIEW, Step.CLEAN, Step.APPROVED, Step.RETURNED, Step.EXPORTED, Step.FILED]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.lists(st.sampled_from([*BOUND, Step.BLANK, Step.RECEIVED, Step.OPEN]), max_size=12))
def test_the_paper_ledger_balances_wherever_papers_stand(store: Store, papers, where: list[Step]) -> None:
    with store.unit() as unit:
        for table in reversed(metadata.sorted_tables):
            unit.connection.execute(table.delete())
        unit.add_batch(papers.batch())
        for number, step in enumerate(where):
            if step in BOUND:
                papers.laid_down(unit, f"d{number}", step)
                continue
            seq = len(unit.scans_of_batch("b1")) + 1
            opened = Step.RECEIVED if step is Step.OPEN else Step.OPENED     # OPEN stands for a file not yet opened
            unit.add_scan(papers.scan(f"s{number}", seq=seq, step=opened))
            if opened is Step.OPENED:
                unit.add_page(papers.page(f"p{number}", f"s{number}", step=step))
        ledger = paper_ledger(unit)
        assert ledger.balanced and ledger.stored == len(where)
        tally = queries.batch_line(unit, "b1").tally
        assert tally.balanced and tally.stored == len(where)


def test_a_lost_page_shows_in_the_ledger(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        unit.add_scan(papers.scan(pages=2, step=Step.OPENED))
        unit.add_page(papers.page())
        assert not paper_ledger(unit).balanced
        assert not queries.batch_line(unit, "b1").tally.balanced


@pytest.fixture
def house(store: Store, papers) -> Store:
    """Two boxes of two wards, three batches, of which one is open and waits for a sheet; a blank, a separator, an unread page."""
    with store.unit() as unit:
        unit.add_batch(papers.batch(declared_sheets=7, step=Step.CLOSED))
        unit.add_batch(papers.batch("b2", box="KM-0002", ward="西区", declared_sheets=4))
        unit.add_batch(papers.batch("b3", declared_sheets=1, sides=2, step=Step.CLOSED, business_date=date(2025, 11, 8)))
        for step in BOUND:
            papers.laid_down(unit, step.value, step)
        unit.add_scan(papers.scan("blank", seq=7, step=Step.OPENED))
        unit.add_page(papers.page("blank", "blank", step=Step.BLANK))
        unit.add_scan(papers.scan("west", "b2", pages=2, step=Step.OPENED))
        unit.add_page(papers.page("sep", "west", "b2", step=Step.SEPARATOR))
        unit.add_page(papers.page("unread", "west", "b2", number=2))
        unit.add_scan(papers.scan("both", "b3", pages=2))
    return store


def test_the_books_are_the_same_sum_by_ward_box_batch_and_day(house: Store) -> None:
    with house.read() as look:
        whole = paper_ledger(look)
        assert (whole.fed, whole.stored, whole.awaited, whole.off) == (13, 11, 2, 0)
        assert (whole.exported, whole.in_work, whole.returned, whole.blank, whole.separator, whole.filed) == (1, 6, 1, 1, 1, 1)
        assert whole.balanced and whole.complete and culprits(look) == []
        for by, keys in ((By.WARD, ["東区", "西区"]), (By.BOX, ["KM-0001", "KM-0002"]), (By.BATCH, ["b1", "b2", "b3"]),
                         (By.DATE, [date(2025, 11, 7), date(2025, 11, 8)])):
            told = books(look, by)
            assert list(told) == keys
            assert sum(one.stored for one in told.values()) == 11 and all(one.balanced and one.complete for one in told.values())
        assert paper_ledger(look, Within(batch="b2")) == books(look, By.BATCH)["b2"]
        assert paper_ledger(look, Within(ward="西区")) == books(look, By.BOX, Within(box="KM-0002"))["KM-0002"]
        assert paper_ledger(look, Within(ward="東区", date=date(2025, 11, 8))).in_work == 2
        assert paper_ledger(look, Within(batch="nowhere")).stored == 0


def test_a_sheet_that_was_fed_and_is_not_stored_is_told_of_its_batch_though_another_has_one_too_many(house: Store, papers) -> None:
    with house.unit() as unit:
        for name, declared in (("b1", 8), ("b3", 0)):
            unit.connection.execute(text(f"UPDATE batches SET declared_sheets = {declared} WHERE id = '{name}'"))
    with house.read() as look:
        assert paper_ledger(look).off == 2 and not paper_ledger(look).complete and paper_ledger(look).balanced
        assert [(one.fault, one.about, one.told) for one in culprits(look)] == [
            (Fault.FED, "b1", (8, 7)), (Fault.FED, "b3", (0, 2))]
        assert [one.about for one in culprits(look, Within(date=date(2025, 11, 8)))] == ["b3"]


def test_a_page_row_that_is_gone_is_named_by_its_file_and_by_its_document(house: Store) -> None:
    with house.unit() as unit:
        unit.connection.execute(delete(pages).where(pages.c.id == "p-review"))
        unit.connection.execute(delete(pages).where(pages.c.id == "sep"))
    with house.read() as look:
        assert culprits(look, Within(box="KM-0001")) == [
            Culprit(Fault.FILE, "b1", "KM-0001", "東区", "s-review", (1, 0), 1, (1,)),
            Culprit(Fault.DOCUMENT, "b1", "KM-0001", "東区", "review", (1, 0))]
        assert culprits(look, Within(ward="西区")) == [Culprit(Fault.FILE, "b2", "KM-0002", "西区", "west", (2, 1), 1, (1,))]
        assert not paper_ledger(look, Within(batch="b2")).balanced


def test_a_page_without_its_document_is_named(house: Store) -> None:
    with house.unit() as unit:
        unit.connection.execute(update(pages).where(pages.c.id == "p-returned").values(document_id=None))
        unit.connection.execute(delete(documents).where(documents.c.id == "returned"))
    with house.read() as look:
        assert not paper_ledger(look).balanced
        assert culprits(look) == [Culprit(Fault.PAGE, "b1", "KM-0001", "東区", "p-returned", (0, 0), 4, (1,))]


def test_a_page_that_stands_in_two_places_is_named(house: Store) -> None:
    with house.unit() as unit:
        unit.connection.execute(update(pages).where(pages.c.id == "blank").values(document_id="review"))
    with house.read() as look:
        assert [(one.fault, one.about) for one in culprits(look)] == [(Fault.DOCUMENT, "review"), (Fault.PAGE, "blank")]
