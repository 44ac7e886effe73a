"""精度目標: what a form's targets cost in looks and leave in errors, today's beside another's. Turning the dial changes nothing: a
proposal becomes a draft of the form, which another supervisor puts among the forms.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from tsuzuri.desk.door import Door, page
from tsuzuri.desk.plot import plot
from tsuzuri.desk.quality import percent
from tsuzuri.desk.runs import label
from tsuzuri.desk.studio import KIND_WORDS
from tsuzuri.desk.who import CityOverseer, TheLine
from tsuzuri.errors import NotFound, Refused
from tsuzuri.flow import Line, dial
from tsuzuri.flow.dial import Office, Replayed
from tsuzuri.forms import Form
from tsuzuri.rules.odds import interval
from tsuzuri.stages.labour import WHOLE, Aims, Expected, aimed, aims_of, decided_by_target, expected, leaving, lever_of
from tsuzuri.store import studio as kept_drafts
from tsuzuri.store.decisions import Decision, decided
from tsuzuri.store.studio import KeptDraft

router = APIRouter(route_class=Door)
IN = 10_000                     # a target is told as so many wrong among so many that pass
SWEEP = (0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1, 1.5, 2, 3, 5, 10)
TOLD = (0.3, 0.5, 1, 2, 5)      # those of them that the table tells
REPLAYS = (0, 50, 100, 200)     # how many stored sheets may be judged again; some 20 ms each
Event = tuple[datetime, str, str, str]
ONE_REPLAY = threading.Lock()   # judging takes a core for seconds: the desk's clerks share the machine


@dataclass(frozen=True)
class Sides:
    """Today's targets and the candidate's."""

    now: Aims
    then: Aims

    @property
    def moved(self) -> bool:
        """Whether they differ."""
        return self.now != self.then


@router.get("/dial")
def turn(
    request: Request, who: CityOverseer, line: TheLine, form: Annotated[str, Query(max_length=64)] = "",
    replay: Annotated[int, Query(ge=0, le=max(REPLAYS))] = 0,
) -> Response:
    """The comparison; the candidate's targets stand in the address, so that it can be sent to somebody."""
    known = _forms(line)
    name = form or next(iter(known))
    if name not in known:
        raise NotFound("no such form")
    sides = Sides(aims_of(known[name]), _asked(aims_of(known[name]), request.query_params))
    office = dial.office(line, name)
    replayed = _replayed(line, name, sides, replay)
    told = {one: form.called for one, form in known.items()}
    return page(
        request, "dial.html", who=who, here="dial", forms=list(told.items()), form=name, title=told[name],
        levers=_levers(line, known[name], sides, office), moved=sides.moved,
        sides=_sides(known[name], sides, office), curve=_curve(known[name], sides, office, replayed), office=office,
        replay=replay, replays=REPLAYS[1:], replayed=[_told_replay(one) for one in replayed],
        fixed=len(known[name].fields) - len(decided_by_target(known[name])), past=_past(line), per=IN,
    )


async def _sent(request: Request) -> dict[str, str]:
    """The levers as the page's form tells them: which there are is the form's to say."""
    return {key: str(value) for key, value in (await request.form()).items()}


@router.post("/dial/propose")
def propose(who: CityOverseer, line: TheLine, sent: Annotated[dict[str, str], Depends(_sent)]) -> Response:
    """The candidate's targets as a draft of the form, with the reason; what would change in its YAML is shown next."""
    name, why = sent.get("form", ""), sent.get("why", "").strip()[:200]
    if name not in _forms(line):
        raise Refused("帳票を選んでください。", code="no_such_form")
    now = aims_of(line.forms[name])
    aims = _asked(now, sent)
    if aims == now:
        raise Refused("目標がいまと同じです。", code="same_targets")
    if not why:
        raise Refused("理由を書いてください。", code="no_reason")
    draft = dial.propose(line, name, aims, who.name, why)
    return RedirectResponse(f"/desk/studio/drafts/{draft.n}.diff", 303)


def _forms(line: Line) -> dict[str, Form]:
    """The forms that are read."""
    return {name: form for name, form in line.forms.items() if form.found != "records"}


def _asked(now: Aims, sent: Mapping[str, str]) -> Aims:
    """The targets that the page's inputs tell; what is missing, or told as today's, is today's to the last digit."""
    told: dict[str, float] = {}
    for lever, aim in now.levers().items():
        text = sent.get(lever, "").strip()
        if not text:
            continue
        if not text.isdecimal() or len(text) > 5 or int(text) > IN:
            raise Refused(f"誤りの数は、0～{IN:,} の整数で入れてください。", code="bad_target")
        told[lever] = aim if int(text) == _wrong_in(aim) else 1 - int(text) / IN
    return now.moved(told)


def _wrong_in(aim: float) -> int:
    return round((1 - aim) * IN)


def _levers(line: Line, form: Form, sides: Sides, office: Office) -> list[dict[str, Any]]:
    names = decided_by_target(form)
    now, then = (expected(aimed(form, one), office.filled, names) for one in (sides.now, sides.then))
    many: dict[str, int] = {}
    for name in names:
        many[lever_of(form, name)] = many.get(lever_of(form, name), 0) + 1
    was = sides.now.levers()
    return [{"lever": lever, "word": _word(line, form, lever), "many": many[lever], "was": _wrong_in(was[lever]),
             "is": _wrong_in(aim), "moved": aim != was[lever], **_both(now[lever], then[lever])}
            for lever, aim in sides.then.levers().items() if lever in many]


def _word(line: Line, form: Form, lever: str) -> str:
    kind, _, name = lever.partition(" ")
    if lever == WHOLE:
        return "この帳票のそのほかの項目"
    return f"{KIND_WORDS.get(name, name)}の項目" if kind == "kind" else label(line, form, name)


def _both(now: Expected, then: Expected) -> dict[str, str]:
    return {"shown_now": f"{now.shown:.2f}", "shown_then": f"{then.shown:.2f}",
            "wrong_now": f"{now.share_wrong * IN:.1f}", "wrong_then": f"{then.share_wrong * IN:.1f}"}


def _sums(form: Form, aims: Aims, office: Office) -> tuple[Expected, Expected]:
    """(all fields that targets decide about, those that leave with the feed) of one sheet."""
    there = aimed(form, aims)
    return (sum(expected(there, office.filled, decided_by_target(form)).values(), Expected()),
            sum(expected(there, office.filled, leaving(form)).values(), Expected()))


def _sides(form: Form, sides: Sides, office: Office) -> list[dict[str, Any]]:
    each = [("いまの目標", sides.now)] + ([("案", sides.then)] if sides.moved else [])
    return [{"word": word, **_told_side(*_sums(form, aims, office), office)} for word, aims in each]


def _told_side(whole: Expected, out: Expected, office: Office) -> dict[str, str]:
    def hours(documents: int) -> str:
        return f"{documents * whole.shown * office.seconds / 3600:,.1f}"

    return {"shown": f"{whole.shown:.2f}", "share": percent(whole.shown / max(whole.shown + whole.passed, 1e-9)),
            "wrong": f"{out.share_wrong * IN:.1f}", "all_wrong": f"{whole.share_wrong * IN:.1f}",
            "per_sheet": f"{1 / out.wrong:,.0f}" if out.wrong else "—",
            "queue": hours(office.waiting), "month": hours(office.month)}


def _curve(form: Form, sides: Sides, office: Office, replayed: list[Replayed]) -> dict[str, Any]:
    """The curve through today's targets as errors allowed grow or shrink together, with both points and those replayed."""
    def point(aims: Aims) -> tuple[float, float]:
        whole, out = _sums(form, aims, office)
        return whole.shown, out.share_wrong * IN

    swept = [(times, point(sides.now.loosened(times))) for times in SWEEP]
    now, then = point(sides.now), point(sides.then)
    drawn = plot([*(at for _, at in swept), then, *((one.shown / one.documents, 0) for one in replayed if one.documents)])
    return {"plot": drawn, "line": drawn.line([at for _, at in swept]), "now": (drawn.x(now[0]), drawn.y(now[1])),
            "then": (drawn.x(then[0]), drawn.y(then[1])) if sides.moved else None,
            "rows": [(f"{times:g} 倍" + ("（いま）" if times == 1 else ""), f"{x:.2f}", f"{y:.1f}")
                     for times, (x, y) in swept if times in TOLD]}


def _replayed(line: Line, name: str, sides: Sides, limit: int) -> list[Replayed]:
    if not limit:
        return []
    with ONE_REPLAY:
        return dial.replay(line, name, [sides.now, sides.then] if sides.moved else [sides.now], limit)


def _told_replay(one: Replayed) -> dict[str, str]:
    low, high = interval(one.corrected, one.checked)
    return {"documents": f"{one.documents:,}", "seen": f"{one.seen:,}", "seen_share": percent(one.seen / max(one.documents, 1)),
            "shown": f"{one.shown / max(one.documents, 1):.2f}", "passed": f"{one.passed:,}", "checked": f"{one.checked:,}",
            "corrected": f"{one.corrected:,}",
            "between": f"{percent(low)}～{percent(high)}" if one.checked else "—"}


def _past(line: Line) -> list[tuple[str, str, str, str]]:
    """When what held, and who wanted what: versions of the rule book and decisions about targets, newest first."""
    with line.store.read() as look:
        books, proposals, drafts = look.rulebooks(), decided(look, ("propose_target",)), kept_drafts.drafts(look, 200)
    told: list[Event] = []
    for newer, older in zip_longest(books, books[1:]):
        changed = [PARTS.get(part, part) for part, digest in newer.parts.items() if older and older.parts.get(part) != digest]
        told.append((newer.first_used, "—", f"規則の版 {newer.version} で点検を始めた",
                     f"変わったもの：{'・'.join(changed)}" if changed else ""))
    lives = {one.n: one for one in drafts}
    for one in proposals:
        told += _proposed(line, one, lives.get(one.told.get("draft", 0)))
    return [(f"{at.astimezone(line.zone):%Y-%m-%d %H:%M}", by, what, why) for at, by, what, why in sorted(told, reverse=True)]


def _proposed(line: Line, one: Decision, draft: KeptDraft | None) -> Iterator[Event]:
    form = line.forms.get(one.about)
    title = form.called if form else one.about
    moved = "、".join(f"{_word(line, form, lever) if form else lever} {_wrong_in(was)} → {_wrong_in(aim)}"
                     for lever, (was, aim) in one.told.get("moved", {}).items())
    yield one.at, one.by, f"{title}：目標の案（{moved}）", one.why
    if draft is not None and draft.live_at is not None:
        yield draft.live_at, draft.live_by or "—", f"{title}：目標の案を帳票フォルダに適用", ""


PARTS = {"forms": "帳票（目標を含む）", "tables": "表", "rules": "規則", "program": "プログラム"}
