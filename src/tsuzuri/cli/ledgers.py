"""The operators' words about ledgers (台帳): `tsuzuri ledger …`. Decides nothing."""

from __future__ import annotations

import os
from datetime import tzinfo
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tsuzuri import flow
from tsuzuri.errors import NotFound, Refused
from tsuzuri.house import open_line
from tsuzuri.rules.ledgers import LEDGERS
from tsuzuri.settings import Settings
from tsuzuri.store import ledgers

ledger_app = typer.Typer(no_args_is_help=True, help=(
    "Ledgers (台帳): who is entitled, institutions, insurers, banks and branches, postcodes, days off."))
Kind = Annotated[str, typer.Argument(help=" ".join(LEDGERS), metavar="KIND")]
File = Annotated[Path | None, typer.Argument(help="CSV (UTF-8 or Shift_JIS), or a ZIP of one", exists=True, dir_okay=False)]
MOST_SAID = 20          # faults and warnings on the screen; the first tell what is wrong with a file


@ledger_app.command("import")
def ledger_import(
    kind: Kind,
    file: File = None,
    delta: Annotated[bool, typer.Option("--delta", help="the file names only what changes; default: all that is known")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="say what would change, and change nothing")] = False,
    many_end: Annotated[bool, typer.Option("--yes-many-end", help="it is meant that more than 5 % of the rows end")] = False,
    from_package: Annotated[bool, typer.Option("--from-package", help="no file: what a package brings")] = False,
) -> None:
    """Import a ledger's file as a whole, or not at all; exit code 1 where a line is malformed, and which one it is."""
    if (file is None) is not from_package:
        raise typer.BadParameter("name a file, or say --from-package")
    line, by = open_line(Settings()), os.environ.get("USER") or "cli"
    line.store.create()
    brought = flow.Brought(kind, not delta, by, file.name if file else "package")
    try:
        outcome = flow.try_ledger(line, brought, file) if dry_run else flow.import_ledger(line, brought, file, many_end=many_end)
    except Refused as error:
        _faults(error)
        raise typer.Exit(2 if isinstance(error, NotFound) else 1) from None
    _show(outcome, line.zone)


def _faults(error: Refused) -> None:
    typer.echo(f"{error.code}: {error.message}", err=True)
    faults = error.details.get("faults")
    for fault in (faults if isinstance(faults, list) else [])[:MOST_SAID]:
        typer.echo(f"  {fault['line']}行目 {fault['column']}: {fault['why']}", err=True)


def _show(outcome: flow.Outcome, zone: tzinfo) -> None:
    told = outcome.told
    if outcome.again:
        typer.echo(f"このファイルは {told.at.astimezone(zone):%Y-%m-%d %H:%M} に取込済みです。変わるところはありません。")
        return
    word = "取り込みました" if outcome.done else "試し取込（何も変えていません）"
    gone = f"（ほかに終了 {told.ended:,}）" if told.whole else f" ＋ 削除 {told.ended:,}"
    parts = f"新規 {told.new:,} ＋ 変更 {told.changed:,} ＋ 変更なし {told.unchanged:,}{gone}"
    typer.echo(f"{LEDGERS[told.ledger].title}台帳: {word}。{told.rows:,}行 ＝ {parts}  注意 {told.warnings:,}件")
    if outcome.ends_many and not outcome.done:
        typer.echo("台帳の5%を超えて終わります。取り込むには --yes-many-end を付けてください。")
    for fault in outcome.faults.odd[:MOST_SAID]:
        typer.echo(f"  注意 {fault['line']}行目 {fault['column']}: {fault['why']}")
    if not outcome.done:
        for row in flow.diff(outcome):
            at = f"{row.line}行目" if row.line else "（ファイルになし）"
            typer.echo(f"  {row.word} {at} {row.key} {row.name} {row.since}〜{row.until} {row.changed}".rstrip())


@ledger_app.command("list")
def ledger_list() -> None:
    """Every ledger: how many rows stand, and the last import."""
    line = open_line(Settings())
    line.store.create()
    table = Table("ledger", "rows", "last import", "file", "by")
    with line.store.read() as look:
        counts = ledgers.counts(look)
        for name in LEDGERS:
            last = ledgers.latest_import(look, name)
            at = f"{last.at.astimezone(line.zone):%Y-%m-%d %H:%M}" if last else "-"
            table.add_row(name, f"{counts[name]:,}", at, last.source if last else "", last.by if last else "")
    Console().print(table, markup=False)


@ledger_app.command("show")
def ledger_show(kind: Kind, number: Annotated[str, typer.Argument(help="a number as papers have it", metavar="KEY")]) -> None:
    """All that was ever known under a number: when it held, since when it is known, until when it was believed."""
    if kind not in LEDGERS:
        raise NotFound(f"no ledger {kind!r}; known: {', '.join(LEDGERS)}")
    line = open_line(Settings())
    line.store.create()
    with line.store.read() as look:
        rows = ledgers.history(look, kind, number)
    table = Table("key", "name", "since", "until", "known from", "believed until")
    for row in rows:
        gone = f"{row.retired_at.astimezone(line.zone):%Y-%m-%d %H:%M}" if row.retired_at else ""
        known = f"{row.recorded_at.astimezone(line.zone):%Y-%m-%d %H:%M}"
        table.add_row(row.key, row.cells[LEDGERS[kind].shown], row.since, row.until, known, gone)
    Console().print(table, markup=False)
    raise typer.Exit(0 if rows else 1)
