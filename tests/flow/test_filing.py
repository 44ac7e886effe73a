"""What was approved and leaves in no file is put away, as soon as nothing of its batch is left to do."""

from __future__ import annotations

from tests.flow.conftest import balanced, declared, lay, stored
from tests.flow.test_cover import covered
from tests.flow.test_night import DAY
from tsuzuri import flow
from tsuzuri.flow import Line
from tsuzuri.model import Batch, Step


def covered_batch(line: Line, sheets: int = 2, laid: int = 2) -> Batch:
    """A cover that tells the truth, and the sheets that it lies on."""
    batch = declared(line, sheets + 1)
    covered(line, batch, *(f"d{n}" for n in range(1, laid + 1)))
    return batch


def approve(line: Line, *names: str) -> None:
    """A clerk approves them, whatever only warns."""
    for name in names:
        document = stored(line, name)
        accepted = [f"{f.code}:{f.field}" if f.field else f.code for f in document.findings]
        flow.approve(line, name, document.version, "sato", accepted)


def steps(line: Line, *names: str) -> list[Step]:
    """Where they stand."""
    return [stored(line, name).step for name in names]


def test_a_cover_is_filed_in_the_night_in_which_the_last_of_its_sheets_leaves(line: Line) -> None:
    batch = covered_batch(line)
    flow.close_batch(line, batch.id)
    approve(line, "cover", "d1")
    flow.night(line, DAY)
    assert steps(line, "cover", "d1", "d2") == [Step.APPROVED, Step.EXPORTED, Step.CLEAN]      # d2 may yet change the sums
    approve(line, "d2")
    line.clock.on(days=1)  # type: ignore[attr-defined]
    flow.night(line, line.today())
    assert steps(line, "cover", "d1", "d2") == [Step.FILED, Step.EXPORTED, Step.EXPORTED] and balanced(line)


def test_a_cover_approved_after_its_sheets_left_is_filed_when_the_night_runs_again(line: Line) -> None:
    batch = covered_batch(line)
    flow.close_batch(line, batch.id)
    approve(line, "d1", "d2")
    flow.night(line, DAY)
    approve(line, "cover")
    assert flow.night(line, DAY).count and steps(line, "cover") == [Step.FILED]


def test_a_sheet_that_was_returned_keeps_no_cover_waiting(line: Line) -> None:
    batch = covered_batch(line)
    lay(line, "extra", batch)
    flow.recount(line, flow.close_batch(line, batch.id).id, flow.Counted(4), "suzuki")
    flow.give_back(line, "extra", stored(line, "extra").version, "sato", "別の月の分")
    approve(line, "cover", "d1", "d2")
    flow.night(line, DAY)
    assert steps(line, "extra", "cover") == [Step.RETURNED, Step.FILED]


def test_nothing_of_an_open_or_unbalanced_batch_is_filed(line: Line) -> None:
    batch = covered_batch(line, sheets=3)
    flow.close_batch(line, batch.id)
    approve(line, "cover", "d1", "d2")
    flow.night(line, DAY)
    assert steps(line, "cover", "d1") == [Step.APPROVED, Step.APPROVED]
    flow.recount(line, batch.id, flow.Counted(3), "suzuki")
    line.clock.on(days=1)  # type: ignore[attr-defined]
    flow.night(line, line.today())
    assert steps(line, "cover", "d1") == [Step.FILED, Step.EXPORTED]
