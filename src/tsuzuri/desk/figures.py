"""品質の内訳と業務の指標: residual errors by form, field, reader, person; who agrees with whom; what a month's work came to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from tsuzuri.desk.door import Door, page
from tsuzuri.desk.quality import months, percent, shared
from tsuzuri.desk.rulings import sentence
from tsuzuri.desk.runs import label
from tsuzuri.desk.who import Overseer, TheLine
from tsuzuri.flow import Line
from tsuzuri.flow.sampling import month_of
from tsuzuri.store import figures, samples
from tsuzuri.store import strokes as kept
from tsuzuri.store.samples import Tally

router = APIRouter(route_class=Door)
FEWEST = 30         # of fewer judged fields no share is told: one wrong one more or less would turn it over
SIDES = {"form": "帳票", "field": "項目", "way": "通り方", "reader": "読み取り", "person": "担当者", "flag": "指摘"}
SHARES = (0.5, 0.95)
Month = Annotated[str, Query(pattern=r"^(\d{4}-\d{2})?$")]
Word = Annotated[str, Query(max_length=96)]
Key = tuple[str, ...]


@router.get("/quality/table")
def table(
    request: Request, who: Overseer, line: TheLine, month: Month = "", by: Annotated[list[str] | None, Query(max_length=6)] = None,
    form: Word = "", field: Word = "", way: Word = "", reader: Word = "", person: Word = "", flag: Word = "",
) -> Response:
    """What was sampled, counted by the sides that are asked for, among what fits the words that are told of others."""
    month = month or f"{line.today():%Y-%m}"
    told = {"form": form, "field": field, "way": way, "reader": reader, "person": person, "flag": flag}
    sides = [side for side in SIDES if side in (by or ["form", "field", "way"])] or ["form"]
    with line.store.read() as look:
        found = [one for one in samples.tallies(look, month, who.ward) if one.form in line.forms]
    among = [one for one in found if all(word in ("", _place(one, side)) for side, word in told.items())]
    names = {side: {key: _called(line, one, side) for one in found if (key := _place(one, side))} for side in SIDES}
    return page(
        request, "figures_table.html", who=who, here="quality", month=month, months=months(line), sides=SIDES, by=sides,
        choices={side: sorted(known.items(), key=lambda item: item[1]) for side, known in names.items()}, told=told,
        rows=_rows(line, among, sides, {"month": month, **told}), total=_row(among, ()), fewest=FEWEST,
    )


@router.get("/quality/work")
def work(request: Request, who: Overseer, line: TheLine, month: Month = "") -> Response:
    """What a month's work came to. Of how people work only whole days that are over."""
    month = month or f"{line.today():%Y-%m}"
    first, after = month_of(month)
    since, before = (datetime.combine(day, datetime.min.time(), line.zone) for day in (first, after))
    over = min(before, datetime.combine(line.today(), datetime.min.time(), line.zone))
    with line.store.read() as look:
        agreed = figures.pairs(look, since, over, who.ward)
        paces = figures.paces_of_papers(look, since, over) if who.ward is None else []
        changed = kept.paces(look, since, over) if who.ward is None else []
        back = figures.returns_by_institution(look, first, after, who.ward)
        reasons, letters = figures.returns_by_reason(look, first, after, who.ward)
        waiting, days = figures.lying(look, line.today(), SHARES, who.ward)
    many, edits = sum(one.many for one in changed), sum(one.changed for one in changed)
    return page(
        request, "figures_work.html", who=who, here="quality", month=month, months=months(line), waiting=waiting, days=days,
        papers=sum(one.papers for one in paces), hours=sum(one.hours for one in paces), changed=shared(edits, many),
        paces=[(one.by, f"{one.papers:,}", f"{one.hours:.1f}", f"{one.papers / one.hours:.1f}") for one in paces],
        pairs=[_pair(line, one) for one in agreed if one.form in line.forms], letters=letters,
        back=[(inst, f"{all_of:,}", f"{returned:,}", percent(returned / all_of)) for inst, all_of, returned in back],
        reasons=[(code or "—", _sentence(line, code), f"{count:,}", percent(count / letters))
                 for code, count in reasons.most_common(20)],
    )


def _pair(line: Line, one: figures.Pair) -> dict[str, Any]:
    form = line.forms[one.form]
    return {"form": form.title, "field": label(line, form, one.asked), "who": (one.first, one.second), "few": one.many < FEWEST,
            **shared(one.agreed, one.many)}


def _place(one: Tally, side: str) -> str:
    """The word of a tally's on one side, as the address has it."""
    return {"form": one.form, "field": one.asked, "way": "hand" if one.operator else "unseen", "reader": one.reader,
            "person": one.operator or "", "flag": one.flagged}[side]


def _called(line: Line, one: Tally, side: str) -> str:
    form = line.forms[one.form]
    if side == "form":
        return form.called
    if side == "field":
        return label(line, form, one.asked)
    if side == "way":
        return "人が確認" if one.operator else "自動で通過"
    return _place(one, side) or "—"


def _rows(line: Line, among: Iterable[Tally], sides: list[str], asked: Mapping[str, str]) -> list[dict[str, Any]]:
    """The worst first, those of which too little is known last. `links`: by side the same table, of that row's alone."""
    def link(one: Tally, side: str) -> str:
        return urlencode([*{**asked, side: _place(one, side)}.items(), *(("by", each) for each in sides)])

    each: dict[Key, list[Tally]] = {}
    for one in among:
        each.setdefault(tuple(_called(line, one, side) for side in sides), []).append(one)
    told = [{**_row(them, key), "links": {side: link(them[0], side) for side in sides if _place(them[0], side)}}
            for key, them in each.items()]
    return sorted(told, key=lambda row: (row["few"], -row["wrong_share"], row["words"]))


def _row(them: list[Tally], key: Key) -> dict[str, Any]:
    wrong, judged = sum(one.wrong for one in them), sum(one.right + one.wrong for one in them)
    return {"words": key, "few": judged < FEWEST, "wrong_share": wrong / judged if judged else 0.0,
            "illegible": sum(one.illegible for one in them), "waiting": sum(one.drawn - one.illegible for one in them) - judged,
            **shared(wrong, judged)}


def _sentence(line: Line, code: str) -> str:
    if not code:
        return "担当者が書いた理由"
    return next((sentence(one) for one in line.forms.rulebook.rulings() if one.code == code), "")
