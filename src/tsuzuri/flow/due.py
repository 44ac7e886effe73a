"""Which nights are due: today's from its hour on, and those through which the machine was off."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from tsuzuri.flow.line import Line
from tsuzuri.flow.night import runs_on
from tsuzuri.forms.targets import BENEFITS

MOST = 31      # dates written at once: a house that stood still for longer lets its papers go with the oldest of these
ONE = timedelta(days=1)


def nights_due(line: Line, at: time) -> list[date]:
    """The business dates whose hour has come and whose night was not written, or broke off in the midst; oldest first.

    They are counted from the last night of each target that was begun; where none was, from the claims' last; where that was none
    either, from the first paper. A target that waits for two people has no other night until they have signed.
    """
    now = line.clock().astimezone(line.zone)
    last = now.date() if now.time() >= at else now.date() - ONE
    with line.store.read() as look:
        began, broken, off = look.first_declared(), look.unfinished(), look.days_off()
        done = {name: look.last_night(name) for name in line.city.targets if not look.prepared(name)}
    first = min(_night_of(began.astimezone(line.zone), at) if began is not None else now.date(), now.date())
    first = done.get(BENEFITS) or first
    missed = set[date]()
    for name, day in done.items():
        since = day + ONE if day is not None else first
        days = [since + ONE * i for i in range((last - since).days + 1)]
        missed.update(one for one in days[-MOST:] if runs_on(line, name, one, off))
    return sorted({*missed, *(run.business_date for run in broken if run.business_date <= last)})


def nights_missed(line: Line) -> list[date]:
    """The business dates before today's whose nights were not written, or broke off: something is wrong, whatever the hour is."""
    return [day for day in nights_due(line, time.max) if day < line.today()]


def _night_of(moment: datetime, at: time) -> date:
    """The first night that takes what was there at that moment."""
    return moment.date() if moment.time() < at else moment.date() + ONE
