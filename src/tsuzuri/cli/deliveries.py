"""`tsuzuri deliver`, `tsuzuri answer`: the night's files on their way to receivers, and what those say of them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import structlog
import typer

from tsuzuri import flow
from tsuzuri.delivery import Told
from tsuzuri.errors import Stuck, TsuzuriError
from tsuzuri.house import open_line
from tsuzuri.model import ExportRun
from tsuzuri.settings import Settings
from tsuzuri.store.deliveries import Answer, Delivery, Word

log = structlog.get_logger("tsuzuri.deliver")
SAID = {Word.AGREES: "一致", Word.DIFFERS: "不一致", Word.ERRORS: "エラーあり", Word.UNKNOWN: "連携の番号が不明（保管しました）",
        Word.UNREADABLE: "読めません（保管しました）", Word.AGAIN: "読み込み済み"}


def deliver(
    every: Annotated[float | None, typer.Option(help="go on, again after so many seconds; default: once, now")] = None,
) -> None:
    """Carry what the nights wrote to its receivers, and read their answers. Exit code 3 while one lacks its files."""
    line = open_line(Settings())
    line.store.create()
    warned = set[str]()
    while every is not None:
        try:
            _round(line, force=False)
            _warn_of_late(line, warned)
        except TsuzuriError as error:
            log.warning("put_off", code=error.code)
        time.sleep(every)
    _round(line, force=True)
    if stands := flow.standing(line):
        said = "; ".join(f"{one.target}: {one.runs} runs wait ({one.because or 'not tried'})" for one in stands)
        raise Stuck(said, code="undelivered")


def _round(line: flow.Line, force: bool) -> None:
    for told in flow.deliver(line, force):
        _tell(told)
    answers, troubles = flow.take_answers(line)
    for answer in answers:
        _say(answer)
    for stuck in troubles:
        log.warning("answers_unread", code=stuck.code)

def _warn_of_late(line: flow.Line, warned: set[str]) -> None:
    """A line in the log for each answer that has not come in time, once."""
    for late in flow.late_answers(line):
        if late.run.id not in warned:
            warned.add(late.run.id)
            log.warning("answer_late", run=late.run.id, target=late.run.target, business_date=late.run.business_date.isoformat())


def _tell(told: Delivery) -> None:
    typer.echo(f"{told.target} {told.file} {told.outcome}")
    if not told.arrived:
        log.warning("not_delivered", target=told.target, run=told.run_id, file=told.file, code=told.outcome)


def answer(file: Annotated[Path, typer.Argument(help="a receiver's 受領結果 (JSON)", exists=True, dir_okay=False)]) -> None:
    """Read a 受領結果 that came by hand. Exit code 1 if it differs, names errors, or belongs to no run; told twice is told once."""
    line = open_line(Settings())
    line.store.create()
    content = file.read_bytes()
    told = flow.take_answer(line, (content,), Told(file.name, "", len(content)))
    _say(told)
    raise typer.Exit(0 if told.outcome is Word.AGREES else 1)


def _say(told: Answer) -> None:
    typer.echo(f"{told.name} {told.run_id or '-'} {SAID[told.outcome]}")
    for one in told.told.get("differences", ()):
        typer.echo(f"  {one}")
    for row in told.told.get("rows", ()):
        typer.echo(f"  {row['claim']} {row['code']}" + ("（要確認に戻しました）" if row["reopened"] else ""))
    if told.outcome in (Word.DIFFERS, Word.UNKNOWN, Word.UNREADABLE):
        log.warning("answer_odd", run=told.run_id, outcome=told.outcome.value)


def check_nights(line: flow.Line) -> None:
    """Whatever of past nights is not in order, a line each; exit code 1 if there is anything."""
    wrong = [f"{day} 連携されていません" for day in flow.nights_missed(line)]
    wrong += [f"{one.target} 未配信 {one.runs} 回分 {one.because}".rstrip() for one in flow.standing(line)]
    wrong += [_late(one.run, f"{one.due:%Y-%m-%d %H:%M}") for one in flow.late_answers(line)]
    wrong += [f"{one.run.business_date} {one.run.target} 受領結果が合いません {one.run.id}" for one in flow.odd_answers(line)]
    for one in wrong:
        typer.echo(one)
    raise typer.Exit(1 if wrong else 0)


def _late(run: ExportRun, due: str) -> str:
    return f"{run.business_date} {run.target} 受領結果がまだありません（期限 {due}） {run.id}"
