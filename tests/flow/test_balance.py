"""The paper ledger over the whole line: whatever is done, in whatever order, it closes at every step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from tests.flow.conftest import balanced, documents, fed, read_all
from tsuzuri import flow
from tsuzuri.errors import TsuzuriError
from tsuzuri.flow import Line
from tsuzuri.model import Document, Step
from tsuzuri.store.books import Fault

ACTS: dict[str, Callable[[Line, Document], object]] = {
    "join": lambda line, one: flow.join_previous(line, one.id, one.version, "sato"),
    "split": lambda line, one: flow.split(line, one.id, one.version, 2, "sato"),
    "return": lambda line, one: flow.give_back(line, one.id, one.version, "sato", "出し直し"),
    "reopen": lambda line, one: flow.reopen(line, one.id, one.version, "sato"),
    "approve": lambda line, one: flow.approve(line, one.id, one.version, "sato", {f.code for f in one.findings}),
    "bind": lambda line, one: flow.bind_batch(line, one.batch_id),
    "close": lambda line, one: flow.close_batch(line, one.batch_id),
    "recount": lambda line, one: flow.recount(line, one.batch_id, flow.Counted(5), "sato"),
    "night": lambda line, one: flow.nights(line, line.today()),
}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.text("ArC?_|S", min_size=2, max_size=6),
       walk=st.lists(st.tuples(st.sampled_from([*ACTS]), st.integers(0, 5)), max_size=12))
def test_the_books_close_at_every_step_of_any_walk(sighted: Line, told: str, walk: list[tuple[str, int]]) -> None:
    batch, pages = fed(sighted, told, close=False)
    for page in pages:
        assert balanced(sighted)
        read_all(sighted, [page])
    flow.bind_batch(sighted, batch.id)
    for act, which in walk:
        there = [one for one in documents_of(sighted, batch.id) if one.step is not Step.MERGED]
        if there:
            with suppress(TsuzuriError):        # no such way from here: nothing may have moved
                ACTS[act](sighted, there[which % len(there)])
        assert balanced(sighted), act


def documents_of(line: Line, batch_id: str) -> list[Document]:
    """The batch's documents, merged ones too."""
    with line.store.read() as look:
        return look.documents_of_batch(batch_id)


def test_a_document_that_somebody_deletes_is_missed(sighted: Line) -> None:
    batch, pages = fed(sighted, "CC")
    read_all(sighted, pages)
    lost, _ = documents(sighted, batch)
    with sighted.unit() as unit:
        unit.connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        unit.connection.execute(text(f"UPDATE pages SET document_id = NULL WHERE document_id = '{lost.id}'"))
        for table in ("reviews", "claims", "doubts"):
            unit.connection.execute(text(f"DELETE FROM {table} WHERE document_id = '{lost.id}'"))
        unit.connection.execute(text(f"DELETE FROM documents WHERE id = '{lost.id}'"))
    told = flow.balance(sighted)
    assert not told.closes and not told.whole.balanced
    assert [(one.culprit.fault, one.culprit.about) for one in told.wrong] == [(Fault.PAGE, pages[0].id)]
    assert "ファイル 0001 の 1 ページ目" in told.wrong[0].says
