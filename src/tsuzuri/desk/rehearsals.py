"""夜間連携の試算: what the night would do, before it does: for supervisors, who then release it or look first."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from tsuzuri import flow
from tsuzuri.desk.door import Door, page
from tsuzuri.desk.who import CityOverseer, TheLine
from tsuzuri.errors import Refused
from tsuzuri.flow import Line, Would
from tsuzuri.rules.amiss import CALLED, SAID, Amiss, Moved

router = APIRouter(route_class=Door)
SHOWN = 100
MOVED = {"new": ("＋ 新規", "good"), "gone": ("－ なし", "bad"), "changed": ("変化", "quiet")}


@router.get("/rehearsal")
def rehearsal(
    request: Request, who: CityOverseer, line: TheLine, day: Annotated[str, Query(max_length=10)] = "",
    against: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """The night of a business date, rehearsed now; nothing is written."""
    of, beside = _day(day) or line.today(), _day(against)
    told = flow.rehearse(line, of, beside)
    titles = {name: form.called for name, form in line.forms.items()}
    return page(request, "rehearsal.html", who=who, here="nights", day=of.isoformat(), against=beside.isoformat() if beside else "",
                left_out=f"{told.left_out:,}" if told.left_out else "", would=[_shown(line, one, titles) for one in told.would])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused("業務日付は 2025-11-07 のように書いてください。", code="no_such_day") from None


def _shown(line: Line, one: Would, titles: dict[str, str]) -> dict[str, Any]:
    last = one.against
    return {
        "title": one.title, "target": one.target.replace(":", "-"), "done": one.done, "count": f"{one.count:,}",
        "amount": f"{one.amount:,}", "eligible": f"{one.eligible:,}",
        "held": [f"{why} {many:,}" for why, many in flow.held_words(one)],
        "head": [one.listed[0][0], *one.listed[0][2:]] if one.listed else [],
        "listed": [[row[0], *row[2:]] for row in one.listed[1:SHOWN + 1]], "more": max(sum(one.held.values()) - SHOWN, 0),
        "amiss": [_amiss(it, titles) for it in one.amiss[:SHOWN]],
        "last": {"day": f"{last.business_date:%Y-%m-%d}", "count": f"{last.count:,}", "amount": f"{last.amount:,}",
                 "by": f"{one.count - last.count:+,}", "yen": f"{one.amount - last.amount:+,}"} if last else None,
        "moved": [_moved(line, it, titles) for it in one.moved[:SHOWN]], "moved_many": f"{len(one.moved):,}",
        "older": [{"version": it.version[:12] or "不明", "count": f"{it.count:,}",
                   "since": f"{it.since.astimezone(line.zone):%Y-%m-%d}" if it.since else "不明"}
                  for it in one.rules if not it.current],
    }


def _amiss(one: Amiss, titles: dict[str, str]) -> dict[str, str]:
    return {"level": CALLED[one.level], "of": "・".join(titles.get(part, part) for part in one.of), "says": SAID[one.word],
            "usual": f"{one.usual.count:,} 件・{one.usual.yen:,} 円", "now": f"{one.now.count:,} 件・{one.now.yen:,} 円"}


def _moved(line: Line, one: Moved, titles: dict[str, str]) -> dict[str, str]:
    word, tone = MOVED[one.word]
    form = titles.get(one.group.form, one.group.form)
    return {"word": word, "tone": tone, "institution": one.group.institution or "―", "form": form,
            "ward": one.group.ward, "was": f"{one.was.count:,}", "now": f"{one.now.count:,}",
            "was_yen": f"{one.was.yen:,}", "now_yen": f"{one.now.yen:,}", "by": f"{one.now.yen - one.was.yen:+,}"}
