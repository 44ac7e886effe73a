"""`tsuzuri rules …`: the rules as they hold, and past claims judged again under others."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Column, Table

from tsuzuri.flow.replay import Sum, replay
from tsuzuri.forms import Forms
from tsuzuri.house import city_forms, open_line
from tsuzuri.rules.rulebook import Ruling
from tsuzuri.settings import Settings

rules_app = typer.Typer(no_args_is_help=True, help="The rules by which papers are judged.")
PipelinesOption = Annotated[Path | None, typer.Option("--pipelines", help="another city's folder of forms")]
AsJson = Annotated[bool, typer.Option("--json", help="one JSON object a line")]
PROGRESS = 1000     # documents between two words of progress


@rules_app.command("list")
def list_rules(pipelines: PipelinesOption = None, as_json: AsJson = False) -> None:
    """Every rule as it holds in the city: on or off, severity, act, parameters, sentence; and the version of all together."""
    book = city_forms(Settings(pipelines=pipelines) if pipelines else Settings()).rulebook
    if as_json:
        sys.stdout.write(json.dumps({"version": book.version, "parts": dict(book.parts)}, ensure_ascii=False) + "\n")
        for ruling in book.rulings():
            sys.stdout.write(json.dumps(asdict(ruling), ensure_ascii=False) + "\n")
        return
    table = Table(*(Column(name, overflow="fold") for name in ("code", "on", "severity", "act", "parameters", "sentence")),
                  title=f"rule book {book.version}")
    for ruling in book.rulings():
        table.add_row(ruling.code, _on(ruling), ruling.severity.value, ruling.act.value, _parameters(ruling), ruling.sentence)
    Console().print(table)


def _on(ruling: Ruling) -> str:
    return ("on" if ruling.active else "off") + ("*" if ruling.changed else "")


def _parameters(ruling: Ruling) -> str:
    return " ".join(f"{name}={value}" for name, value in ruling.of.items())


@rules_app.command("replay")
def replay_rules(
    since: Annotated[str, typer.Option("--from", help="first business date, e.g. 2025-10-01")],
    folder: Annotated[Path, typer.Option("--with", help="the other folder of forms, with its tables and _rules.yaml")],
    until: Annotated[str, typer.Option("--to", help="last business date; default: today's")] = "",
    pipelines: PipelinesOption = None, as_json: AsJson = False,
) -> None:
    """Judge past claims under other forms, tables and rules; tells what differs in findings and yen. Exit code 1 if anything."""
    settings = Settings(pipelines=pipelines) if pipelines else Settings()
    there = city_forms(settings.model_copy(update={"pipelines": folder, **_schemas(folder)}))
    line, told = open_line(settings), Sum()
    line.store.create()
    last = _day(until) if until else line.today()
    for differing in replay(line, there, _day(since), last, told):
        if as_json:
            sys.stdout.write(json.dumps({"document": differing.document_id, "lost": differing.lost, "gained": differing.gained,
                                         "yen": differing.yen}, ensure_ascii=False) + "\n")
        else:
            changes = [*(f"-{one}" for one in differing.lost), *(f"+{one}" for one in differing.gained)]
            sys.stdout.write(f"{differing.document_id}  {' '.join(changes)}  {differing.yen:+,} 円\n")
        if told.documents % PROGRESS < 2:
            sys.stderr.write(f"\r{told.documents:,} documents …")
    plain = _plain(told, line.forms, there)
    sys.stdout.write(json.dumps(plain, ensure_ascii=False) + "\n" if as_json else _said(plain))
    raise typer.Exit(1 if told.differing or told.unknown else 0)


def _schemas(folder: Path) -> dict[str, Path]:
    beside = folder.resolve().parent / "schemas"
    return {"schemas": beside} if beside.is_dir() else {}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no date; write it as 2025-11-07") from None


def _plain(told: Sum, now: Forms, then: Forms) -> dict[str, Any]:
    yen = {scheme: {"now": told.now[scheme], "then": told.then[scheme], "more": told.then[scheme] - told.now[scheme]}
           for scheme in sorted({*told.now, *told.then})}
    return {"now": now.rulebook.version, "then": then.rulebook.version, "documents": told.documents, "claims": told.claims,
            "changed": [name for name, part in then.rulebook.parts.items() if now.rulebook.parts.get(name) != part],
            "differing": told.differing, "unknown": told.unknown, "lost": dict(told.lost), "gained": dict(told.gained), "yen": yen}


def _said(plain: dict[str, Any]) -> str:
    lost, gained = plain["lost"], plain["gained"]
    lines = [
        f"rule book {plain['now']} → {plain['then']} (changed: {', '.join(plain['changed']) or 'nothing'})",
        f"{plain['documents']:,} documents, {plain['claims']:,} claims; judged otherwise: {plain['differing']:,}; "
        f"of a form that is not there: {plain['unknown']:,}"]
    lines += [f"{code}: −{lost.get(code, 0):,} +{gained.get(code, 0):,}" for code in sorted({*lost, *gained})]
    lines += [f"scheme {scheme or '—'}: {sums['now']:,} → {sums['then']:,} 円 ({sums['more']:+,})"
              for scheme, sums in plain["yen"].items()]
    return "\n".join(lines) + "\n"
