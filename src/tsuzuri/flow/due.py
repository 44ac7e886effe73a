"""Which nights are due: today's from its hour on, and those through which the machine was off."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from tsuzuri.flow.line import Line
from tsuzuri.flow.night import BENEFITS

MOST = 31      # dates written at once: a house that stood still for longer lets its papers go with the oldest of these
ONE = timedelta(days=1)


def nights_due(line: Line, at: time) -> list[date]:
    """The business dates whose hour has come and whose night was not written, or broke off in the midst; oldest first.

    They are counted from the last night that was begun; where none was, from the first paper.
    """
    now = line.clock().astimezone(line.zone)
    last = now.date() if now.time() >= at else now.date() - ONE
    with line.store.read() as look:
        done, began, broken = look.last_night(BENEFITS), look.first_declared(), look.unfinished()
    if done is not None:
        first = done + ONE
    else:
        first = min(_night_of(began.astimezone(line.zone), at) if began is not None else now.date(), now.date())
    missed = {first + ONE * i for i in range((last - first).days + 1)}
    return sorted({*sorted(missed)[-MOST:], *(run.business_date for run in broken if run.business_date <= last)})


def _night_of(moment: datetime, at: time) -> date:
    """The first night that takes what was there at that moment."""
    return moment.date() if moment.time() < at else moment.date() + ONE
