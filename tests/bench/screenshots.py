"""Takes README's pictures of the desk: a whole machine reads the sample batch, a browser looks at it. `make pictures` runs it."""

from __future__ import annotations

import shutil
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tsuzuri import flow
from tsuzuri.demo import first_accounts, send_batch, show_progress
from tsuzuri.flow import READING_DOUBTS, Line
from tsuzuri.flow.carpet import digits_of
from tsuzuri.flow.judging import judge
from tsuzuri.flow.second import Field
from tsuzuri.model import Step
from tsuzuri.settings import REPO, Settings
from tsuzuri.up import keep, machine_up

PICTURES = REPO / "samples" / "pictures"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]


def main() -> None:
    """Play the demo up to the desk, then look."""
    stop = threading.Event()
    with tempfile.TemporaryDirectory() as home, machine_up(Settings(home=Path(home), port=0)) as running:
        threading.Thread(target=keep, args=(running, stop.is_set), kwargs={"nightly": False}, daemon=True).start()
        login, password, key = first_accounts(running.line)
        batch = send_batch(running, key)
        show_progress(running, key, batch, stop)
        with running.line.store.read() as look:
            waiting = [d for d in look.documents_of_batch(batch) if d.step is Step.REVIEW and d.form == "kodomo_seikyu"]
        leave_to_two(running.line, batch)
        paper = max(waiting, key=lambda d: sum(finding.severity.blocks for finding in d.findings))
        with running.line.store.read() as look:
            back = look.document(next(d.id for d in waiting if d.id != paper.id))
        flow.give_back(running.line, back.id, back.version, login, "\n".join(f"{f.code} {f.message}" for f in back.findings))
        with sync_playwright() as player:
            browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.goto(f"{running.url}/desk/login")
            page.fill("input[name=name]", login)
            page.fill("input[name=password]", password)
            page.press("input[name=password]", "Enter")
            page.wait_for_url("**/desk/")
            _take(page, "desk_queue.png")
            page.goto(f"{running.url}/desk/sheets/{paper.id}")
            page.wait_for_load_state("networkidle")
            _take(page, "desk_sheet.png")
            for name, path in over_many(running.line, batch).items():
                page.goto(f"{running.url}{path}")
                page.wait_for_load_state("networkidle")
                _take(page, f"desk_{name}.png")
            for name in ("second", "judge"):
                page.goto(f"{running.url}/desk/{name}")
                page.wait_for_selector("body[data-ready]")
                page.wait_for_load_state("networkidle")
                _take(page, f"desk_{name}.png")
            page.locator("[data-why]").first.click()
            page.wait_for_selector(".explained h3")
            page.wait_for_load_state("networkidle")
            _take(page, "desk_why.png")
            page.goto(f"{running.url}/desk/letters")
            _take(page, "desk_letters.png")
            page.goto(f"{running.url}/desk/studio/draft?form=kodomo_shinsei")
            page.wait_for_selector("body[data-checked]")
            _take(page, "desk_studio.png")
            browser.close()
        stop.set()


def leave_to_two(line: Line, batch: str) -> None:
    """Two clean papers' amounts are doubted after all: one waits for its second entry, one was keyed differently by two."""
    with line.store.read() as look:
        clean = [d for d in look.documents_of_batch(batch) if d.step is Step.CLEAN and d.form == "kodomo_seikyu"][:2]
    for document, entries in zip(clean, (("sato",), ("sato", "ito")), strict=True):
        with line.unit() as unit:
            fields = {**document.fields, "amount": replace(document.fields["amount"], confidence=0.4)}
            unit.save_document(judge(line, unit, document.to(Step.REVIEW, fields=fields)), was_version=document.version)
            version = unit.document(document.id).version
        for by, more in zip(entries, (0, 70), strict=False):
            ink = str(int(document.values["amount"] or 0) + more)
            flow.key_blind(line, Field(document.id, version, "amount"), ink, by)


def over_many(line: Line, batch: str) -> dict[str, str]:
    """Picture → address: the longest run, the most frequent digit, and a sheet that lists patients."""
    with line.store.read() as look:
        papers = look.documents_of_batch(batch)
        form, asked, _ = look.doubted_kinds(READING_DOUBTS)[0]
    read = "".join(digits_of(document, name) for document in papers if document.step is Step.REVIEW for name in document.fields)
    listed = next(document.id for document in papers if (known := line.forms.of(document)) and known.export.each)
    return {
        "runs": "/desk/runs", "run": f"/desk/runs/{form}/{asked}", "rows": f"/desk/sheets/{listed}",
        "carpet": f"/desk/carpet?digit={max('0123456789', key=read.count)}",
    }


def _take(page: Page, name: str) -> None:
    page.screenshot(path=PICTURES / name)


if __name__ == "__main__":
    main()
