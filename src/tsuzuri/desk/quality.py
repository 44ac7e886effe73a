"""品質: what the samples say of what passed, what findings were worth, and how people work. Each person's own figures first."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from tsuzuri import flow
from tsuzuri.desk import words
from tsuzuri.desk.door import Door, page
from tsuzuri.desk.runs import label
from tsuzuri.desk.who import Editor, Overseer, TheLine
from tsuzuri.flow import Line, Plan
from tsuzuri.flow.sampling import MOST, month_of
from tsuzuri.forms import asked_as
from tsuzuri.rules.odds import interval
from tsuzuri.store import samples
from tsuzuri.store import strokes as kept
from tsuzuri.store.decisions import decided
from tsuzuri.store.samples import Tally

router = APIRouter(route_class=Door)
BAR_ENDS = 0.05     # the share of errors at the right end of a bar: what is worse stands at its edge
OWN_DAYS = 30       # of which one sees one's own record
Count = dict[str, Any]


@router.get("/quality")
def quality(
    request: Request, who: Overseer, line: TheLine,
    month: Annotated[str, Query(pattern=r"^(\d{4}-\d{2})?$")] = "",
    said: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """A month's figures. Of how people work only whole days that are over: today's are one's own."""
    month = month or f"{line.today():%Y-%m}"
    since, before = (datetime.combine(day, datetime.min.time(), line.zone) for day in month_of(month))
    today = datetime.combine(line.today(), datetime.min.time(), line.zone)
    with line.store.read() as look:
        found = samples.tallies(look, month, who.ward)
        flags = kept.flag_precision(look, since, before, who.ward)
        draws = decided(look, ("draw",), 10)
        wrong = samples.to_correct(look, who.ward)
        paces = kept.paces(look, since, min(before, today)) if who.ward is None else []
        lures = kept.lures(look, since, min(before, today)) if who.ward is None else {}
    return page(
        request, "quality.html", who=who, here="quality", month=month, most=MOST, says=_said(said), tone="good",
        choices=_choices(line), months=months(line),
        fields=_fields(line, found), readers=_counted(found, lambda t: (line.forms[t.form].title, t.reader), line),
        people=_counted((t for t in found if t.operator), lambda t: (t.operator or "",), line),
        flags=[{**_called(line, f.form, f.field), "code": f.code, **shared(f.changed, f.many)}
               for f in flags if f.form in line.forms],
        wrong=[{**_called(line, one.form, one.asked), "document": one.document_id, "by": one.by,
                "at": f"{one.at.astimezone(line.zone):%Y-%m-%d}" if one.at else ""}
               for one in wrong if one.form in line.forms],
        draws=[{"at": f"{one.at.astimezone(line.zone):%Y-%m-%d %H:%M}", "by": one.by, "about": _about(line, one.about), **one.told}
               for one in draws if who.ward in (None, one.told.get("ward"))],
        paces=[_pace(pace) for pace in paces],
        lures=[{"by": by, **shared(caught, many)} for by, (many, caught) in lures.items()],
    )


@router.post("/quality/draw")
def draw(
    who: Overseer, line: TheLine,
    month: Annotated[str, Form(pattern=r"^\d{4}-\d{2}$")],
    which: Annotated[str, Form(max_length=200)],
    many: Annotated[int, Form(ge=1, le=MOST)],
) -> Response:
    """A sample is drawn; the page says how many fields it has. `which`: a form's name, and behind a gap a field's."""
    form, _, asked = which.partition(" ")
    drawn = flow.draw_sample(line, Plan(month, form, asked, many, who.ward), who.name)
    return RedirectResponse(f"/desk/quality?month={quote(month)}&said=drawn-{drawn}", 303)


@router.get("/mine")
def mine(request: Request, who: Editor, line: TheLine) -> Response:
    """自分の記録: how one works oneself, today and of late; nobody else sees today's."""
    now = line.clock()
    today = datetime.combine(line.today(), datetime.min.time(), line.zone)
    with line.store.read() as look:
        told = [(word, kept.paces(look, since, now + timedelta(seconds=1), who.name))
                for word, since in (("今日", today), (f"{OWN_DAYS} 日間", today - timedelta(days=OWN_DAYS)))]
        judged, wrong = samples.judged_of(look, who.name)
        lures = kept.lures(look, today - timedelta(days=OWN_DAYS), now + timedelta(seconds=1), who.name)
    many, caught = lures.get(who.name, (0, 0))
    return page(request, "mine.html", who=who, here="mine", days=OWN_DAYS, end=BAR_ENDS,
                paces=[(word, [_pace(pace) for pace in paces]) for word, paces in told],
                judged=shared(wrong, judged), lures=shared(caught, many))


def _choices(line: Line) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Each form with its name, its title, and its fields without row numbers."""
    return [(name, form.called, [(asked, label(line, form, asked)) for asked in dict.fromkeys(map(asked_as, form.fields))])
            for name, form in line.forms.items()]


def _fields(line: Line, found: list[Tally]) -> list[Count]:
    """By form and field, what passed unseen and what a person settled apart: a sum of both would mean nothing."""
    def named(tally: Tally) -> tuple[str, str, str]:
        called = _called(line, tally.form, tally.asked)
        return called["form"], called["label"], "人が確認" if tally.operator else "自動で通過"

    goals = {named(tally): _goal(line, tally) for tally in found if tally.form in line.forms}
    return [{**row, "goal": goals[row["words"]]} for row in _counted(found, named, line)]


def _called(line: Line, form: str, asked: str) -> dict[str, str]:
    known = line.forms[form]
    return {"form": known.title, "label": label(line, known, asked)}


def _goal(line: Line, tally: Tally) -> float:
    """The share of errors that the form aims at, as a place on the bar."""
    form = line.forms[tally.form]
    name = next((name for name in form.fields if asked_as(name) == tally.asked), None)
    return _place(1 - (form.target(name) if name else form.review.target))


def _counted(found: Iterable[Tally], key: Callable[[Tally], tuple[str, ...]], line: Line) -> list[Count]:
    sums: dict[Hashable, list[int]] = {}
    for tally in found:
        if tally.form in line.forms:
            told = sums.setdefault(key(tally), [0, 0, 0, 0])
            for i, many in enumerate((tally.drawn, tally.right, tally.wrong, tally.illegible)):
                told[i] += many
    return [{"words": words_of, "waiting": drawn - right - wrong - illegible, "illegible": illegible,
             **shared(wrong, right + wrong)} for words_of, (drawn, right, wrong, illegible) in sums.items()]


def shared(some: int, many: int) -> Count:
    """A counted share with its interval, as text and as places on a bar."""
    low, high = interval(some, many)
    return {
        "some": some, "many": many, "share": percent(some / many) if many else "—",
        "between": f"{percent(low)}～{percent(high)}" if many else "—",
        "low": _place(low), "high": _place(high), "at": _place(some / many) if many else None,
    }


def _place(share: float) -> float:
    return round(min(share, BAR_ENDS) / BAR_ENDS * 100, 2)


def percent(share: float) -> str:
    """A share as a person reads it: two digits behind the point where it is small."""
    return f"{100 * share:.2f}%" if share < 0.1 else f"{100 * share:.1f}%"


def _pace(pace: kept.Pace) -> Count:
    return {
        "by": pace.by, "mode": words.MODES.get(pace.mode, pace.mode), "many": pace.many, "seconds": f"{pace.median_ms / 1000:.1f}",
        "keys": f"{pace.keys / pace.many:.1f}", "changed": percent(pace.changed / pace.many),
    }


def months(line: Line) -> list[str]:
    """This month and the eleven before it, newest first."""
    today = line.today()
    return [f"{(today.year * 12 + today.month - 1 - ago) // 12}-{(today.year * 12 + today.month - 1 - ago) % 12 + 1:02d}"
            for ago in range(12)]


def _about(line: Line, about: str) -> str:
    month, form, *asked = about.split(" ")
    known = line.forms.get(form)
    return "　".join([month, known.title if known else form,
                      *(label(line, known, one) if known else one for one in asked)] + ([] if asked else ["すべての項目"]))


def _said(word: str) -> str:
    many = word.removeprefix("drawn-")
    known = word.startswith("drawn-") and many.isdecimal()
    return f"{many} 項目を抜き取りました。「抜き取り」の画面で判定できます。" if known else ""
