"""What was keyed blind, on both databases: what counts, who is asked next, how often two agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tsuzuri.errors import TsuzuriError
from tsuzuri.model import Act, Finding, Severity, Step
from tsuzuri.store import Store
from tsuzuri.store.desk_tables import entries
from tsuzuri.store.entries import Agreement, Desk, Entry

TO_KEY = Finding("H42", Severity.E, Act.AMEND, "二人で。", "amount")
DISPUTED = replace(TO_KEY, code="V55")


def laid(store: Store, papers, *findings: Finding, names: tuple[str, ...] = ("d1",)) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        for name in names:
            unit.add_document(papers.document(name, step=Step.REVIEW, findings=findings))


def key(store: Store, papers, by: str, value: int | None, agreed: bool | None = None, name: str = "d1") -> None:
    with store.unit() as unit:
        entry = Entry(0, by, "" if value is None else str(value), value, value is not None)
        unit.add_entry(unit.document(name), "amount", entry, papers.noon, agreed)


def test_what_was_keyed_stands_until_it_is_set_aside(store: Store, papers) -> None:
    laid(store, papers, TO_KEY)
    key(store, papers, "sato", 1200)
    key(store, papers, "ito", None, agreed=False)
    with store.read() as look:
        assert [(e.by, e.value, e.legible) for e in look.entries("d1", "amount")] == [("sato", 1200, True), ("ito", None, False)]
        assert look.round_of("d1", "amount") == 1
    with store.unit() as unit:
        unit.set_aside("d1", "again", "kanto", ["amount"])
        assert unit.entries("d1", "amount") == [] and unit.round_of("d1", "amount") == 2
        assert unit.has_judged("d1", "amount", "kanto") and not unit.has_judged("d1", "amount", "sato")


def test_the_database_itself_lets_no_account_key_a_field_twice(store: Store, papers) -> None:
    laid(store, papers, TO_KEY)
    key(store, papers, "sato", 1200)
    with pytest.raises((IntegrityError, TsuzuriError)):
        key(store, papers, "sato", 1300)
    with store.unit() as unit:
        unit.set_aside("d1", "taken_back", "sato", ["amount"], keyed_by="sato")
    key(store, papers, "sato", 1300)
    with store.read() as look:
        assert [e.value for e in look.entries("d1", "amount")] == [1300]


def test_what_must_not_be_kept_is_gone_from_what_was_keyed_too(store: Store, papers) -> None:
    laid(store, papers, TO_KEY)
    key(store, papers, "sato", 123456789018)
    with store.unit() as unit:
        unit.blot_entries("d1", {"amount"}, "kanto")
        rows = unit.connection.execute(select(entries)).all()
    assert [(row.by, row.ink, row.value, row.aside) for row in rows] == [("sato", "", None, "blotted")]
    with store.read() as look:
        assert [w.keyed for w in look.to_key(Desk("sato", papers.noon))] == [0]


def test_an_account_is_asked_for_what_it_has_not_keyed_in_the_order_of_arrival(store: Store, papers) -> None:
    laid(store, papers, TO_KEY, names=("d1", "d2", "d3"))
    key(store, papers, "sato", 1200, name="d2")
    with store.unit() as unit:
        unit.lease("d3", "ono", papers.noon + timedelta(minutes=5), papers.noon)
    with store.read() as look:
        assert [(w.document_id, w.keyed) for w in look.to_key(Desk("sato", papers.noon))] == [("d1", 0)]
        mine = look.to_key(Desk("ito", papers.noon))
        assert [(w.document_id, w.keyed) for w in mine] == [("d1", 0), ("d2", 1)]
        assert [w.document_id for w in look.to_key(Desk("ito", papers.noon), (mine[0].document_n, "amount"))] == ["d2"]
        assert look.to_key(Desk("ito", papers.noon, "どこにもない区")) == []
        assert look.blind_counts(Desk("sato", papers.noon)) == (2, 1, 0)


def test_a_dispute_is_judged_by_none_of_the_two(store: Store, papers) -> None:
    laid(store, papers, DISPUTED)
    key(store, papers, "sato", 1200)
    key(store, papers, "ito", 1300, agreed=False)
    with store.read() as look:
        assert [look.to_judge(Desk(name, papers.noon)) != [] for name in ("sato", "ito", "kanto")] == [False, False, True]
        assert look.blind_counts(Desk("kanto", papers.noon)) == (0, 0, 1)


def test_how_often_two_agree_at_once_is_told_by_form_field_and_operator(store: Store, papers) -> None:
    laid(store, papers, TO_KEY, names=("d1", "d2", "d3"))
    for name, other, agreed in (("d1", "ito", True), ("d2", "ito", False), ("d3", "ono", True)):
        key(store, papers, "sato", 1200, name=name)
        key(store, papers, other, 1200 if agreed else 1300, agreed, name)
    with store.unit() as unit:
        unit.set_aside("d2", "again", "kanto")           # keyed again: what happened at first still counts
    key(store, papers, "sato", 1, name="d2")
    key(store, papers, "ito", 1, True, "d2")
    form = papers.document().form
    with store.read() as look:
        assert look.agreements(papers.noon) == [
            Agreement(form, "amount", "ito", 2, 1), Agreement(form, "amount", "ono", 1, 1), Agreement(form, "amount", "sato", 3, 2)]
        assert look.agreements(papers.noon)[2].share == 2 / 3
        assert look.agreements(papers.noon + timedelta(seconds=1)) == [] == look.agreements(papers.noon, "どこにもない区")
