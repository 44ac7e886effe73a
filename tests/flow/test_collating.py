"""A scanner of one side brings all fronts, then all backs: they are laid as the paper lies, or not at all."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image

from tests.flow.conftest import SAMPLES, SHADES, balanced, declared, documents, read_all, shape, take
from tests.stages.bundled import FORMS, paper
from tsuzuri import flow
from tsuzuri.errors import Refused
from tsuzuri.flow import Line
from tsuzuri.forms import Forms
from tsuzuri.house import form_readers
from tsuzuri.image.pages import Caps
from tsuzuri.model import Batch, Collate, Cut, Page, Step
from tsuzuri.settings import Settings
from tsuzuri.store import Look

TWO_SIDED = Forms({**FORMS, "claim": paper("claim", takes={"back": {"form": "receipt", "most": 1, "overleaf": True}})})


def stack(told: str, mark: int = 0) -> bytes:
    """A file of one page a letter; `mark` makes it another file than its like."""
    sides = [Image.new("L", (60 + mark, 80), SHADES[letter]) for letter in told]
    out = io.BytesIO()
    sides[0].save(out, "TIFF", save_all=True, append_images=sides[1:])
    return out.getvalue()


def sent(line: Line, batch: Batch, files: dict[int, str]) -> None:
    """The files of these numbers arrive in this order, are opened, and read from their last page on."""
    for seq, told in files.items():
        scan, _ = take(line, batch, seq, stack(told, seq))
        flow.open_scan(line, scan.id)
        with line.store.read() as look:
            found = [page for page in look.pages_of_batch(batch.id) if page.scan_id == scan.id]
        read_all(line, sorted(found, key=lambda page: -page.number))


def lies(look: Look, page: Page) -> tuple[int, int]:
    return look.scan(page.scan_id).seq, page.number


def order(line: Line, batch: Batch) -> list[tuple[int, int]]:
    """The batch's pages as they lie: (file, page)."""
    with line.store.read() as look:
        return [lies(look, page) for page in look.pages_of_batch(batch.id)]


def bound(line: Line, batch: Batch) -> list[list[tuple[int, int]]]:
    """The pages of each document, by where its first page lies."""
    where = {page: place for place, page in enumerate(order(line, batch))}
    with line.store.read() as look:
        found = [[lies(look, page) for page in look.pages_of_document(one.id)] for one in look.documents_of_batch(batch.id)]
    return sorted(filter(None, found), key=lambda pages: where[pages[0]])


def ended(line: Line, batch: Batch) -> Batch:
    """The batch is closed, and what waited is bound."""
    closed = flow.close_batch(line, batch.id)
    flow.bind_batch(line, batch.id)
    return closed


@pytest.mark.parametrize(("collate", "backs", "pages"), [
    (Collate.ODD_EVEN, "r_r", [(2, 1), (2, 2), (2, 3)]),
    (Collate.ODD_EVEN_REVERSED, "r_r", [(2, 3), (2, 2), (2, 1)]),
])
@pytest.mark.parametrize("first", [1, 2])
def test_backs_lie_behind_their_fronts_in_whichever_order_the_stacks_came(
    sighted: Line, collate: Collate, backs: str, pages: list[tuple[int, int]], first: int,
) -> None:
    batch = declared(sighted, 3, collate=collate)
    files = {1: "ACA", 2: backs}
    sent(sighted, batch, {seq: files[seq] for seq in (first, 3 - first)})
    assert order(sighted, batch) == [(1, 1), pages[0], (1, 2), pages[1], (1, 3), pages[2]]
    closed = ended(sighted, batch)
    assert not closed.findings and balanced(sighted)
    assert bound(sighted, batch) == [[(1, 1), pages[0]], [(1, 2)], [(1, 3), pages[2]]]
    with sighted.store.read() as look:
        steps = [page.step for page in look.pages_of_batch(batch.id)]
    assert steps == [Step.BOUND, Step.BOUND, Step.BOUND, Step.BLANK, Step.BOUND, Step.BOUND], "a blank back is kept and counted"


def test_the_other_side_of_a_sheet_is_read_into_its_front(sighted: Line) -> None:
    line = replace(sighted, forms=TWO_SIDED)
    batch = declared(line, 2, collate=Collate.ODD_EVEN_REVERSED)
    sent(line, batch, {1: "CC", 2: "_r"})
    assert bound(line, batch) == [[(1, 1), (2, 2)], [(1, 2)]]
    assert "back.1.total" in documents(line, batch)[0].fields


@pytest.mark.parametrize(("collate", "said"), [(Collate.ODD_EVEN, {"H57"}), (Collate.ODD_EVEN_REVERSED, set())])
def test_a_back_upon_another_sheet_than_its_front_shows_that_the_stack_lay_otherwise(
    sighted: Line, collate: Collate, said: set[str],
) -> None:
    line = replace(sighted, forms=TWO_SIDED)
    batch = declared(line, 2, collate=collate)
    sent(line, batch, {1: "C_", 2: "_r"})
    ended(line, batch)
    (document,) = documents(line, batch)
    assert document.page_count == 2 and {finding.code for finding in document.findings} & {"H57"} == said


def test_fronts_alone_are_bound_by_nobody_while_the_backs_may_come(sighted: Line) -> None:
    batch = declared(sighted, 2, collate=Collate.ODD_EVEN)
    sent(sighted, batch, {1: "AC"})
    sighted.clock.on(minutes=60)  # type: ignore[attr-defined]
    flow.bind_batch(sighted, batch.id)
    assert documents(sighted, batch) == []
    sent(sighted, batch, {2: "r_"})
    assert bound(sighted, batch) == [[(1, 1), (2, 1)], [(1, 2)]]


@pytest.mark.parametrize(("files", "says"), [
    ({1: "AC", 2: "r"}, "ファイル 0001 は表 2 面、ファイル 0002 は裏 1 面"),
    ({2: "r", 1: "AC"}, "ファイル 0001 は表 2 面、ファイル 0002 は裏 1 面"),
    ({1: "ACC"}, "ファイル 0001 は表 3 面、ファイル 0002 は裏 0 面"),
    ({1: "A", 2: "r", 3: "C"}, "ファイル 0003 は表 1 面、ファイル 0004 は裏 0 面"),
])
def test_other_backs_than_fronts_are_not_paired_and_none_is_lost(sighted: Line, files: dict[int, str], says: str) -> None:
    batch = declared(sighted, 2, collate=Collate.ODD_EVEN)
    sent(sighted, batch, files)
    closed = ended(sighted, batch)
    told = {finding.code: finding for finding in closed.findings}
    assert set(told) == {"V01", "H56"} and told["H56"].severity.blocks
    assert f"（{says}）" in told["H56"].message
    if len(files) == 2:
        assert bound(sighted, batch) == [[(1, 1)], [(1, 2)], [(2, 1)]], "whose back that is, nobody knows"
        assert ("receipt", 1, ("H20",)) in shape(sighted, batch)
    assert sum(document.page_count for document in documents(sighted, batch)) == sum(map(len, files.values()))
    assert balanced(sighted)


def test_whoever_holds_the_paper_is_told_of_uneven_stacks_at_once(sighted: Line) -> None:
    batch = declared(sighted, 2, collate=Collate.ODD_EVEN)
    front, _ = take(sighted, batch, 1, stack("AC"))
    assert flow.against_its_half(sighted, front) == []
    back, _ = take(sighted, batch, 2, stack("r"))
    (told,) = flow.against_its_half(sighted, back)
    assert told.startswith("ファイル 0001 は表 2 面、ファイル 0002 は裏 1 面で、合いません。")


def test_a_side_that_was_never_scanned_keeps_claims_back_only_until_somebody_counts(sighted: Line) -> None:
    batch = declared(sighted, 2, collate=Collate.ODD_EVEN)
    sent(sighted, batch, {1: "AC", 2: "r"})
    ended(sighted, batch)

    def blocks(one: Batch) -> list[str]:
        return [finding.code for finding in one.findings if finding.severity.blocks]

    assert blocks(flow.recount(sighted, batch.id, flow.Counted(2), "sato")) == ["V01", "H56"]
    counted = flow.recount(sighted, batch.id, flow.Counted(2, one_sided=1), "sato")
    assert blocks(counted) == [] and counted.declared_pages == 3 and "片面だけ 1 枚" in counted.findings[-1].message
    assert flow.balance(sighted).wrong == ()
    with pytest.raises(Refused):
        flow.recount(sighted, batch.id, flow.Counted(2, one_sided=3), "sato")


def test_each_pair_of_files_is_a_stack_of_its_own(sighted: Line) -> None:
    batch = declared(sighted, 3, collate=Collate.ODD_EVEN_REVERSED)
    sent(sighted, batch, {1: "AC", 4: "r", 3: "A", 2: "_r"})
    ended(sighted, batch)
    assert order(sighted, batch) == [(1, 1), (2, 2), (1, 2), (2, 1), (3, 1), (4, 1)]
    assert bound(sighted, batch) == [[(1, 1), (2, 2)], [(1, 2)], [(3, 1), (4, 1)]]


def test_so_many_pages_are_counted_as_the_paper_lies(sighted: Line) -> None:
    batch = declared(sighted, 2, collate=Collate.ODD_EVEN, documents=Cut.BY_COUNT, pages_per_document=2)
    sent(sighted, batch, {1: "??", 2: "??"})
    ended(sighted, batch)
    assert bound(sighted, batch) == [[(1, 1), (2, 1)], [(1, 2), (2, 2)]]


def test_what_a_person_binds_again_lies_as_the_paper_does(sighted: Line) -> None:
    batch = declared(sighted, 2, collate=Collate.ODD_EVEN_REVERSED)
    sent(sighted, batch, {1: "AC", 2: "_r"})
    ended(sighted, batch)
    _, claim = documents(sighted, batch)
    flow.join_previous(sighted, claim.id, claim.version, "sato")
    assert bound(sighted, batch) == [[(1, 1), (2, 2), (1, 2)]]


@pytest.mark.slow
def test_an_application_and_its_printed_back_are_one_though_they_were_scanned_in_two_goes(line: Line) -> None:
    forms = line.forms
    line = replace(line, readers=lambda: form_readers(Settings(), forms), limits=replace(line.limits, caps=Caps()))
    batch = declared(line, 2, collate=Collate.ODD_EVEN_REVERSED)
    fronts = [Image.open(SAMPLES / name / "a.png").convert("L") for name in ("kodomo_shinsei", "hitorioya_shinsei")]
    printed = Image.open(SAMPLES / "shinsei_ura" / "a.png").convert("L")
    for seq, sides in enumerate((fronts, [Image.new("L", printed.size, 255), printed]), start=1):
        out = io.BytesIO()
        sides[0].save(out, "TIFF", save_all=True, append_images=sides[1:], compression="tiff_deflate")
        flow.open_scan(line, take(line, batch, seq, out.getvalue())[0].id)
    with line.store.read() as look:
        read_all(line, look.pages_of_batch(batch.id))
    assert not ended(line, batch).findings and balanced(line)
    assert bound(line, batch) == [[(1, 1), (2, 2)], [(1, 2)]]
    first, second = documents(line, batch)
    assert (first.form, second.form) == ("kodomo_shinsei", "hitorioya_shinsei")
    assert any(name.startswith("back.1.") and field.value for name, field in first.fields.items())
