"""Which page of a document comes first, whichever side of a sheet was scanned first."""

from __future__ import annotations

from tsuzuri.model import Reading, Step
from tsuzuri.store import Store


def test_a_front_scanned_behind_its_back_comes_first_with_all_that_was_read_on_it(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        unit.add_scan(papers.scan("s", seq=1, pages=2))
        unit.add_document(papers.document("d", page_count=2))
        form = unit.document("d").form
        for number, its in ((1, "a_back"), (2, form)):
            unit.add_page(papers.page(f"p{number}", "s", number=number, step=Step.BOUND, document_id="d", form=its))
            unit.add_readings(f"p{number}", [Reading("amount", str(number), 0.9, "parrot", (0, 0, 1, 1))])
        assert [page.id for page in unit.pages_of_document("d")] == ["p2", "p1"]
        assert [(seen.page, seen.ink) for seen in unit.readings("d")] == [(1, "2"), (2, "1")]
