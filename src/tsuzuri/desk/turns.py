"""Why a paper comes now, as a clerk is told it: one line, and nothing of how anybody is measured."""

from __future__ import annotations

from datetime import date

from tsuzuri import flow
from tsuzuri.desk.who import Who, worker_of
from tsuzuri.flow import Line
from tsuzuri.store.orders import Priority, Scope

LEVELS = {1: "至急", 2: "優先"}


def why_now(line: Line, who: Who, document_id: str) -> str:
    """In which turn the paper comes to this person; "" where it would not come to them by itself."""
    turn = flow.turn_of(line, worker_of(who), document_id)
    if turn is None or turn.senior:
        return ""                       # who asks, and what, stands above the fields
    return "受付の古い順" if turn.first is None else told_first(line, turn.first)


def told_first(line: Line, one: Priority) -> str:
    """至急：東区　こども医療費請求書（6月10日まで）."""
    due = f"（{day(one.due)}まで）" if one.due else ""
    return f"{LEVELS[one.level]}：{told_scope(line, one.scope)}{due}"


def told_scope(line: Line, scope: Scope) -> str:
    """Which papers, in words."""
    form = line.forms.get(scope.form) if scope.form else None
    told = [scope.ward, form.called if form else scope.form, f"箱 {scope.box}" if scope.box else "",
            f"バッチ {scope.batch_id}" if scope.batch_id else "", "再提出" if scope.again else ""]
    return "　".join(filter(None, told)) or "すべての書類"


def day(when: date) -> str:
    """6月10日."""
    return f"{when.month}月{when.day}日"
