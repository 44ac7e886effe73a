"""The life of a box of paper: received, opened, scanned, verified, stored, and returned or destroyed. Each move is one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from tsuzuri.errors import NotAllowed, Refused, WrongTurn
from tsuzuri.flow.line import Line
from tsuzuri.model import GONE, Batch, BoxMove, BoxStep, Carton, Finding, Removal, Step
from tsuzuri.rules import find
from tsuzuri.store import Look, Unit, boxes
from tsuzuri.store.books import By, Within, books, paper_ledger

LONGEST = 500       # letters of a note
CALLED = {
    BoxStep.RECEIVED: "受領", BoxStep.OPENED: "開封", BoxStep.SCANNED: "スキャン済", BoxStep.VERIFIED: "照合済",
    BoxStep.STORED: "保管", BoxStep.RETURNED: "返却済", BoxStep.DESTROYED: "廃棄済",
}


@dataclass(frozen=True, slots=True)
class Received:
    """What is written down when a box comes in; what nobody counted is None."""

    number: str
    ward: str
    procedure: str
    seal: str = ""
    envelopes: int | None = None
    sheets: int | None = None
    weight_g: int | None = None


def receive_box(line: Line, told: Received, by: str) -> tuple[Carton, bool]:
    """The box, and whether that is news. Of one that a batch named first it is now known what was received.

    Raises Refused for a ward that the city has not, WrongTurn where the same number was received as another box.
    """
    if told.ward not in line.city.wards:
        raise Refused(f"区の名前が違います。次のどれかで送ってください: {'、'.join(line.city.wards)}。", code="unknown_ward")
    at = line.clock()
    new = Carton(told.number, told.ward, told.procedure, at, by, BoxStep.RECEIVED, at, told.seal, told.envelopes, told.sheets,
              told.weight_g)
    with line.unit() as unit:
        known = boxes.box(unit, told.number)
        if known is None:
            boxes.add_box(unit, new)
            return new, True
        if known.implicit:
            heard = replace(new, received_at=known.received_at, step=known.step, step_at=known.step_at)
            boxes.save_box(unit, heard)
            return heard, True
    said = Received(known.number, known.ward, known.procedure, known.seal, known.envelopes, known.sheets, known.weight_g)
    if said != told:
        raise WrongTurn(f"箱 {told.number} は別の内容で受領済みです。番号を確かめてください。", code="box_known")
    return known, False


def move_box(line: Line, number: str, step: BoxStep, by: str, note: str = "") -> Carton:
    """The box, one step on. Raises WrongTurn where no way leads there, or something hinders it, which it names.

    Boxes leave the house by `remove_boxes` only.
    """
    if step in GONE:
        raise WrongTurn("返却と廃棄は、搬出の手続きで行ってください。", code="no_such_step")
    with line.unit() as unit:
        known = boxes.known_box(unit, number)
        known.to(step, line.clock())
        if hindering := hindrance(line, unit, known, step):
            raise WrongTurn(f"箱 {number}: {hindering}", code="box_hindered")
        return _move(line, unit, known, step, by, note)


def hindrance(line: Line, look: Look, known: Carton, step: BoxStep) -> str:
    """Why a box cannot be said to have come so far; "" if nothing speaks against it."""
    if step not in (BoxStep.SCANNED, BoxStep.VERIFIED, BoxStep.DESTROYED):
        return ""
    its = boxes.batches_of_box(look, known.number)
    if any(batch.step is Step.OPEN for batch in its):
        return "締めていないバッチがあります。"
    if step is BoxStep.VERIFIED:
        return _unverified(look, known, its)
    if step is BoxStep.DESTROYED:
        return _kept(line, look, known)
    return ""


def _unverified(look: Look, known: Carton, its: Sequence[Batch]) -> str:
    if not its:
        return "バッチが1つもありません。"
    within = books(look, By.BATCH, Within(box=known.number))
    off = [batch.id for batch in its if any(finding.severity.blocks for finding in batch.findings)
           or not within[batch.id].balanced or not within[batch.id].complete]
    if off:
        return f"照合の合わないバッチがあります: {'、'.join(off[:5])}"
    fed, came = sum(batch.declared_sheets for batch in its), {one for batch in its for one in batch.slip.envelopes}
    if known.sheets is not None and known.sheets != fed:
        return f"受領時に数えた {known.sheets} 枚に対して、スキャンは {fed} 枚です。"
    if known.envelopes is not None and came and len(came) != known.envelopes:
        return f"受領した封筒 {known.envelopes} 通に対して、開封は {len(came)} 通です。"
    return ""


def _kept(line: Line, look: Look, known: Carton) -> str:
    until = keep_until(line, known)
    if until > line.today():
        return f"保存期間中です（{until:%Y-%m-%d} まで）。"
    left = paper_ledger(look, Within(box=known.number))
    return f"処理の終わっていない紙が {left.in_work} ページあります。" if left.in_work else ""


def keep_until(line: Line, known: Carton) -> date:
    """The day from which the box may be destroyed: so many years after its receipt as the city says."""
    day = known.received_at.astimezone(line.zone).date()
    try:
        return day.replace(year=day.year + line.city.keep_years)
    except ValueError:      # 29 February
        return date(day.year + line.city.keep_years, 3, 1)


def note_box(line: Line, unit: Unit, batch: Batch) -> tuple[Finding, ...]:
    """A batch out of a box is about to be sent: the box is open, whatever was known of it. What does not fit is found (H55).

    A box of which nobody spoke is taken as received just now, and stands in the list as such.
    """
    at, known = line.clock(), boxes.box(unit, batch.box)
    if known is None:
        boxes.add_box(unit, Carton(batch.box, batch.ward, batch.procedure, at, batch.station, BoxStep.OPENED, at, implicit=True))
        return ()
    odd = []
    if known.step in GONE:
        odd.append(f"{CALLED[known.step]}です")
    elif known.step is not BoxStep.OPENED:
        _move(line, unit, known, BoxStep.OPENED, batch.station, "" if known.step is BoxStep.RECEIVED else "新しいバッチが届いた")
    if known.ward != batch.ward:
        odd.append(f"{known.ward}のものとして受領されています")
    if known.procedure != batch.procedure:
        odd.append(f"業務「{known.procedure}」のものとして受領されています")
    return tuple(line.forms.rulebook.fit(find("H55", box=batch.box, how=how) for how in odd))


def remove_boxes(line: Line, asked: Removal) -> Removal:
    """Boxes go back to their sender, at once; or somebody asks that they be destroyed, and a second person must agree.

    All of them or none: raises WrongTurn that names the first that cannot go, and why.
    """
    if asked.kind not in GONE or not asked.boxes:
        raise Refused("箱を選んでください。", code="no_boxes")
    back = asked.kind is BoxStep.RETURNED
    new = replace(asked, at=line.clock(), boxes=tuple(dict.fromkeys(asked.boxes)), done_at=line.clock() if back else None)
    with line.unit() as unit:
        if waiting := boxes.asked_of(unit, new.boxes):
            raise WrongTurn(f"箱 {min(waiting)} は、ほかの申し出で廃棄の承認を待っています。", code="box_hindered")
        gone = [_leaving(line, unit, number, asked.kind) for number in new.boxes]
        n = boxes.add_removal(unit, new)
        for one in gone if back else ():
            _move(line, unit, one, asked.kind, asked.by, f"搬出 {n}")
        return replace(new, n=n)


def agree_removal(line: Line, n: int, by: str) -> Removal:
    """A second person has seen the boxes and agrees: they are destroyed. Raises NotAllowed for the one who asked."""
    with line.unit() as unit:
        asked = boxes.removal(unit, n)
        if asked.by == by:
            raise NotAllowed("申し出た人とは別の人が承認してください。", code="same_person")
        done = replace(asked, second=by, done_at=line.clock())
        gone = [_leaving(line, unit, number, asked.kind) for number in asked.boxes]
        if not boxes.end_removal(unit, done):
            raise WrongTurn("この申し出はすでに処理されています。", code="settled")
        for one in gone:
            _move(line, unit, one, asked.kind, by, f"搬出 {n}（申し出 {asked.by}）")
        return done


def drop_removal(line: Line, n: int, by: str) -> None:
    """It was not to be: the boxes stay where they are."""
    with line.unit() as unit:
        asked = boxes.removal(unit, n)
        if not boxes.end_removal(unit, replace(asked, second=by, dropped=True)):
            raise WrongTurn("この申し出はすでに処理されています。", code="settled")


def _leaving(line: Line, unit: Unit, number: str, kind: BoxStep) -> Carton:
    known = boxes.known_box(unit, number)
    if kind not in known.ways:
        raise WrongTurn(f"箱 {number} は「{CALLED[known.step]}」です。保管中の箱だけを選んでください。", code="box_hindered")
    if hindering := hindrance(line, unit, known, kind):
        raise WrongTurn(f"箱 {number}: {hindering}", code="box_hindered")
    return known


def _move(line: Line, unit: Unit, known: Carton, step: BoxStep, by: str, note: str) -> Carton:
    moved = known.to(step, line.clock())
    if not boxes.add_move(unit, moved, BoxMove(known.number, known.step, step, by, moved.step_at, note.strip()[:LONGEST])):
        raise WrongTurn(f"箱 {known.number} は、ほかの人がたった今動かしました。", code="already_told")
    return moved
