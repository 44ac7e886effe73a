"""Which rules judged: each version stands once, from when it was first used; settled papers are read a few at a time."""

from __future__ import annotations

from datetime import timedelta

from tsuzuri.model import Step
from tsuzuri.store import Store

PARTS = {"forms": "a", "tables": "b", "rules": "c", "program": "0.1"}


def test_a_version_stands_once_from_its_first_use(store: Store, papers) -> None:
    for minutes, version in enumerate(("v1", "v2", "v1")):
        with store.unit() as unit:
            unit.note_rulebook(version, PARTS, papers.noon + timedelta(minutes=minutes))
    with store.read() as look:
        assert [(one.version, one.parts, one.first_used) for one in look.rulebooks()] == [
            ("v2", PARTS, papers.noon + timedelta(minutes=1)), ("v1", PARTS, papers.noon)]


def test_settled_papers_are_read_in_the_order_of_arrival_a_few_at_a_time(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        for name, step in (("d1", Step.APPROVED), ("d2", Step.REVIEW), ("d3", Step.EXPORTED), ("d4", Step.RETURNED)):
            papers.laid_down(unit, name, step, rulebook="v1")
        ((n, first),) = unit.settled_documents(papers.day, papers.day, 0, 1)
        rest = unit.settled_documents(papers.day, papers.day, n, 9)
        assert (first.id, first.rulebook, [document.id for _, document in rest]) == ("d1", "v1", ["d3"])
        assert unit.settled_documents(papers.day + timedelta(days=1), papers.day + timedelta(days=9), 0, 9) == []
