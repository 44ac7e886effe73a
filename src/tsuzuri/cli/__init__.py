"""The operators' door: `tsuzuri …`. Translates words into calls and errors into exit codes; decides nothing.

Exit codes: 0 done · 1 findings or mismatches to look at · 2 bad use · 3 a neighbour is silent, try again.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from tsuzuri import __version__, flow
from tsuzuri.cli.boxes import balance, box_app
from tsuzuri.cli.deliveries import answer, deliver
from tsuzuri.cli.electronic import uke_app
from tsuzuri.cli.ledgers import ledger_app
from tsuzuri.cli.nights import day_of, night, release
from tsuzuri.cli.people import key_app, user_app
from tsuzuri.cli.rules import rules_app
from tsuzuri.errors import Misdeclared, Refused, Stuck, TsuzuriError
from tsuzuri.forms import Forms
from tsuzuri.house import caps_of, city_forms, form_readers, open_line
from tsuzuri.model import Document
from tsuzuri.rules.ledgers.people import load_people
from tsuzuri.settings import Settings
from tsuzuri.station.cli import station_app
from tsuzuri.station.trouble import Trouble
from tsuzuri.store import accounts

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=(
    "Tsuzuri: a city's paper medical-expense claims, from the scanner to the benefits system."))
forms_app = typer.Typer(no_args_is_help=True, help="Check, list and draw the forms (pipelines/ and schemas/).")
app.add_typer(forms_app, name="forms")
app.add_typer(ledger_app, name="ledger")
app.add_typer(user_app, name="user")
app.add_typer(rules_app, name="rules")
app.add_typer(key_app, name="key")
app.add_typer(uke_app, name="uke")
app.add_typer(box_app, name="box")
app.command("balance")(balance)
app.command()(night)
app.command()(release)
app.command()(deliver)
app.command()(answer)
app.add_typer(station_app, name="station")
console = Console()

PipelinesOption = Annotated[Path | None, typer.Option("--pipelines", help="another city's folder of forms")]


def _say(text: str) -> None:
    """A line as it is: a path must be neither broken at the window's edge nor taken for markup."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _settings(pipelines: Path | None = None) -> Settings:
    return Settings(pipelines=pipelines) if pipelines else Settings()


@app.command()
def up() -> None:
    """Run everything on this machine (queue server, web server, workers, clock) until Ctrl-C."""
    from tsuzuri.up import keep, machine_up

    told_to_stop: list[int] = []

    def stop(signum: int, _: FrameType | None) -> None:
        told_to_stop.append(signum)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    with machine_up(Settings(), note=console.print) as running:
        _say(f"Tsuzuri is up: {running.url}/desk/  (API: {running.url}/openapi.json)  Ctrl-C ends it.")
        _say_if_nobody(running.line)
        keep(running, until=lambda: bool(told_to_stop))
        console.print("Stopping …")


def _say_if_nobody(line: flow.Line) -> None:
    with line.store.read() as look:
        if not accounts.any_user(look):
            console.print("No one may log in yet: run [bold]tsuzuri user add NAME --role supervisor[/] first.")


@app.command()
def serve() -> None:
    """Run the web server alone (API and desk), for a set-up on many machines."""
    os.execv(sys.executable, [sys.executable, "-m", "tsuzuri.web"])


@app.command()
def work() -> None:
    """Run one reading worker, for a set-up on many machines."""
    os.execv(sys.executable, [sys.executable, "-m", "tsuzuri.jobs"])


@app.command()
def sweep(
    every: Annotated[float | None, typer.Option(min=1.0, help="go on, again after so many seconds; default: once")] = None,
) -> None:
    """Nudge whatever has stood still too long (`tsuzuri up` does it by itself)."""
    line = open_line(Settings())
    line.store.create()
    while True:
        try:
            _say(f"{flow.sweep(line)} nudged")
            if (orphans := flow.forget_orphans(line)).found:
                _say(f"{orphans.found} files that no row names, {orphans.removed} of them a day old and removed")
        except Stuck as error:
            if every is None:
                raise
            _say(f"{error.code}: {error.message}")
        if every is None:
            return
        time.sleep(every)


@app.command("read")
def read_files(
    files: Annotated[list[Path], typer.Argument(help="scans: JPEG, PNG, TIFF, PDF", exists=True, dir_okay=False)],
    form: Annotated[str | None, typer.Option("--form", help="consider this form only")] = None,
    pipelines: PipelinesOption = None,
    business_date: Annotated[str | None, typer.Option("--business-date", help="default: today, where the office is")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a document, one a line")] = False,
    ledger: Annotated[Path | None, typer.Option("--ledger", help="受給者台帳, to tell whom a paper means", exists=True)] = None,
) -> None:
    """Read papers here and now: no server, no database. Exit code 1 if there is a finding, or a file that is no scan."""
    settings = _settings(pipelines)
    forms = city_forms(settings)
    if form is not None:
        if form not in forms:
            raise typer.BadParameter(f"no form {form!r}; known: {', '.join(forms)}")
        forms = Forms({form: forms[form]})
    day = day_of(business_date) if business_date else datetime.now(ZoneInfo(settings.timezone)).date()
    office = flow.Office(day, load_people(ledger)) if ledger else flow.Office(day)
    readers, found = form_readers(settings, forms), False
    for file in files:
        try:
            for pages, document in flow.read_file(file, forms, readers, caps_of(settings), office):
                found = found or bool(document.findings)
                _show(file, pages, document, forms, as_json)
        except Refused as error:    # one bad file does not keep the others from being read
            found = True
            sys.stderr.write(f"{file}: {error.code}: {error.message}\n")
    raise typer.Exit(1 if found else 0)


def _show(file: Path, pages: tuple[int, ...], document: Document, forms: Forms, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(flow.plain(document, str(file), pages), ensure_ascii=False) + "\n")
        return
    form, shown = forms.of(document), ", ".join(map(str, pages))
    table = Table(title=f"{file.name} p.{shown}  {form.called if form else '不明な帳票'}", title_justify="left")
    for heading in ("項目", "値", "確信度", "読取値"):
        table.add_column(heading)
    for name, f in document.fields.items():
        if f.value is not None:
            table.add_row(form.label(name) if form else name, str(f.value), f"{f.confidence:.3f}", f.raw)
    console.print(table)
    for finding in document.findings:
        console.print(f"  {finding.severity} {finding.code} {finding.act.value}: {finding.message}", markup=False)


@forms_app.command("check")
def forms_check(pipelines: PipelinesOption = None) -> None:
    """Hold every form's YAML against its schema and the known words; says which file, which line, what was meant."""
    _say(f"{len(city_forms(_settings(pipelines)))} forms are in order")


@forms_app.command("list")
def forms_list(pipelines: PipelinesOption = None) -> None:
    """The forms of this city."""
    table = Table("name", "version", "title", "fields")
    for name, form in city_forms(_settings(pipelines)).items():
        table.add_row(name, str(form.version), form.called, str(len(form.fields)))
    console.print(table)


@forms_app.command("draw")
def forms_draw(
    name: Annotated[str | None, typer.Argument(help="the form's name; see `tsuzuri forms list`")] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="a .pdf or .png file")] = Path("form.pdf"),
    dpi: Annotated[int, typer.Option(min=50, max=1200, help="dots an inch, for PNG")] = 300,
    pipelines: PipelinesOption = None,
    separator: Annotated[bool, typer.Option("--separator", help="separator sheets instead of a form")] = False,
    kind: Annotated[str, typer.Option(help="what lies between separator sheets: a document or a batch")] = "document",
    count: Annotated[int, typer.Option(min=1, max=1000, help="how many separator sheets (PDF)")] = 1,
) -> None:
    """Draw a blank form or separator sheets, ready to print, as PDF or PNG (needs a Japanese font: fonts-ipafont-gothic)."""
    if out.suffix.lower() not in (".pdf", ".png"):
        raise typer.BadParameter(f"{out}: end it in .pdf or .png")
    if not out.resolve().parent.is_dir():
        raise typer.BadParameter(f"{out}: there is no such folder")
    if (name is None) is not separator:
        raise typer.BadParameter("name a form, or say --separator")
    as_pdf = out.suffix.lower() == ".pdf"
    out.write_bytes(_drawn_form(name, as_pdf, dpi, pipelines) if name else _drawn_separator(kind, as_pdf, dpi, count))
    _say(str(out))


def _drawn_form(name: str, as_pdf: bool, dpi: int, pipelines: Path | None) -> bytes:
    from tsuzuri.synth.draw import blank_pdf, blank_png

    forms = city_forms(_settings(pipelines))
    if name not in forms:
        raise typer.BadParameter(f"no form {name!r}; known: {', '.join(forms)}")
    if forms[name].found != "rules":
        raise typer.BadParameter(f"{name} is found by its {forms[name].found}, whatever its layout: it has no blank form to draw")
    return blank_pdf(forms[name]) if as_pdf else blank_png(forms[name], dpi)


def _drawn_separator(kind: str, as_pdf: bool, dpi: int, count: int) -> bytes:
    from tsuzuri.synth.separators import CODES, separator_pdf, separator_png

    if kind not in CODES:
        raise typer.BadParameter(f"no separator {kind!r}; known: {', '.join(CODES)}")
    return separator_pdf(kind, count) if as_pdf else separator_png(kind, dpi)


@app.command()
def version() -> None:
    """The program's version."""
    console.print(__version__)


def main() -> None:
    """Run a command; expected failures become a sentence and an exit code."""
    try:
        app()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"TSUZURI_{'_'.join(map(str, first['loc'])).upper()}"
        _fail(Misdeclared(f"{name}: {first['msg']}", code="bad_setting"), 2)
    except (Misdeclared, Refused) as error:
        _fail(error, 2)
    except Trouble as trouble:
        _fail(Refused(trouble.said, code=trouble.code), 2)
    except Stuck as error:
        _fail(error, 3)
    except TsuzuriError as error:
        _fail(error, 1)
    except OSError as error:
        where, why = error.filename or "a file", error.strerror or type(error).__name__
        _fail(Refused(f"{where}: {why}; see to the path, its permissions and the room on its disk", code="no_such_place"), 2)


def _fail(error: TsuzuriError, code: int) -> None:
    sys.stderr.write(f"{error.code}: {error.message}\n")
    sys.exit(code)
