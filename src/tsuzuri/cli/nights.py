"""`tsuzuri night`: the night's files of a business date, written by hand or by cron."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from tsuzuri import flow
from tsuzuri.house import open_line
from tsuzuri.model import ExportRun
from tsuzuri.settings import Settings

console = Console()


def night(
    day: Annotated[str, typer.Argument(help="business date (業務日付), e.g. 2025-11-07")],
    target: Annotated[str | None, typer.Option(help="this target alone, whatever its calendar says")] = None,
    until: Annotated[str | None, typer.Option(help="count approvals up to this moment instead of the target's own cut-off")] = None,
) -> None:
    """Write the night's files for a business date: the benefits feed, and what else _targets.yaml and the forms name.

    Run again, they are the same, byte for byte.
    """
    line = open_line(Settings())
    business_date, moment = day_of(day), _moment(until, line.zone) if until else None
    line.store.create()
    runs = [flow.night(line, business_date, target, moment)] if target else flow.nights(line, business_date, moment)
    for run in runs:
        _tell(line, run)
    if business_date == line.today():
        _say(str(flow.file_ledger(line, business_date)))


def day_of(text: str) -> date:
    """A date as operators type it; raises typer's BadParameter."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date; write it as 2025-11-07") from None


def _moment(text: str, zone: ZoneInfo) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no moment; write it as 2025-11-07T20:30") from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _tell(line: flow.Line, run: ExportRun) -> None:
    folder = Path(run.path).parent
    for file in run.files:
        _say(str(folder / file.name))
    held = "、".join(f"{reason} {count:,}" for reason, count in flow.reasons(run)) or "0"
    _say(f"件数 {run.count:,}  請求額 {run.amount:,} 円  点数 {run.points:,}  sha256 {run.sha256}")
    _say(f"対象 {run.eligible:,} = 送付 {run.count:,} + 保留 {held}")


def _say(text: str) -> None:
    """A line as it is: a path must be neither broken at the window's edge nor taken for markup."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)
