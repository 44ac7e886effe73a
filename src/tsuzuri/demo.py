"""`make demo`: the whole line on this machine, played through once with the sample batch, then left up to be looked at.

Plays a scanner station over HTTP; knows of the machine only what a station knows, but for the summary that it prints.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import secrets
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tsuzuri import flow
from tsuzuri.errors import Refused, TsuzuriError
from tsuzuri.forms import Forms
from tsuzuri.forms.targets import BENEFITS
from tsuzuri.model import Document, Step
from tsuzuri.rules.ledgers import LEDGERS
from tsuzuri.settings import REPO, Settings
from tsuzuri.station.client import Office, Pace, Scan, open_office
from tsuzuri.station.trouble import Trouble
from tsuzuri.store import accounts
from tsuzuri.up import Running, keep, machine_up

console = Console(width=None if sys.stdout.isatty() else 150)   # a log file should show whole lines
SAMPLES = REPO / "samples" / "batch"
PATIENCE_S = 600.0    # 37 sheets take about 40 s on two cores; a loaded laptop ten times that
STATES = {Step.REVIEW: "● 要確認", Step.CLEAN: "○ 確認不要", Step.APPROVED: "✔ 承認済", Step.RETURNED: "↩ 返戻",
          Step.EXPORTED: "✔ 送付済", Step.FILED: "✔ 綴込済"}
AMOUNTS = ("amount", "total_amount")      # what a paper claims, or all that it lists


def main(arguments: Sequence[str] = tuple(sys.argv[1:])) -> int:
    """Play the demo; with --once end after the export."""
    stop = threading.Event()

    def told(signum: int, _: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)
    try:
        return _play(stop, once="--once" in arguments)
    except TsuzuriError as error:
        console.print(f"[red]{error.code}[/]: {error.message}", highlight=False)
        return 1
    except Trouble as trouble:
        console.print(f"[red]{trouble.code}[/]: {trouble.said}", highlight=False)
        return 1


def _play(stop: threading.Event, once: bool) -> int:
    settings = Settings(home=_fresh_home())
    console.rule("Tsuzuri — 受付から給付システムへの連携まで")
    with machine_up(settings, note=console.print) as running:
        watcher = threading.Thread(target=keep, args=(running, stop.is_set), kwargs={"nightly": False}, daemon=True)
        watcher.start()
        login, password, key = first_accounts(running.line)
        bring_ledgers(running.line)
        batch = send_batch(running, key)
        show_progress(running, key, batch, stop)
        _show_documents(running.line, batch)
        _show_balance(running, key, batch)
        approved = flow.approve_clean(running.line, login, batch)
        # Whenever the demo is played, the business date's cut-off is now.
        run = next(run for run in flow.nights(running.line, running.line.today(), running.line.clock()) if run.target == BENEFITS)
        held = "、".join(f"{reason} {count}" for reason, count in flow.reasons(run)) or "なし"
        console.print(f"\n承認 [bold]{approved}[/] 件。夜間連携ファイル: 件数 {run.count}、請求額 {run.amount:,} 円（保留 {held}）")
        for file in run.files:
            console.print(f"  {Path(run.path).parent / file.name}  sha256 {file.sha256[:16]}…", highlight=False, soft_wrap=True)
        console.print(f"\n審査デスク: [bold]{running.url}/desk/[/]   ログイン [bold]{login}[/]  パスワード [bold]{password}[/]")
        console.print(f"このデモの記録を tsuzuri コマンドで見るには: export TSUZURI_HOME={settings.home}", soft_wrap=True)
        if not once and not stop.is_set():
            console.print("Ctrl-C で終了します。")
            stop.wait()
        stop.set()
        watcher.join(timeout=5)
    return 0


def _fresh_home() -> Path:
    """A folder of its own, emptied of an earlier demo; a demo that still runs keeps its folder."""
    for number in range(1, 10):
        home = REPO / ".work" / ("demo" if number == 1 else f"demo-{number}")
        if not _in_use(home):
            if home.exists():
                console.print("前回のデモの記録は消して、新しく始めます。")
            shutil.rmtree(home, ignore_errors=True)
            return home
    raise Refused("nine demos run already; end one of them", code="too_many_demos")


def _in_use(home: Path) -> bool:
    lock = home / "up.lock"
    if not lock.exists():
        return False
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def first_accounts(line: flow.Line) -> tuple[str, str, str]:
    """A supervisor and a station: login, password, API key."""
    login, password = "supervisor", secrets.token_urlsafe(12)
    with line.unit() as unit:
        accounts.add_user(unit, login, password, "supervisor", line.clock())
        key = accounts.add_station(unit, "DEMO-1", line.clock())
    return login, password, key


def bring_ledgers(line: flow.Line) -> None:
    """The sample ledgers (台帳) of the people, institutions and insurers on the papers."""
    told = []
    for name in ("recipients", "institutions", "insurers"):
        path = SAMPLES.parent / "ledgers" / f"{name}.csv"
        outcome = flow.import_ledger(line, flow.Brought(name, True, "demo", path.name), path)
        told.append(f"{LEDGERS[name].title} {outcome.told.rows}")
    console.print(f"台帳を取り込みました: {'、'.join(told)} 件", highlight=False)


def send_batch(running: Running, key: str) -> str:
    """The sample batch, sent as a station would; its id."""
    manifest = json.loads((SAMPLES / "manifest.json").read_text("utf-8"))
    sheets = sum(len(entry["pages"]) for entry in manifest["files"])
    with _at(running, key) as office:
        told = {"box": "KM-DEMO-B001", "ward": "東区", "procedure": "kodomo", "sheets": sheets}
        batch = office.declare(told, secrets.token_hex(8))
        with _bar() as bar:
            task = bar.add_task("スキャナ端末から送信", total=len(manifest["files"]))
            for seq, entry in enumerate(manifest["files"], start=1):
                path = SAMPLES / entry["file"]
                body = path.read_bytes()
                office.send(Scan(batch, seq, path.name, path, len(body), hashlib.sha256(body).hexdigest()))
                bar.advance(task)
        closed = office.close(batch)
    console.print(f"  バッチ {batch}: 申告 {sheets} 枚 = 保管 {closed['stored']} 枚", highlight=False)
    return batch


@contextmanager
def _at(running: Running, key: str) -> Iterator[Office]:
    """The machine, as a station speaks to it."""
    office = open_office(running.url, key, Pace())
    try:
        yield office
    finally:
        office.hang_up()


def _bar() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console)


def show_progress(running: Running, key: str, batch: str, stop: threading.Event) -> None:
    """A bar, until every page of the batch is read or it is told to stop."""
    deadline = time.monotonic() + PATIENCE_S
    with _bar() as bar, _at(running, key) as office:
        task = bar.add_task("読み取り　　　　　　", total=None)
        while not stop.is_set():
            counts = office.batch(batch)
            bar.update(task, total=counts["stored"], completed=counts["stored"] - counts["in_reading"])
            if counts["in_reading"] == 0:
                return
            if time.monotonic() > deadline:
                raise Refused(f"reading took longer than {PATIENCE_S:.0f} s; see {running.settings.home}/logs", code="slow")
            time.sleep(0.2)


def _show_documents(line: flow.Line, batch: str) -> None:
    with line.store.read() as look:
        documents = list(look.documents_of_batch(batch))
        places = {d.id: (look.file_and_page(d.id)[0], [page.number for page in look.pages_of_document(d.id)]) for d in documents}
    documents.sort(key=lambda d: places[d.id])
    table = Table(title=f"\n読み取った書類 {len(documents)} 件", title_justify="left", show_lines=False)
    for heading in ("ファイル", "帳票", "受給者番号", "氏名", "診療年月"):
        table.add_column(heading, no_wrap=True)
    for heading in ("請求額", "その確信度"):
        table.add_column(heading, justify="right", no_wrap=True)
    for heading in ("状態", "指摘"):
        table.add_column(heading)
    for document in documents:
        table.add_row(*_row(document, line.forms, places[document.id]))
    console.print(table)
    clean = next((d for d in documents if d.step is Step.CLEAN), None)
    if clean is not None:
        _show_fields(clean, line.forms)


def _show_balance(running: Running, key: str, batch: str) -> None:
    """Where every page of the batch went."""
    with _at(running, key) as office:
        told = office.batch(batch)
    with running.line.store.read() as look:
        bound = sum(document.page_count for document in look.documents_of_batch(batch))
    parts = f"書類になったページ {bound} ＋ 白紙 {told['blank']} ＋ 区切り紙 {told['separator']}"
    console.print(f"{parts} ＝ 保管 {told['stored']} 枚", highlight=False)


def _row(document: Document, forms: Forms, place: tuple[str, list[int]]) -> tuple[str, ...]:
    values, (file, pages) = document.values, place
    named = next((field for field in AMOUNTS if field in document.fields), "")
    amount = values.get(named)
    sure = document.fields[named].confidence if named else 0.0
    worst = sorted(document.findings, key=lambda f: "FEWI".index(f.severity.value))
    told = " ".join(dict.fromkeys(f.code for f in worst))
    return (
        f"{file} p{pages[0]}" + (f"-{pages[-1]}" if pages[1:] else ""),
        forms[document.form].called if document.form else "（不明）",
        str(values.get("recipient_no") or ""), str(values.get("patient_name") or ""), str(values.get("service_ym") or ""),
        f"{amount:,}" if isinstance(amount, int) else "", f"{sure:.3f}" if amount is not None else "",
        STATES[document.step], told,
    )


def _show_fields(document: Document, forms: Forms) -> None:
    assert document.form is not None
    form = forms[document.form]
    table = Table(title="\n例: 確認不要と判定された1件の全項目", title_justify="left")
    for heading in ("項目", "値", "確信度", "読取値", "読取器"):
        table.add_column(heading)
    for name, f in document.fields.items():
        if f.value is not None:
            table.add_row(form.label(name), str(f.value), f"{f.confidence:.3f}", f.raw, f.reader)
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
