"""箱: where each box of paper stands, its batches and moves, and how boxes leave. Every act is one flow function."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

import structlog
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from tsuzuri import flow
from tsuzuri.desk import words
from tsuzuri.desk.door import Door, page
from tsuzuri.desk.letters import PDF_GUARD
from tsuzuri.desk.who import CityOverseer, Overseer, TheLine, Who
from tsuzuri.errors import Refused
from tsuzuri.flow import Line
from tsuzuri.model import GONE, BoxStep, Carton, Removal
from tsuzuri.store import Look, boxes, queries
from tsuzuri.store.books import EMPTY, By, Ledger, Within, books
from tsuzuri.store.words import is_word

log = structlog.get_logger("tsuzuri.desk")
router = APIRouter(route_class=Door)
TONES = {BoxStep.RECEIVED: "warn", BoxStep.OPENED: "warn", BoxStep.VERIFIED: "good", BoxStep.STORED: "good"}
SAID = {
    "received": "受領を記録しました。", "moved": "箱の状態を進めました。", "dropped": "申し出を取り下げました。",
    "returned": "返却を記録しました。返却書を印刷してください。",
    "asked": "廃棄を申し出ました。別の人が承認すると廃棄済になります。",
    "agreed": "廃棄を承認しました。廃棄証明書を印刷してください。",
}
Number = Annotated[str, Form(min_length=1, max_length=64)]
Step = Annotated[BoxStep, Form()]
Note = Annotated[str, Form(max_length=200)]
Counted = Annotated[str, Form(pattern=r"^[0-9]{0,6}$")]
Kilos = Annotated[str, Form(pattern=r"^([0-9]{1,4}(\.[0-9]{1,3})?)?$")]


@router.get("/boxes")
def box_page(
    request: Request, who: Overseer, line: TheLine,
    step: Annotated[str, Query(max_length=20)] = "", after: Annotated[str, Query(max_length=64)] = "",
    said: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """All boxes by number, or those of one step; what waits for a second person, and what left last."""
    wanted = BoxStep(step) if step in [*BoxStep] else None
    with line.store.read() as look:
        found = boxes.box_list(look, wanted, who.ward, after)
        counts = boxes.boxes_by_step(look, who.ward)
        held = books(look, By.BOX, Within(boxes=tuple(one.number for one in found))) if found else {}
        left = [_removal(one, line) for one in boxes.removals_told(look) if _may_see(look, one, who)]
    return page(
        request, "boxes.html", who=who, here="boxes", says=SAID.get(said, ""), step=wanted.value if wanted else "",
        counts=[(one.value, flow.CALLED[one], counts[one]) for one in BoxStep], total=sum(counts.values()),
        boxes=[_box(one, held.get(one.number, EMPTY), line) for one in found], removals=left, wards=_wards(who, line),
        more=found[-1].number if len(found) == boxes.PAGE else None, chosen=wanted in (BoxStep.STORED, BoxStep.VERIFIED),
    )


@router.get("/boxes/one")
def one_box(
    request: Request, who: Overseer, line: TheLine, number: Annotated[str, Query(max_length=64)],
    said: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """A box: what was counted, its ledger, its batches, how it came where it stands, and where it may go."""
    with line.store.read() as look:
        known = _seen(look, number, who)
        held = books(look, By.BOX, Within(box=number)).get(number, EMPTY)
        moves = boxes.moves_of(look, number)
        its = [queries.batch_line(look, batch.id) for batch in boxes.batches_of_box(look, number)]
        ways = [{"step": way.value, "word": flow.CALLED[way], "hindered": flow.hindrance(line, look, known, way)}
                for way in known.ways if way not in GONE]
    told = [{"id": one.batch.id, "short": one.batch.id[-8:], "station": one.batch.station, "declared": one.batch.declared_pages,
             "stored": one.tally.stored, "left": one.tally.stored - one.tally.settled, "word": words.STEPS[one.batch.step][0],
             "told": [finding.message for finding in one.batch.findings]} for one in its]
    history = [{"at": _at(line, move.at), "word": flow.CALLED[move.step], "by": move.by, "note": move.note} for move in moves]
    return page(request, "box.html", who=who, here="boxes", says=SAID.get(said, ""), box=_box(known, held, line), batches=told,
                moves=history, ways=ways, received=_at(line, known.received_at), by=known.by, ledger=held,
                until=f"{flow.keep_until(line, known):%Y-%m-%d}")


@router.post("/boxes/receive")
def receive(
    who: Overseer, line: TheLine, number: Number, ward: Number, procedure: Number, seal: Note = "",
    envelopes: Counted = "", sheets: Counted = "", weight: Kilos = "",
) -> Response:
    """A box has come in."""
    who.must_see(ward)
    if not all(map(is_word, (number, procedure))) or (seal and not is_word(seal)):
        raise Refused("番号・業務・封印は、表示できる64字までの文字で書いてください。", code="bad_word")
    told = flow.Received(number.strip(), ward, procedure.strip(), seal.strip(), _int(envelopes), _int(sheets), _grams(weight))
    flow.receive_box(line, told, who.name)
    return RedirectResponse("/desk/boxes?said=received", 303)


@router.post("/boxes/move")
def move(who: Overseer, line: TheLine, number: Number, step: Step, note: Note = "") -> Response:
    """A box goes one step on."""
    with line.store.read() as look:
        _seen(look, number, who)
    flow.move_box(line, number, step, who.name, note)
    return RedirectResponse(f"/desk/boxes/one?number={quote(number)}&said=moved", 303)


@router.post("/boxes/remove")
def remove(
    who: Overseer, line: TheLine, kind: Step, box: Annotated[list[str], Form(max_length=500)],
    method: Note = "", witness: Note = "", carrier: Note = "", to: Note = "", weight: Kilos = "",
) -> Response:
    """Chosen boxes go back; or somebody asks that they be destroyed."""
    with line.store.read() as look:
        for number in box:
            _seen(look, number, who)
    said: dict[str, str | int] = {
        "method": method, "witness": witness, "carrier": carrier, "to": to, "weight_g": _grams(weight) or 0,
    }
    flow.remove_boxes(line, Removal(kind, tuple(box), who.name, line.clock(), {name: one for name, one in said.items() if one}))
    return RedirectResponse(f"/desk/boxes?said={'returned' if kind is BoxStep.RETURNED else 'asked'}", 303)


@router.post("/boxes/removals/{n}/agree")
def agree(n: int, who: Overseer, line: TheLine) -> Response:
    """A second person agrees."""
    _must_see_all(line, n, who)
    flow.agree_removal(line, n, who.name)
    return RedirectResponse("/desk/boxes?said=agreed", 303)


@router.post("/boxes/removals/{n}/drop")
def drop(n: int, who: Overseer, line: TheLine) -> Response:
    """It was not to be."""
    _must_see_all(line, n, who)
    flow.drop_removal(line, n, who.name)
    return RedirectResponse("/desk/boxes?said=dropped", 303)


@router.get("/boxes/removals/{n}/certificate.pdf")
def certificate(n: int, who: Overseer, line: TheLine) -> Response:
    """廃棄証明書 or 返却書, the same bytes whenever it is asked for."""
    _must_see_all(line, n, who)
    return _pdf(flow.certificate_pdf(line, n), f"removal-{n}")


@router.get("/ledger.pdf")
def ledger_sheet(who: CityOverseer, line: TheLine) -> Response:
    """The paper ledger of this moment, to sign and file."""
    log.info("ledger_printed", by=who.id)
    return _pdf(flow.ledger_pdf(line, flow.balance(line)), f"ledger-{line.today():%Y%m%d}")


def _pdf(shown: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Content-Security-Policy": PDF_GUARD}
    return Response(shown, media_type="application/pdf", headers=headers)


def _seen(look: Look, number: str, who: Who) -> Carton:
    known = boxes.known_box(look, number)
    who.must_see(known.ward)
    return known


def _may_see(look: Look, one: Removal, who: Who) -> bool:
    return who.ward is None or all(boxes.known_box(look, number).ward == who.ward for number in one.boxes)


def _must_see_all(line: Line, n: int, who: Who) -> None:
    with line.store.read() as look:
        for number in boxes.removal(look, n).boxes:
            _seen(look, number, who)


def _wards(who: Who, line: Line) -> list[str]:
    return [who.ward] if who.ward else list(line.city.wards)


def _int(text: str) -> int | None:
    return int(text) if text else None


def _grams(kilos: str) -> int | None:
    return round(float(kilos) * 1000) if kilos else None


def _at(line: Line, moment: Any) -> str:
    return f"{moment.astimezone(line.zone):%Y-%m-%d %H:%M}"


def _box(one: Carton, held: Ledger, line: Line) -> dict[str, Any]:
    closes = held.balanced and held.complete
    return {
        "number": one.number, "at": quote(one.number), "ward": one.ward, "procedure": one.procedure, "seal": one.seal or "—",
        "step": one.step.value, "word": flow.CALLED[one.step], "tone": TONES.get(one.step, "calm"), "implicit": one.implicit,
        "age": words.age(one.step_at, line.clock()), "envelopes": "—" if one.envelopes is None else f"{one.envelopes:,}",
        "sheets": "—" if one.sheets is None else f"{one.sheets:,}",
        "weight": f"{one.weight_g / 1000:,.1f}" if one.weight_g else "—",
        "fed": f"{held.fed:,}", "stored": f"{held.stored:,}", "in_work": f"{held.in_work:,}", "closes": closes,
    }


def _removal(one: Removal, line: Line) -> dict[str, Any]:
    return {"n": one.n, "word": flow.CALLED[one.kind], "boxes": "、".join(one.boxes[:3]) + ("…" if len(one.boxes) > 3 else ""),
            "count": len(one.boxes), "by": one.by, "second": one.second or "", "at": _at(line, one.done_at or one.at),
            "done": one.done_at is not None}
