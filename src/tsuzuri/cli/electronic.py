"""`tsuzuri uke …`: electronic receipts, checked, imported, written."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Iterable
from datetime import date, tzinfo
from pathlib import Path
from typing import Annotated, Any

import typer

from tsuzuri import flow
from tsuzuri.flow.electronic import opened
from tsuzuri.house import city_forms, open_line
from tsuzuri.settings import Settings
from tsuzuri.uke import Fault, Payers, check

uke_app = typer.Typer(no_args_is_help=True, help="Electronic receipts (レセプト電算: *.UKE): check, import, write.")
Files = Annotated[list[Path], typer.Argument(
    help="a file, or all volumes of one in their order", exists=True, dir_okay=False)]
PipelinesOption = Annotated[Path | None, typer.Option("--pipelines", help="another city's folder of forms")]


def _settings(pipelines: Path | None) -> Settings:
    return Settings(pipelines=pipelines) if pipelines else Settings()


@uke_app.command("check")
def check_file(
    files: Files, pipelines: PipelinesOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a finding, one a line")] = False,
) -> None:
    """Hold a file against what it says of itself: file:line:field code sentence. Exit code 1 if anything is to be looked at."""
    payers = Payers.of(city_forms(_settings(pipelines)))
    with opened(files) as streams:
        found = _tell(files, check(streams, payers), as_json)
    raise typer.Exit(1 if found else 0)


@uke_app.command("import")
def import_file(
    files: Files, pipelines: PipelinesOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="what became of it as one JSON object")] = False,
) -> None:
    """Take in a file, all of it or nothing; taken in before, it changes nothing. Exit code 1 if it is refused."""
    line = open_line(_settings(pipelines))
    line.store.create()
    done = flow.import_receipts(line, files, getpass.getuser())
    refused = done.file is None
    if as_json:
        sys.stdout.write(json.dumps(_plain(files, done), ensure_ascii=False) + "\n")
    else:
        _tell(files, (fault for fault in done.faults if fault.band in (("L1",) if refused else ("L1", "L2", "L3"))), False)
        sys.stdout.write(_said(done, line.zone) + "\n")
    raise typer.Exit(1 if refused else 0)


@uke_app.command("write")
def write_files(
    day: Annotated[str, typer.Argument(help="business date (業務日付) of the night whose claims are written")],
    out: Annotated[Path, typer.Option("--out", "-o", help="the folder to write into", file_okay=False)],
    pipelines: PipelinesOption = None,
) -> None:
    """Write the claims that left that night as electronic receipts, a file an institution. Exit code 1 if one could not be."""
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise typer.BadParameter(f"{day!r} is no date; write it as 2025-11-07") from None
    line = open_line(_settings(pipelines))
    line.store.create()
    done = flow.write_receipts(line, on, out)
    for path in done.paths:
        sys.stdout.write(f"{path}\n")
    left = "、".join(f"{name} {many:,}件" for name, many in sorted(done.left.items()))
    sys.stdout.write(f"請求 {done.claims:,}件を {len(done.paths):,} ファイルに書きました。\n")
    sys.stdout.write(f"レセプトにできなかったもの（欠けている項目）: {left}\n" if left else "")
    raise typer.Exit(1 if done.left else 0)


def _said(done: flow.Imported, zone: tzinfo) -> str:
    if done.file is None:
        return "取り込みませんでした。上の指摘を直したファイルを送ってもらってください。何も登録していません。"
    file = done.file
    if done.again:
        on = file.imported_at.astimezone(zone)
        return f"このファイルはすでに取り込まれています（{file.receipts:,}件、{on:%Y-%m-%d}）。何も変えていません。"
    known = f"、うち取り込み済み {file.known:,}件" if file.known else ""
    return (f"取り込みました。レコード {file.records:,}　レセプト {file.receipts:,}件{known}　"
            f"この市の公費の請求 {file.documents:,}件　指摘 {sum(done.counts.values()):,}件")


def _plain(files: list[Path], done: flow.Imported) -> dict[str, Any]:
    """{"file", "taken", "again", "records", "receipts", "known", "documents", "counts", "faults"}."""
    counted = {} if done.file is None else {
        name: getattr(done.file, name) for name in ("id", "batch_id", "records", "receipts", "known", "documents")}
    return {"file": str(files[0]), "taken": done.file is not None, "again": done.again, **counted, "counts": done.counts,
            "faults": [_fault(files, fault) for fault in done.faults]}


def _fault(files: list[Path], fault: Fault) -> dict[str, Any]:
    """{"file", "line", "field", "code", "band", "rule", "severity", "message"}."""
    return {"file": str(files[fault.volume]), "line": fault.line, "field": fault.field, "code": fault.code, "band": fault.band,
            "rule": fault.sort.rule, "severity": fault.severity.value, "message": fault.message}


def _tell(files: list[Path], faults: Iterable[Fault], as_json: bool) -> bool:
    """Every fault, one a line; whether one is more than information."""
    found = False
    for fault in faults:
        found = found or fault.band != "L48"
        told = _fault(files, fault)
        sys.stdout.write((json.dumps(told, ensure_ascii=False) if as_json else
                          f"{told['file']}:{fault.line}:{fault.field} {fault.code} {fault.band} {fault.message}") + "\n")
    return found
