"""`tsuzuri station …`: what an operator types at the scanning PC.

Exit codes: 0 done · 1 something to look at · 2 bad use · 3 not sent yet.
"""

from __future__ import annotations

import io
import secrets
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import typer

from tsuzuri.station import spool
from tsuzuri.station.folder import complete, marks
from tsuzuri.station.journal import Batch, BatchRow, File, Journal
from tsuzuri.station.lock import alone
from tsuzuri.station.names import shown
from tsuzuri.station.page import serve
from tsuzuri.station.program import keep, open_journal, open_station
from tsuzuri.station.say import WORDS, Collate, expected, look
from tsuzuri.station.settings import Settings, settled
from tsuzuri.station.trouble import Misused, Trouble
from tsuzuri.station.work import Station

station_app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=(
    "The scanner station: watch a folder or send files, and hold signed receipts for every one of them."))

Url = Annotated[str | None, typer.Option("--url", help="the office's address, e.g. https://tsuzuri.city.example")]
Key = Annotated[str | None, typer.Option("--key", help="this station's key; better in TSUZURI_STATION_KEY or the file")]
Config = Annotated[Path | None, typer.Option("--config", help="a TOML file; default: station.toml in the home")]
Home = Annotated[Path | None, typer.Option("--home", help="where journal and copies lie")]
Pin = Annotated[str | None, typer.Option("--pin", help="the office's key, as `tsuzuri key receipts` says it")]
Rate = Annotated[int | None, typer.Option("--rate-kib", min=0, help="KiB a second at most; 0: as fast as the line is")]
Box = Annotated[str | None, typer.Option("--box", help="箱番号; default: the folder's name")]
Ward = Annotated[str | None, typer.Option("--ward", help="区")]
Procedure = Annotated[str | None, typer.Option("--procedure", help="手続き, e.g. kodomo")]
Sheets = Annotated[int | None, typer.Option("--sheets", min=0, help="sheets fed, as counted by hand or by the scanner")]
Sides = Annotated[Collate | None, typer.Option("--collate", help="files come in pairs, all fronts and all backs: in which order")]


@station_app.command()
def watch(
    folder: Annotated[Path, typer.Argument(help="the folder that the scanner writes into", exists=True, file_okay=False)],
    url: Url = None, key: Key = None, config: Config = None, home: Home = None, pin: Pin = None, rate_kib: Rate = None,
    box: Box = None, ward: Ward = None, procedure: Procedure = None, sheets: Sheets = None, collate: Sides = None,
    leave: Annotated[bool | None, typer.Option("--leave", help="leave accepted files where they are")] = None,
    port: Annotated[int | None, typer.Option("--port", min=0, max=65535, help="of the operator's page; 0: none")] = None,
) -> None:
    """Watch a folder until Ctrl-C: each folder in it is a batch, and so is what lies in it directly."""
    given = {"url": url, "key": key, "home": home, "pin": pin, "rate_kib": rate_kib, "leave": leave, "port": port}
    settings = settled({**given, "batch": _words(box, ward, procedure, sheets, collate)}, config)
    settings.home.mkdir(parents=True, exist_ok=True)
    stop = threading.Event()
    _until_told(stop)
    with alone(settings.home) as is_alone, open_station(settings, folder) as station:
        if not is_alone:
            raise Misused(f"{settings.home} では別の端末プログラムが動いています。")
        station.wake()
        with serve(settings.home, folder.resolve(), settings.batch, settings.port or None) as address:
            typer.echo(f"監視しています: {folder}" + (f"   画面: {address}" if address else "") + "   Ctrl-C で終了します。")
            if settings.is_open_to_ears():
                typer.echo("注意: 通信が暗号化されていません（http://）。管理者に https:// のアドレスを確かめてください。")
            keep(station, stop)


@station_app.command()
def send(
    files: Annotated[list[Path], typer.Argument(help="scans, in the order of the paper", exists=True, dir_okay=False)],
    url: Url = None, key: Key = None, config: Config = None, home: Home = None, pin: Pin = None, rate_kib: Rate = None,
    box: Box = None, ward: Ward = None, procedure: Procedure = None, sheets: Sheets = None, collate: Sides = None,
) -> None:
    """Send files as one batch and close it. Cut off or refused the line, they are kept: `send` or `watch` goes on later."""
    settings = settled({"url": url, "key": key, "home": home, "pin": pin, "rate_kib": rate_kib,
                        "batch": _words(box, ward, procedure, sheets, collate)}, config)
    if not complete(settings.batch):
        missing = ", ".join(f"--{word}" for word in WORDS if settings.batch.get(word) in (None, ""))
        raise Misused(f"{missing} を付けてください。")
    with open_station(settings) as station, alone(settings.home) as is_alone:
        if is_alone:
            station.wake()
        batch = _laid_in(station, settings, files)
        if is_alone:
            _until_sent(station, batch.n)
        _tell(station.journal, batch.n, is_alone)


@station_app.command()
def status(home: Home = None, config: Config = None) -> None:
    """What was sent, accepted and refused, what waits, and what is to be done. Exit code 1 if somebody is to do something."""
    with open_journal(settled({"home": home}, config).home) as journal:
        seen = look(journal)
    for said in seen.troubles.values():
        typer.echo(f"! {said}")
    for line in seen.lines:
        box = line.row.declared.get("box", line.row.folder.name)
        typer.echo(f"{line.row.n}  {box}  {line.state}  送信済 {line.accepted}  待ち {line.waiting}  不可 {line.refused}  "
                   f"面数 {line.pages}/{expected(line.row.declared) or '?'}  {line.todo}".rstrip())
    if not seen.lines:
        typer.echo("バッチはまだありません。")
    for mark, files in (("×", seen.refused), ("△", seen.warned)):
        for one in files:
            typer.echo(f"{mark} {one.box}  {one.name}  {one.why}")
    raise typer.Exit(1 if seen.calls or seen.troubles else 0)


@station_app.command()
def rescans(home: Home = None, config: Config = None) -> None:
    """The papers that the desk wants scanned again. Exit code 1 if there are any."""
    with open_journal(settled({"home": home}, config).home) as journal:
        wanted = look(journal).rescans
    for one in wanted:
        typer.echo(f"{one['box']}  {'、'.join(one['names']) or one['files']}  {one['document']}  {one['why']}")
    raise typer.Exit(1 if wanted else 0)


@station_app.command()
def close(
    batch: Annotated[int, typer.Argument(help="its number, as `status` says it")], home: Home = None, config: Config = None,
) -> None:
    """No more paper comes for a batch: it is closed and balanced once all of it is accepted."""
    with open_journal(settled({"home": home}, config).home) as journal:
        found = [row for row in journal.batches(Batch.OPEN) if row.n == batch]
        if not found:
            raise Misused(f"受付中のバッチ {batch} はありません。")
        journal.move_on(batch, Batch.ENDING)


def _words(
    box: str | None, ward: str | None, procedure: str | None, sheets: int | None, collate: Collate | None,
) -> dict[str, Any]:
    sides = collate.value if collate else None
    return {"box": box, "ward": ward, "procedure": procedure, "sheets": sheets, "collate": sides}


def _laid_in(station: Station, settings: Settings, files: list[Path]) -> BatchRow:
    """A batch of these files, all of them on the disk: from here on nothing can be lost."""
    batch = station.journal.begin(Path("send") / secrets.token_hex(8), settings.batch)
    for path in files:
        station.journal.take(batch.n, path.resolve(), spool.copy(path, station.spool), marks(path))
    station.journal.move_on(batch.n, Batch.ENDING)
    return batch


def _until_sent(station: Station, batch: int) -> None:
    while station.turn() and station.journal.batch(batch).state is Batch.ENDING:
        continue


def _tell(journal: Journal, batch: int, is_alone: bool) -> None:
    row, counts = journal.batch(batch), journal.counts(batch)
    for file in journal.files(batch, File.REFUSED):
        typer.echo(f"× {shown(file.path)}  {file.said}")
    line = next(line for line in look(journal).lines if line.row.n == batch)
    told = f"送信済 {line.accepted}  待ち {line.waiting}  不可 {line.refused}  {line.todo}".rstrip()
    typer.echo(f"バッチ {row.office_id or '（未申告）'}: {told}")
    if row.state is Batch.CLOSED:
        raise typer.Exit(1 if line.todo else 0)
    said = (journal.noted("office") or {}).get("said", "") if is_alone else "監視中の端末プログラムが送ります。"
    typer.echo(said)
    raise typer.Exit(3 if counts.get(File.WAITING) else 1)


def _until_told(stop: threading.Event) -> None:
    def told(_: int, __: FrameType | None) -> None:
        stop.set()

    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):      # the last is how Windows ends a program that has a console
        if hasattr(signal, name) and threading.current_thread() is threading.main_thread():
            signal.signal(getattr(signal, name), told)


def run(arguments: list[str]) -> int:
    """`tsuzuri station` with these words; its exit code."""
    for out in (sys.stdout, sys.stderr):
        if isinstance(out, io.TextIOWrapper):
            out.reconfigure(errors="replace")       # a console that knows Shift_JIS alone is shown any name
    try:
        station_app(arguments, prog_name="tsuzuri station")
    except SystemExit as ended:
        return int(ended.code or 0)
    except Trouble as trouble:
        sys.stderr.write(f"{trouble.code}: {trouble.said}\n")
        return 2
    except OSError as error:
        where, why = error.filename or "ファイル", error.strerror or type(error).__name__
        sys.stderr.write(f"no_such_place: {where} を使えません（{why}）。場所、権限、ディスクの空きを確かめてください。\n")
        return 2
    return 0
