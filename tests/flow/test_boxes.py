"""The life of a box: nothing is said of it that its batches do not bear out, and it leaves once, by two hands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.flow.conftest import Clock, approved_batch, declared, picture, take
from tsuzuri import flow
from tsuzuri.errors import NotAllowed, NotFound, Refused, TsuzuriError, WrongTurn
from tsuzuri.flow import Line, Received
from tsuzuri.flow.printing import ledger_sheet
from tsuzuri.model import BOX_MOVES, BoxStep, Removal
from tsuzuri.store import boxes

NUMBER = "KM-0001"      # the box of every batch that a test declares
TOLD = Received(NUMBER, "東区", "kodomo", seal="S-1", sheets=1, weight_g=5200)
KEPT = timedelta(days=5 * 366)


def where(line: Line, number: str = NUMBER) -> BoxStep:
    """Where the box stands."""
    with line.store.read() as look:
        return boxes.known_box(look, number).step


def on_the_shelf(line: Line) -> None:
    """The box, received, fed, verified and put away; its one paper has left."""
    flow.receive_box(line, TOLD, "sato")
    approved_batch(line, 1)
    flow.nights(line, line.today())
    for step in (BoxStep.SCANNED, BoxStep.VERIFIED, BoxStep.STORED):
        flow.move_box(line, NUMBER, step, "sato")


def code(act: object, *told: object) -> str:
    """What the act is refused with."""
    with pytest.raises(TsuzuriError) as turned:
        act(*told)  # type: ignore[operator]
    return turned.value.code


def test_a_box_is_received_once_whoever_says_it_twice(line: Line) -> None:
    first, is_new = flow.receive_box(line, TOLD, "EAST-1")
    assert is_new and (first.step, first.seal) == (BoxStep.RECEIVED, "S-1")
    assert flow.receive_box(line, TOLD, "EAST-1") == (first, False)
    assert code(flow.receive_box, line, Received(NUMBER, "西区", "kodomo"), "EAST-1") == "box_known"
    with pytest.raises(Refused):
        flow.receive_box(line, Received("KM-2", "港区", "kodomo"), "EAST-1")
    with pytest.raises(NotFound), line.store.read() as look:
        boxes.known_box(look, "KM-2")


def test_a_batch_out_of_a_box_of_which_nobody_spoke_is_taken_and_the_box_stands_in_the_list(line: Line) -> None:
    batch = declared(line)
    with line.store.read() as look:
        known = boxes.known_box(look, NUMBER)
    assert batch.findings == () and known.implicit and known.step is BoxStep.OPENED
    heard, is_new = flow.receive_box(line, TOLD, "sato")
    assert is_new and not heard.implicit and (heard.step, heard.seal) == (BoxStep.OPENED, "S-1")


def test_a_batch_opens_its_box_and_says_what_does_not_fit(line: Line) -> None:
    flow.receive_box(line, Received(NUMBER, "西区", "jyudo"), "sato")
    batch = declared(line)
    assert where(line) is BoxStep.OPENED
    assert [finding.message for finding in batch.findings] == [
        "箱 KM-0001 は西区のものとして受領されています。", "箱 KM-0001 は業務「jyudo」のものとして受領されています。"]
    assert not any(finding.severity.blocks for finding in flow.close_batch(line, batch.id).findings if finding.code == "H55")


def test_a_box_is_verified_only_when_every_batch_of_it_balances(line: Line) -> None:
    flow.receive_box(line, TOLD, "sato")
    batch = declared(line, 2)
    assert code(flow.move_box, line, NUMBER, BoxStep.SCANNED, "sato") == "box_hindered"
    take(line, batch, 1, picture(7))
    flow.close_batch(line, batch.id)
    flow.move_box(line, NUMBER, BoxStep.SCANNED, "sato")
    assert code(flow.move_box, line, NUMBER, BoxStep.VERIFIED, "sato") == "box_hindered"
    flow.recount(line, batch.id, flow.Counted(1), "sato")
    assert flow.move_box(line, NUMBER, BoxStep.VERIFIED, "sato", "棚卸").step is BoxStep.VERIFIED
    with line.store.read() as look:
        assert [(move.was, move.step, move.by, move.note) for move in boxes.moves_of(look, NUMBER)] == [
            (BoxStep.RECEIVED, BoxStep.OPENED, "EAST-1", ""), (BoxStep.OPENED, BoxStep.SCANNED, "sato", ""),
            (BoxStep.SCANNED, BoxStep.VERIFIED, "sato", "棚卸")]


def test_sheets_and_envelopes_counted_at_receipt_must_have_been_fed(line: Line) -> None:
    flow.receive_box(line, Received(NUMBER, "東区", "kodomo", sheets=2, envelopes=2), "sato")
    batch = declared(line, 1, envelopes=("F1",))
    take(line, batch, 1, picture(7))
    flow.close_batch(line, batch.id)
    flow.move_box(line, NUMBER, BoxStep.SCANNED, "sato")
    with pytest.raises(WrongTurn, match="受領時に数えた 2 枚に対して、スキャンは 1 枚"):
        flow.move_box(line, NUMBER, BoxStep.VERIFIED, "sato")
    batch = declared(line, 1, envelopes=("F1",))
    take(line, batch, 1, picture(8))
    assert where(line) is BoxStep.OPENED, "another batch of it was sent"
    flow.close_batch(line, batch.id)
    flow.move_box(line, NUMBER, BoxStep.SCANNED, "sato")
    with pytest.raises(WrongTurn, match="封筒 2 通に対して、開封は 1 通"):
        flow.move_box(line, NUMBER, BoxStep.VERIFIED, "sato")


def test_no_way_leads_where_the_table_has_none(line: Line) -> None:
    flow.receive_box(line, TOLD, "sato")
    for step in BoxStep:
        if (BoxStep.RECEIVED, step) not in BOX_MOVES:
            assert code(flow.move_box, line, NUMBER, step, "sato") == "no_such_step"


def test_a_box_is_destroyed_after_its_time_by_two_people_and_once(line: Line, clock: Clock) -> None:
    on_the_shelf(line)
    asked = Removal(BoxStep.DESTROYED, (NUMBER,), "sato", line.clock(), {"method": "溶解"})
    assert code(flow.remove_boxes, line, asked) == "box_hindered", "it is to be kept for five years"
    clock.now += KEPT
    n = flow.remove_boxes(line, asked).n
    assert where(line) is BoxStep.STORED
    assert code(flow.remove_boxes, line, asked) == "box_hindered", "it waits for a second person already"
    with pytest.raises(NotAllowed):
        flow.agree_removal(line, n, "sato")
    assert code(flow.certificate_pdf, line, n) == "not_agreed"
    flow.agree_removal(line, n, "suzuki")
    assert where(line) is BoxStep.DESTROYED
    assert code(flow.agree_removal, line, n, "suzuki") in ("settled", "box_hindered")
    assert flow.certificate_pdf(line, n) == flow.certificate_pdf(line, n)
    assert [finding.code for finding in declared(line).findings] == ["H55"], "taken all the same"


def test_what_was_asked_for_can_be_dropped(line: Line, clock: Clock) -> None:
    on_the_shelf(line)
    clock.now += KEPT
    n = flow.remove_boxes(line, Removal(BoxStep.DESTROYED, (NUMBER,), "sato", line.clock())).n
    flow.drop_removal(line, n, "suzuki")
    assert code(flow.agree_removal, line, n, "suzuki") == "settled" and where(line) is BoxStep.STORED
    assert flow.remove_boxes(line, Removal(BoxStep.DESTROYED, (NUMBER,), "sato", line.clock())).n == n + 1


def test_a_box_with_a_paper_in_work_is_not_destroyed(line: Line, clock: Clock) -> None:
    flow.receive_box(line, TOLD, "sato")
    approved_batch(line, 1)
    for step in (BoxStep.SCANNED, BoxStep.VERIFIED, BoxStep.STORED):
        flow.move_box(line, NUMBER, step, "sato")
    clock.now += KEPT
    with pytest.raises(WrongTurn, match="処理の終わっていない紙が 1 ページ"):
        flow.remove_boxes(line, Removal(BoxStep.DESTROYED, (NUMBER,), "sato", line.clock()))


def test_boxes_go_back_together_or_not_at_all(line: Line) -> None:
    on_the_shelf(line)
    flow.receive_box(line, Received("KM-0002", "東区", "kodomo"), "sato")
    back = Removal(BoxStep.RETURNED, (NUMBER, "KM-0002"), "sato", line.clock(), {"to": "東区役所"})
    assert code(flow.remove_boxes, line, back) == "box_hindered" and where(line) is BoxStep.STORED
    n = flow.remove_boxes(line, Removal(BoxStep.RETURNED, (NUMBER,), "sato", line.clock())).n
    assert where(line) is BoxStep.RETURNED and flow.certificate_pdf(line, n).startswith(b"%PDF")
    assert code(flow.remove_boxes, line, Removal(BoxStep.RETURNED, (), "sato", line.clock())) == "no_boxes"


def test_the_ledger_of_a_day_is_filed_once_and_says_by_name_what_is_lost(line: Line) -> None:
    batch = declared(line, 3)
    take(line, batch, 1, picture(7))
    flow.close_batch(line, batch.id)
    path = flow.file_ledger(line, line.today())
    first = path.read_bytes()
    assert path.name == "ledger_20251107.pdf" and first.startswith(b"%PDF")
    said = ledger_sheet(line, flow.balance(line))
    assert said.about[0] == ("帳尻", "合いません（1 件）")
    assert said.tables[0].rows == (("東区 ×", "3", "0", "1", "0", "0", "1", "0", "0", "0"),)
    assert [row[0] for row in said.tables[1].rows] == ["KM-0001 ×"] and batch.id in said.tables[2].rows[0][2]
    flow.recount(line, batch.id, flow.Counted(1), "sato")
    assert flow.file_ledger(line, line.today()).read_bytes() == first, "what was filed stays"
    assert ledger_sheet(line, flow.balance(line)).about[0] == ("帳尻", "合っています")
    assert [path.name for path in line.exports.iterdir()] == ["ledger_20251107.pdf"]
