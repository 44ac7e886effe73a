"""Digits that people have seen one by one, on both databases."""

from __future__ import annotations

import pytest

from tsuzuri.model import Step
from tsuzuri.store import Store
from tsuzuri.store.glyphs import DOUBTFUL, Glyph, as_read, forget_glyphs, keep_glyphs, seen_glyphs, unsay_glyphs


@pytest.fixture
def laid(store: Store, papers) -> Store:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        for name in ("d1", "d2"):
            unit.add_document(papers.document(name, step=Step.REVIEW))
    return store


def _said(papers, place: int, digit: str, by: str = "sato", document: str = "d1") -> Glyph:
    return Glyph(document, "amount", place, "1200", digit, by, papers.noon)


def test_what_was_said_of_a_digit_last_is_what_counts(laid: Store, papers) -> None:
    with laid.unit() as unit:
        keep_glyphs(unit, [_said(papers, 0, "1"), _said(papers, 1, "2"), _said(papers, 0, "7", document="d2")])
        keep_glyphs(unit, [_said(papers, 1, DOUBTFUL, "suzuki")])
    with laid.read() as look:
        told = seen_glyphs(look, ["d1"])
        assert {place: (one.digit, one.by) for place, one in told["d1", "amount"].items()} == {
            0: ("1", "sato"), 1: (DOUBTFUL, "suzuki")}
        assert set(seen_glyphs(look, ["d1", "d2"])) == {("d1", "amount"), ("d2", "amount")}


def test_who_said_it_alone_takes_it_back(laid: Store, papers) -> None:
    with laid.unit() as unit:
        keep_glyphs(unit, [_said(papers, place, "1") for place in range(3)])
        assert unsay_glyphs(unit, [_said(papers, 0, "1", "suzuki")]) == 0
        assert unsay_glyphs(unit, [_said(papers, 0, "1"), _said(papers, 2, "1"), _said(papers, 3, "1")]) == 2
        assert list(seen_glyphs(unit, ["d1"])["d1", "amount"]) == [1]
        forget_glyphs(unit, "d1")
        assert seen_glyphs(unit, ["d1"]) == {}


def test_values_are_told_without_their_papers(laid: Store) -> None:
    with laid.read() as look:
        assert as_read(look, ["d2"])["d2"]["amount"] == 1200
