"""`tsuzuri night`, `tsuzuri release`: the night's files of a business date, written by hand or by cron."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from tsuzuri import flow
from tsuzuri.cli.deliveries import check_nights
from tsuzuri.cli.people import supervisor
from tsuzuri.cli.rehearsals import rehearse
from tsuzuri.house import open_line
from tsuzuri.model import ExportRun, RunStep
from tsuzuri.settings import Settings

console = Console()


def night(
    day: Annotated[str, typer.Argument(help="business date (業務日付), e.g. 2025-11-07")] = "",
    target: Annotated[str | None, typer.Option(help="this target alone, whatever its calendar says")] = None,
    until: Annotated[str | None, typer.Option(help="count approvals up to this moment instead of the target's own cut-off")] = None,
    due: Annotated[bool, typer.Option("--due", help="every date that is due since TSUZURI_NIGHT_AT, for cron and timers")] = False,
    check: Annotated[bool, typer.Option("--check", help="write nothing: is all in order? exit code 1 if not")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="write nothing: tell what would leave, stay, and differ")] = False,
    against: Annotated[str | None, typer.Option(help="with --dry-run: beside the run of that date, not the last one")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="with --dry-run: one JSON object")] = False,
) -> None:
    """Write the night's files for a business date: the benefits feed, and what else _targets.yaml and the forms name.

    Run again, they are the same, byte for byte.
    """
    settings = Settings()
    line = open_line(settings)
    line.store.create()
    if check:
        check_nights(line)
    if due:
        for missed in flow.nights_due(line, settings.night_at):
            _write(line, missed)
        return
    business_date, moment = day_of(day), _moment(until, line.zone) if until else None
    if dry_run:
        rehearse(line, business_date, day_of(against) if against else None, moment, as_json=as_json)
    _write(line, business_date, target, moment)


def _write(line: flow.Line, day: date, target: str | None = None, until: datetime | None = None) -> None:
    """The night of a date, and of today's the paper ledger with it."""
    for run in [flow.night(line, day, target, until)] if target else flow.nights(line, day, until):
        _tell(line, run)
    if day == line.today():
        _say(str(flow.file_ledger(line, day)))


def release(
    run: Annotated[str, typer.Argument(help="the run's id, as `tsuzuri night` says it")],
    by: Annotated[str, typer.Option(help="who signs; asks for the password")],
    withdraw: Annotated[str, typer.Option(help="take it back instead, for this reason")] = "",
) -> None:
    """Sign a payment that waits for two people; the second signature hands it over. Nobody can sign for another."""
    line = open_line(Settings())
    line.store.create()
    name = supervisor(line, by)
    done = flow.withdraw_run(line, run, name, withdraw) if withdraw else flow.sign_run(line, run, name)
    with line.store.read() as look:
        signed = "、".join(one.by for one in flow.signatures(look, done)) or "-"
    _say(f"{done.id} {done.step}  {done.amount:,} 円  承認 {signed}")


def day_of(text: str) -> date:
    """A date as operators type it; raises typer's BadParameter."""
    if not text:
        raise typer.BadParameter("name a business date (業務日付), e.g. 2025-11-07")
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
    if run.step is RunStep.PREPARED:
        _say(f"二人の承認待ち: tsuzuri release {run.id} --by NAME  （振込日 {run.pays_on}）")
    _say(f"件数 {run.count:,}  請求額 {run.amount:,} 円  点数 {run.points:,}  sha256 {run.sha256}")
    _say(f"対象 {run.eligible:,} = 送付 {run.count:,} + 保留 {held}")


def _say(text: str) -> None:
    """A line as it is: a path must be neither broken at the window's edge nor taken for markup."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)
