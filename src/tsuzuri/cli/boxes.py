"""The operators' words about paper itself: `tsuzuri box …` and `tsuzuri balance`. Decides nothing."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tsuzuri import flow
from tsuzuri.cli.people import supervisor
from tsuzuri.errors import NotFound, Refused
from tsuzuri.house import open_line
from tsuzuri.model import BatchSheet, BoxStep, Removal
from tsuzuri.settings import Settings
from tsuzuri.store import boxes
from tsuzuri.store.books import ACCOUNTS, Ledger, Within

box_app = typer.Typer(no_args_is_help=True, help="Boxes of paper, from receipt to their return or destruction.")
Number = Annotated[str, typer.Argument(help="the box's number, e.g. KM-20251107-EAST-B012", metavar="NUMBER")]
Numbers = Annotated[list[str], typer.Argument(help="the boxes' numbers", metavar="NUMBER…")]

Signer = Annotated[str, typer.Option("--by", help="a supervisor of the whole city; asks for the password")]

LAST_SHEET = 999        # a batch sheet's number


def _line() -> flow.Line:
    line = open_line(Settings())
    line.store.create()
    return line


def _at(line: flow.Line, moment: datetime) -> str:
    return f"{moment.astimezone(line.zone):%Y-%m-%d %H:%M}"


def _by() -> str:
    return os.environ.get("USER") or "cli"


@box_app.command("receive")
def receive(
    number: Number,
    ward: Annotated[str, typer.Option("--ward", help="区 that it came from, e.g. 東区")],
    procedure: Annotated[str, typer.Option("--procedure", help="手続き, e.g. kodomo")],
    seal: Annotated[str, typer.Option("--seal", help="封印 number")] = "",
    envelopes: Annotated[int | None, typer.Option("--envelopes", min=0, help="counted at receipt")] = None,
    sheets: Annotated[int | None, typer.Option("--sheets", min=0, help="counted at receipt")] = None,
    weight_kg: Annotated[float | None, typer.Option("--weight-kg", min=0.0, help="weighed at receipt")] = None,
) -> None:
    """Write down that a box has come in, and what was counted; said again, it is the same box."""
    grams = round(weight_kg * 1000) if weight_kg is not None else None
    told, is_new = flow.receive_box(_line(), flow.Received(number, ward, procedure, seal, envelopes, sheets, grams), _by())
    typer.echo(f"{told.number} {flow.CALLED[told.step]}" + ("" if is_new else "（受領済み）"))


@box_app.command("move")
def move(
    number: Number,
    step: Annotated[BoxStep, typer.Argument(help="opened scanned verified stored", metavar="STEP")],
    note: Annotated[str, typer.Option("--note", help="kept with the step, in the box's history")] = "",
) -> None:
    """One step on in a box's life; exit code 1 says what hinders it."""
    typer.echo(f"{number} {flow.CALLED[flow.move_box(_line(), number, step, _by(), note).step]}")


@box_app.command("return")
def give_back(numbers: Numbers, to: Annotated[str, typer.Option("--to", help="to whom")]) -> None:
    """Boxes go back to their sender; the number of the removal, whose certificate is to be signed."""
    done = flow.remove_boxes(_line(), Removal(BoxStep.RETURNED, tuple(numbers), _by(), datetime.now(UTC), {"to": to}))
    typer.echo(f"搬出 {done.n}")


@box_app.command("destroy")
def destroy(
    numbers: Numbers,
    by: Signer,
    method: Annotated[str, typer.Option("--method", help="e.g. 溶解, 裁断")],
    witness: Annotated[str, typer.Option("--witness", help="立会人, for the certificate")] = "",
    carrier: Annotated[str, typer.Option("--carrier", help="who takes the boxes away, for the certificate")] = "",
    weight_kg: Annotated[float, typer.Option("--weight-kg", min=0.0, help="default: the boxes' own weights, added up")] = 0.0,
) -> None:
    """Ask that boxes be destroyed, after their time: a second person agrees by `tsuzuri box agree`."""
    told: dict[str, str | int] = {"method": method, "witness": witness, "carrier": carrier, "weight_g": round(weight_kg * 1000)}
    line = _line()
    asked = flow.remove_boxes(line, Removal(BoxStep.DESTROYED, tuple(numbers), supervisor(line, by), line.clock(), told))
    typer.echo(f"搬出 {asked.n}（別の人の承認待ち: tsuzuri box agree {asked.n} --by NAME）")


@box_app.command("agree")
def agree(n: Annotated[int, typer.Argument(help="the removal's number")], by: Signer) -> None:
    """Agree, as a second person, that the boxes of a removal are destroyed."""
    line = _line()
    done = flow.agree_removal(line, n, supervisor(line, by))
    typer.echo(f"搬出 {n}: {len(done.boxes)} 箱 {flow.CALLED[done.kind]}")


@box_app.command("certificate")
def certificate(
    n: Annotated[int, typer.Argument(help="the removal's number")],
    out: Annotated[Path, typer.Option("--out", "-o", help="a .pdf file")] = Path("certificate.pdf"),
) -> None:
    """The certificate of a removal (廃棄証明書, 返却書) as PDF, the same bytes each time."""
    out.write_bytes(flow.certificate_pdf(_line(), n))
    typer.echo(str(out))


@box_app.command("sheets")
def sheets(
    number: Number,
    count: Annotated[int, typer.Option("--count", min=1, max=500, help="how many")] = 10,
    first: Annotated[int, typer.Option("--first", min=1, max=LAST_SHEET, help="the first one's number")] = 1,
    out: Annotated[Path, typer.Option("--out", "-o", help="a .pdf file")] = Path("sheets.pdf"),
) -> None:
    """Batch sheets of a box that was received, numbered, to lie on top of its batches: their code is held against what is sent."""
    from tsuzuri.synth.separators import batch_sheets_pdf

    if first + count - 1 > LAST_SHEET:
        raise typer.BadParameter(f"batch sheets are numbered 1 to {LAST_SHEET}; {count} from {first} on are too many")
    with _line().store.read() as look:
        box = boxes.known_box(look, number)
    drawn = [BatchSheet(box.number, n, box.ward, box.procedure) for n in range(first, first + count)]
    out.write_bytes(batch_sheets_pdf(drawn))
    typer.echo(str(out))


@box_app.command("list")
def listed(
    ward: Annotated[str | None, typer.Option("--ward", help="of this ward only")] = None,
    step: Annotated[BoxStep | None, typer.Option("--step", help="those that stand here only")] = None,
) -> None:
    """Every box and where it stands."""
    line, after = _line(), ""
    table = Table("number", "ward", "procedure", "step", "since", "sheets", "")
    with line.store.read() as look:
        while found := boxes.box_list(look, step, ward, after):
            for one in found:
                since, sheets = _at(line, one.step_at), "" if one.sheets is None else f"{one.sheets:,}"
                told = "受領記録なし" if one.implicit else ""
                table.add_row(one.number, one.ward, one.procedure, flow.CALLED[one.step], since, sheets, told)
            after = found[-1].number
    Console().print(table, markup=False)


@box_app.command("show")
def show(number: Number) -> None:
    """A box, how it came where it stands, and its batches."""
    line = _line()
    with line.store.read() as look:
        known, moves, its = boxes.known_box(look, number), boxes.moves_of(look, number), boxes.batches_of_box(look, number)
    typer.echo(f"{known.number} {known.ward} {known.procedure} {flow.CALLED[known.step]}  封印 {known.seal or '—'}")
    for move in moves:
        typer.echo(f"  {_at(line, move.at)} {flow.CALLED[move.step]} {move.by} {move.note}".rstrip())
    for batch in its:
        typer.echo(f"  バッチ {batch.id} {batch.step.value} 申告 {batch.declared_sheets} 枚")


def balance(
    ward: Annotated[str | None, typer.Option("--ward", help="of this ward only")] = None,
    box: Annotated[str | None, typer.Option("--box", help="of this box only")] = None,
    batch: Annotated[str | None, typer.Option("--batch", help="of this batch only")] = None,
    day: Annotated[str | None, typer.Option("--date", help="of this business date only (業務日付)")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object")] = False,
    pdf: Annotated[Path | None, typer.Option("--pdf", help="a sheet to sign and file, as PDF")] = None,
) -> None:
    """The paper ledger: fed = stored, and each page stored stands somewhere. Exit code 1 names whatever does not add up."""
    line, within = _line(), Within(ward, box, batch, _day(day))
    _must_be_there(line, within)
    told = flow.balance(line, within)
    if pdf is not None:
        pdf.write_bytes(flow.ledger_pdf(line, told))
    if as_json:
        sys.stdout.write(json.dumps(_plain(told), ensure_ascii=False) + "\n")
    else:
        _show(told)
    raise typer.Exit(0 if told.closes else 1)


def _must_be_there(line: flow.Line, within: Within) -> None:
    """Raises NotFound: books of nothing always close, so a slip of the hand would be taken for good news."""
    if within.ward is not None and within.ward not in line.city.wards:
        raise NotFound(f"区 {within.ward} はありません。次のどれかです: {'、'.join(line.city.wards)}。", code="unknown_ward")
    with line.store.read() as look:
        if within.box is not None:
            boxes.known_box(look, within.box)
        if within.batch is not None:
            look.batch(within.batch)


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
