"""What comes from a station: taken once, refused without a trace, balanced, and nudged only after it is durable."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.flow.conftest import SHADES, Recorder, declared, documents, fed, kept, page_of, picture, read_all, take
from tsuzuri import flow
from tsuzuri.errors import NotFound, Refused, Stuck, WrongTurn
from tsuzuri.flow import Line
from tsuzuri.flow.intake import Declaration
from tsuzuri.model import Batch, Scan, Step
from tsuzuri.store import Files, Unit
from tsuzuri.store.files import Staged
from tsuzuri.store.questions import Wish


def test_the_same_sheet_sent_twice_to_one_place_gets_the_first_receipt(line: Line, batch: Batch, queue: Recorder) -> None:
    first, is_new = take(line, batch, 1, picture(200))
    again, is_new_again = take(line, batch, 1, picture(200))
    assert (is_new, is_new_again) == (True, False)
    assert again == first
    assert queue.nudges == [("open_scan", first.id)]
    assert len(kept(line)) == 1


def test_a_sent_sheet_gets_its_receipt_again_even_after_the_batch_was_closed(line: Line, batch: Batch) -> None:
    first, _ = take(line, batch, 1, picture(200))
    flow.close_batch(line, batch.id)
    assert take(line, batch, 1, picture(200)) == (first, False)


def test_another_sheet_at_a_taken_place_is_turned_away_and_leaves_no_bytes(line: Line, batch: Batch) -> None:
    first, _ = take(line, batch, 1, picture(200))
    with pytest.raises(WrongTurn) as turned:
        take(line, batch, 1, picture(100))
    assert (turned.value.code, turned.value.status) == ("place_taken", 409)
    assert [path.name for path in kept(line)] == [first.sha256]


def test_the_same_bytes_at_two_places_are_two_scans_of_one_file(line: Line, batch: Batch) -> None:
    first, _ = take(line, batch, 1, picture(200))
    second, is_new = take(line, batch, 2, picture(200))
    assert is_new and second.duplicate_of == first.id and first.duplicate_of is None
    assert len(kept(line)) == 1


def test_a_closed_batch_takes_no_new_sheet(line: Line, batch: Batch) -> None:
    flow.close_batch(line, batch.id)
    with pytest.raises(WrongTurn) as turned:
        take(line, batch, 1, picture(200))
    assert turned.value.code == "batch_closed"
    assert not kept(line)


def test_a_batch_closed_while_the_bytes_are_kept_takes_no_row(
    line: Line, batch: Batch, queue: Recorder, monkeypatch: pytest.MonkeyPatch,
) -> None:
    keep = Staged.keep

    def keep_while_closing(staged: Staged) -> str:
        flow.close_batch(line, batch.id)
        return keep(staged)

    monkeypatch.setattr(Staged, "keep", keep_while_closing)
    with pytest.raises(WrongTurn) as turned:
        take(line, batch, 1, picture(200))
    assert turned.value.code == "batch_closed"
    assert not queue.nudges
    with line.store.read() as look:
        assert look.scans_of_batch(batch.id) == []
        assert look.batch(batch.id).findings, "one sheet declared, none stored: the balance counts rows, not bytes"


def test_closing_and_sending_at_the_same_time_never_leaves_a_sheet_out_of_the_balance(line: Line) -> None:
    batch = declared(line, sheets=6)
    ready, taken = threading.Barrier(7), []

    def send(seq: int) -> None:
        ready.wait()
        try:
            taken.append(take(line, batch, seq, picture(seq))[0])
        except WrongTurn as turned:
            assert turned.code == "batch_closed"

    senders = [threading.Thread(target=send, args=(seq,)) for seq in range(1, 7)]
    for sender in senders:
        sender.start()
    ready.wait()
    closed = flow.close_batch(line, batch.id)
    for sender in senders:
        sender.join()
    with line.store.read() as look:
        scans = look.scans_of_batch(batch.id)
    assert {scan.id for scan in scans} == {scan.id for scan in taken}
    assert bool(closed.findings) == (len(scans) != 6)
    assert flow.close_batch(line, batch.id).findings == closed.findings


@pytest.mark.parametrize(("body", "code"), [(b"", "empty_file"), (b"no picture at all", "unknown_type")])
def test_a_file_that_is_no_scan_leaves_neither_row_nor_bytes(
    line: Line, batch: Batch, queue: Recorder, body: bytes, code: str,
) -> None:
    with pytest.raises(Refused) as refused:
        take(line, batch, 1, body)
    assert refused.value.code == code
    assert not kept(line) and not queue.nudges
    with line.store.read() as look:
        assert look.scans_of_batch(batch.id) == []


def test_a_database_that_fails_after_the_bytes_were_kept_sends_no_nudge_and_the_sheet_can_be_sent_again(
    line: Line, batch: Batch, queue: Recorder, monkeypatch: pytest.MonkeyPatch,
) -> None:
    from tsuzuri.store import Unit

    def full(unit: Unit, scan: Scan) -> None:
        unit.then("open_scan", scan.id)
        raise Stuck("full", code="disk_full")

    with monkeypatch.context() as broken:
        broken.setattr(Unit, "add_scan", full)
        with pytest.raises(Stuck):
            take(line, batch, 1, picture(200))
    assert not queue.nudges
    scan, is_new = take(line, batch, 1, picture(200))
    assert is_new and scan.duplicate_of is None
    assert len(kept(line)) == 1


def test_a_nudge_leaves_only_after_its_paper_is_durable(line: Line, batch: Batch, queue: Recorder) -> None:
    seen: list[Scan] = []

    def look_up(nudges: list[tuple[str, str]]) -> int:
        with line.store.read() as look:
            seen.extend(look.scan(paper) for _, paper in nudges)
        return len(nudges)

    queue.send = look_up  # type: ignore[method-assign]
    scan, _ = take(line, batch, 1, picture(200))
    assert seen == [scan]


def test_a_silent_queue_does_not_keep_a_sheet_from_being_taken(line: Line, batch: Batch, queue: Recorder) -> None:
    queue.silent = True
    scan, is_new = take(line, batch, 1, picture(200))
    assert is_new
    with line.store.read() as look:
        assert look.scan(scan.id).step is Step.RECEIVED


def test_a_sheet_for_an_unknown_batch_is_not_found(line: Line, batch: Batch) -> None:
    with pytest.raises(NotFound):
        take(line, replace(batch, id="bt_none"), 1, picture(200))
    assert not kept(line)


def test_a_batch_balances_when_every_declared_sheet_came(line: Line) -> None:
    batch = declared(line, sheets=2)
    take(line, batch, 1, picture(1))
    take(line, batch, 2, picture(2))
    closed = flow.close_batch(line, batch.id)
    assert closed.step is Step.CLOSED and closed.findings == ()


def test_a_batch_that_lacks_a_sheet_says_which_number_is_missing(line: Line) -> None:
    batch = declared(line, sheets=3)
    take(line, batch, 1, picture(1))
    take(line, batch, 3, picture(3))
    (finding,) = flow.close_batch(line, batch.id).findings
    assert finding.code == "V01" and finding.severity.blocks
    assert "届いていないファイル番号: 2。" in finding.message


def test_a_recount_that_agrees_with_what_is_stored_settles_the_batch_though_a_number_was_left_out(line: Line) -> None:
    """File 2 was refused by us: its number stays free for ever, and must not hold the others back for ever."""
    batch = declared(line, sheets=3)
    take(line, batch, 1, picture(1))
    take(line, batch, 3, picture(3))
    flow.close_batch(line, batch.id)
    assert _blocking(flow.recount(line, batch.id, flow.Counted(4), "kanto")) == ["V01"]
    settled = flow.recount(line, batch.id, flow.Counted(2), "kanto")
    assert _blocking(settled) == []
    assert "kanto が数え直し" in settled.findings[-1].message
    with pytest.raises(Refused):
        flow.recount(line, batch.id, flow.Counted(-1), "kanto")
    with line.store.read() as look:
        assert look.batch(batch.id).declared_sheets == 2


def test_an_open_batch_may_be_recounted_and_is_balanced_only_when_it_closes(line: Line, batch: Batch) -> None:
    take(line, batch, 1, picture(1))
    assert _blocking(flow.recount(line, batch.id, flow.Counted(2), "kanto")) == []
    assert _blocking(flow.close_batch(line, batch.id)) == ["V01"]


def test_a_batch_whose_station_died_is_counted_and_closed_by_a_supervisor(line: Line, batch: Batch) -> None:
    take(line, batch, 1, picture(1))
    settled = flow.settle_batch(line, batch.id, flow.Counted(1), "kanto")
    assert settled.step is Step.CLOSED and _blocking(settled) == []
    assert _blocking(flow.settle_batch(line, batch.id, flow.Counted(5), "kanto")) == ["V01"]


def _blocking(batch: Batch) -> list[str]:
    return [finding.code for finding in batch.findings if finding.severity.blocks]


def test_a_station_that_declares_twice_under_one_key_has_one_batch(line: Line) -> None:
    told = Declaration("KM-0001", "東区", "kodomo", 2)
    first = flow.declare_batch(line, "EAST-1", told, "k1", "digest")
    assert flow.declare_batch(line, "EAST-1", told, "k1", "digest") == first
    assert flow.declare_batch(line, "WEST-1", told, "k1", "digest").id != first.id
    with pytest.raises(WrongTurn):
        flow.declare_batch(line, "EAST-1", told, "k1", "another")


def test_a_scan_told_twice_is_laid_out_once(line: Line, batch: Batch, queue: Recorder) -> None:
    page = page_of(line, batch, 1, picture(200))
    flow.open_scan(line, page.scan_id)
    with line.store.read() as look:
        assert look.pages_of_batch(batch.id) == [page]
    assert queue.nudges.count(("read_page", page.id)) == 1


@pytest.mark.parametrize(("told", "code"), [
    ({"ward": "熊本"}, "unknown_ward"), ({"business_date": date(9999, 12, 31)}, "date_not_come"),
])
def test_a_batch_whose_claims_could_never_leave_is_refused_at_the_door(line: Line, told: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        flow.declare_batch(line, "EAST-1", Declaration(**{"box": "B", "ward": "東区", "procedure": "k", "sheets": 1, **told}))
    assert refused.value.code == code


def test_a_file_is_seen_to_be_there_only_once_nobody_can_remove_it_any_more(
    line: Line, batch: Batch, monkeypatch: pytest.MonkeyPatch,
) -> None:
    order: list[str] = []
    hold, present = Unit.hold_file, Files.present
    monkeypatch.setattr(Unit, "hold_file", lambda unit, name: (order.append("held"), hold(unit, name))[1])
    monkeypatch.setattr(Files, "present", lambda files, name: (order.append("seen"), present(files, name))[1])
    take(line, batch, 1, picture(200))
    assert order == ["held", "seen"]


def test_a_sheet_of_two_sides_is_two_pages_in_the_balance(line: Line) -> None:
    batch = declared(line, 2, duplex=True)
    for seq in (1, 2, 3):
        take(line, batch, seq, picture(100 + seq))
    closed = flow.close_batch(line, batch.id)
    assert [finding.message for finding in closed.findings] == [
        "申告 2 枚（両面 4 ページ）に対して保管 3 ページです。紙を数え直してください。"]
    whole = declared(line, 2, duplex=True)
    for seq in (1, 2, 3, 4):
        take(line, whole, seq, picture(100 + seq))
    assert flow.close_batch(line, whole.id).findings == ()


def test_numbers_that_the_imprinter_printed_and_no_file_brought_are_named(line: Line) -> None:
    batch = declared(line, 3, first_imprint="KM-0009", last_imprint="KM-0013")
    for seq, imprint in enumerate(("KM-0009..KM-0010", "KM-0012", "X7"), start=1):
        with line.files.receive(1 << 20) as staged:
            staged.write(picture(50 + seq))
            flow.take_scan(line, batch.id, seq, flow.Told(f"{seq}.png", imprint), staged)
    (finding,) = flow.close_batch(line, batch.id).findings
    assert (finding.code, finding.severity.blocks) == ("H52", True)
    assert "KM-0011, KM-0013 の紙が" in finding.message
    counted = flow.recount(line, batch.id, flow.Counted(3), "sato")
    assert [one.severity.blocks for one in counted.findings] == [False], "whoever has the paper in hand knows better"


def test_a_batch_without_an_imprinter_has_no_numbers_to_miss(line: Line) -> None:
    batch = declared(line, 1, first_imprint="KM-0001", last_imprint="KM-0100")
    take(line, batch, 1, picture(9))
    assert flow.close_batch(line, batch.id).findings == ()


def test_the_batch_sheet_on_top_is_held_against_what_the_station_said(sighted: Line) -> None:
    batch, pages = fed(sighted, "SCC", close=False)
    read_all(sighted, pages)
    flow.close_batch(sighted, batch.id)
    with sighted.store.read() as look:
        (finding,) = look.batch(batch.id).findings
        assert look.page(pages[0].id).step is Step.SEPARATOR
    assert finding.severity.blocks and finding.message == (
        "バッチシートの箱番号は「KM-0002」ですが、この束は「KM-0001」として送られました。")
    assert [one.severity.blocks for one in flow.recount(sighted, batch.id, flow.Counted(3), "sato").findings] == [False]


def test_two_sheets_that_the_scanner_took_for_one_are_for_a_person_to_look_at(sighted: Line) -> None:
    batch = declared(sighted)
    with sighted.files.receive(1 << 20) as staged:
        staged.write(picture(SHADES["C"]))
        scan, _ = flow.take_scan(sighted, batch.id, 1, flow.Told("1.png", double_fed=(1,)), staged)
    flow.open_scan(sighted, scan.id)
    with sighted.store.read() as look:
        read_all(sighted, look.pages_of_batch(batch.id))
    (document,) = documents(sighted, batch)
    assert "H53" in [finding.code for finding in document.findings]
    with sighted.store.read() as look:
        (wanted,) = look.wanted_scans(batch.id)
    assert (wanted.document_id, wanted.seqs) == (document.id, (1,)) and "（1枚目）" in wanted.why

    with pytest.raises(Refused) as refused:
        flow.declare_batch(sighted, "WEST-1", Declaration("KM-0001", "東区", "kodomo", 1, rescans=(document.id,)))
    assert refused.value.code == "no_such_rescan", "only whoever fed it can feed it again"
    again = declared(sighted, 1, rescans=(document.id,))
    flow.close_batch(sighted, again.id)
    with sighted.store.read() as look:
        assert look.wanted_scans(batch.id), "an empty batch brought nothing"
    again = declared(sighted, 1, rescans=(document.id,))
    take(sighted, again, 1, picture(SHADES["C"], (70, 80)))
    flow.close_batch(sighted, again.id)
    with sighted.store.read() as look:
        assert look.wanted_scans(batch.id) == []
        assert [review.action for review in look.reviews(document.id)] == ["ask_rescan", "answer"]


def test_a_supervisor_says_that_it_was_one_sheet_and_it_is_asked_for_no_more(sighted: Line) -> None:
    batch = declared(sighted)
    with sighted.files.receive(1 << 20) as staged:
        staged.write(picture(SHADES["A"]))
        scan, _ = flow.take_scan(sighted, batch.id, 1, flow.Told("1.png", double_fed=(1,)), staged)
    flow.open_scan(sighted, scan.id)
    with sighted.store.read() as look:
        read_all(sighted, look.pages_of_batch(batch.id))
    (document,) = documents(sighted, batch)
    flow.answer(sighted, document.id, Wish.RESCAN, "一枚でした", "yamada")
    flow.close_batch(sighted, batch.id)
    flow.bind_batch(sighted, batch.id)      # its receipts did not come
    with sighted.store.read() as look:
        assert look.wanted_scans(batch.id) == [] and look.document(document.id).step is Step.REVIEW
