"""The operators' words about paper itself: `tsuzuri balance`. Decides nothing."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tsuzuri import flow
from tsuzuri.errors import Refused
from tsuzuri.house import open_line
from tsuzuri.settings import Settings
from tsuzuri.store.books import ACCOUNTS, Ledger, Within


def balance(
    ward: Annotated[str | None, typer.Option("--ward", help="of this ward only")] = None,
    box: Annotated[str | None, typer.Option("--box", help="of this box only")] = None,
    batch: Annotated[str | None, typer.Option("--batch", help="of this batch only")] = None,
    day: Annotated[str | None, typer.Option("--date", help="of this business date only (業務日付)")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
    pdf: Annotated[Path | None, typer.Option("--pdf", help="a sheet to sign and file, as PDF")] = None,
) -> None:
    """The paper ledger: fed = stored, and each page stored stands somewhere. Exit code 1 names whatever does not add up."""
    line = open_line(Settings())
    line.store.create()
    told = flow.balance(line, Within(ward, box, batch, _day(day)))
    if pdf is not None:
        pdf.write_bytes(flow.ledger_pdf(line, told))
    if as_json:
        sys.stdout.write(json.dumps(_plain(told), ensure_ascii=False) + "\n")
    else:
        _show(told)
    raise typer.Exit(0 if told.closes else 1)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused(f"{text!r} is no date; write it as 2025-11-07", code="no_such_day") from None


def _plain(told: flow.Balance) -> dict[str, object]:
    wrong = [{"fault": one.culprit.fault.value, "ward": one.culprit.ward, "box": one.culprit.box, "batch": one.culprit.batch_id,
              "about": one.culprit.about, "seq": one.culprit.seq, "pages": list(one.culprit.numbers),
              "told": one.culprit.told[0], "held": one.culprit.told[1], "says": one.says} for one in told.wrong]
    return {"at": told.at.isoformat(), "closes": told.closes, **asdict(told.whole),
            "boxes": {name: asdict(one) for name, one in told.boxes.items()}, "wrong": wrong}


def _show(told: flow.Balance) -> None:
    table = Table("", *(flow.ACCOUNTS[name] for name in ACCOUNTS), "")
    rows: list[tuple[str, Ledger]] = [*told.wards.items(), ("合計", told.whole)]
    for name, books in rows:
        closes = books.balanced and books.complete
        table.add_row(name, *(f"{getattr(books, one):,}" for one in ACCOUNTS), "○" if closes else "×")
    Console().print(table, markup=False)
    for one in told.wrong:
        typer.echo(f"{one.culprit.ward} {one.culprit.box} {one.says}")
    typer.echo("紙の帳尻は合っています。" if told.closes else f"紙の帳尻が合いません: {len(told.wrong)} 件")
