"""点検規則: the rules by which papers are judged, as they hold in this city. For everybody at the desk; nothing is changed here."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from tsuzuri.desk import words
from tsuzuri.desk.door import Door, page
from tsuzuri.desk.who import Anyone, TheLine
from tsuzuri.rules.rulebook import Ruling, holes

router = APIRouter(route_class=Door)
GROUPS = {"V": "医療費の請求・申請", "W": "そのほかの届出", "H": "読み取り・綴じ込み"}
# What a clerk reads in the place of a word that a paper fills.
OPEN = {"label": "項目", "expected": "計算額", "found": "記載額", "months": "月数", "document": "書類番号", "limit": "限度"}


@router.get("/rules")
def rules(request: Request, who: Anyone, line: TheLine) -> Response:
    """All rules, by what they are about, with the version of the rule book."""
    book = line.forms.rulebook
    with line.store.read() as look:
        used = {one.version: one for one in look.rulebooks()}
    first = used.get(book.version)
    rulings = list(book.rulings())
    return page(
        request, "rules.html", who=who, here="rules", version=book.version,
        since=f"{first.first_used.astimezone(line.zone):%Y年%-m月%-d日 %H:%M}" if first else "",
        groups=[(title, [_told(one) for one in rulings if one.code[0] == letter]) for letter, title in GROUPS.items()],
    )


def _told(ruling: Ruling) -> dict[str, Any]:
    _, word, tone = words.SEVERITIES[ruling.severity]
    return {
        "code": ruling.code, "active": ruling.active, "severity": word, "tone": tone, "act": ruling.act.value,
        "sentence": ruling.sentence.format_map({hole: f"〔{OPEN.get(hole, '…')}〕" for hole in holes(ruling.sentence)}),
        "of": "、".join(f"{name} {value}" for name, value in ruling.of.items()), "changed": ruling.changed,
    }
