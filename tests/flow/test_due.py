"""A night through which the machine was off is written when it is on again, under its own date, once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.flow.conftest import Clock, approved_batch, declared
from tsuzuri import flow, up
from tsuzuri.errors import Stuck
from tsuzuri.flow import Line, nights_due, nights_missed

AT = time(19, 0)
FRIDAY = date(2025, 11, 7)


def japan(day: date, hour: int) -> datetime:
    """That hour on the office's clock."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour - 9)


def written(line: Line) -> list[date]:
    """The business dates for which files left."""
    with line.store.read() as look:
        return sorted(run.business_date for run in look.runs() if run.sha256)


def running(line: Line) -> Any:
    """A machine with this line."""
    return SimpleNamespace(line=line, settings=SimpleNamespace(night_at=AT))


def test_a_night_is_due_from_its_hour_on_and_only_once(line: Line, clock: Clock) -> None:
    clock.now = japan(FRIDAY, 18)
    declared(line)
    assert nights_due(line, AT) == []
    clock.on(hours=1)
    assert nights_due(line, AT) == [FRIDAY]
    flow.nights(line, FRIDAY)
    clock.on(hours=4)
    assert nights_due(line, AT) == []
    clock.on(hours=19)
    assert nights_due(line, AT) == [] and line.today() == FRIDAY + timedelta(days=1)


def test_a_machine_that_was_off_over_its_hour_writes_that_night_in_the_morning_and_says_so(line: Line, clock: Clock) -> None:
    clock.now = japan(FRIDAY, 10)
    approved_batch(line, 2)
    clock.now = japan(FRIDAY + timedelta(days=1), 8)
    with capture_logs() as told:
        up._night_if_due(running(line))
        up._night_if_due(running(line))
    assert written(line) == [FRIDAY]
    assert [(t["event"], t.get("count")) for t in told] == [("night_was_missed", None), ("night_done", 2)]
    clock.now = japan(FRIDAY + timedelta(days=1), 20)
    up._night_if_due(running(line))
    assert written(line) == [FRIDAY, FRIDAY + timedelta(days=1)]


def test_every_night_of_a_long_weekend_is_written_under_its_own_date_and_of_a_year_the_last_month(
    line: Line, clock: Clock,
) -> None:
    clock.now = japan(FRIDAY, 20)
    declared(line)
    flow.nights(line, FRIDAY)
    clock.now = japan(FRIDAY + timedelta(days=4), 8)
    assert nights_due(line, AT) == [FRIDAY + timedelta(days=i) for i in (1, 2, 3)]
    clock.on(days=365)
    assert len(nights_due(line, AT)) == 31 and nights_due(line, AT)[-1] == line.today() - timedelta(days=1)


def test_a_house_without_papers_has_missed_no_night(line: Line, clock: Clock) -> None:
    clock.now = japan(FRIDAY, 8)
    assert nights_due(line, AT) == []
    clock.on(hours=12)
    assert nights_due(line, AT) == [FRIDAY]
    declared(line)      # after the hour: it is tomorrow's
    clock.on(hours=12)
    assert nights_due(line, AT) == []


def test_a_night_that_broke_off_is_due_until_it_is_whole(line: Line, clock: Clock) -> None:
    clock.now = japan(FRIDAY, 10)
    approved_batch(line, 1)
    clock.now = japan(FRIDAY, 20)
    line.exports.write_text("a file where the folder should be")
    with pytest.raises(Stuck):
        flow.nights(line, FRIDAY)
    line.exports.unlink()
    clock.now = japan(FRIDAY + timedelta(days=1), 8)
    assert nights_due(line, AT) == [FRIDAY]
    up._night_if_due(running(line))
    assert written(line) == [FRIDAY] and nights_due(line, AT) == []


def test_a_night_that_was_not_written_is_told_the_day_after_and_no_sooner(line: Line, clock: Clock) -> None:
    clock.now = japan(FRIDAY, 10)
    declared(line)
    clock.now = japan(FRIDAY, 23)
    assert nights_missed(line) == []
    clock.on(hours=9)
    assert nights_missed(line) == [FRIDAY]
    flow.nights(line, FRIDAY)
    assert nights_missed(line) == []
