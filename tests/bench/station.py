"""Takes README's picture of the scanner station's page, from a journal made up for it. `make pictures`."""

from __future__ import annotations

import io
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tsuzuri.settings import REPO
from tsuzuri.station.journal import Batch, Journal
from tsuzuri.station.page import serve
from tsuzuri.station.spool import Copy

ROOT = Path("D:/scan")
COLOURS = 32


def _batch(journal: Journal, box: str, sheets: object, taken: int, accepted: int, dark: str = "") -> int:
    """A batch of files of one page, of which the first ones are accepted."""
    n = journal.begin(ROOT / box, {"box": box, "ward": "東区", "procedure": "kodomo", "sheets": sheets}).n
    for number in range(1, taken + 1):
        journal.take(n, ROOT / box / f"{number:04}.tif", Copy("", "", (1, 1)), {})
    if accepted:
        journal.known_to_office(n, box)
    for file in journal.files(n)[:accepted]:
        journal.assign(file)
        warnings = ["暗すぎます。明るさを上げてスキャンし直してください。"] if file.path.name == dark else []
        journal.accept(file.n, {"pages": 1, "warnings": warnings})
    return n


def _made_up(journal: Journal) -> None:
    journal.move_on(_batch(journal, "KM-0411", 120, 120, 120), Batch.CLOSED, balance={"balanced": True})
    missing = {"balanced": False, "declared": 120, "stored": 119, "missing": []}
    journal.move_on(_batch(journal, "KM-0412", 120, 119, 119), Batch.CLOSED, balance=missing)
    now = _batch(journal, "KM-0413", 150, 96, 88, dark="0017.tif")
    journal.refuse(journal.files(now)[88].n, "unreadable", "画像として開けません。スキャンし直してください。")
    _batch(journal, "KM-0414", "", 3, 0)
    cut = {"batch": 1, "box": "KM-0411", "files": [57], "names": ["0057.tif"], "why": "右端が切れています", "at": ""}
    journal.note("rescans", [cut])


def main() -> None:
    """The picture, into samples/pictures."""
    with tempfile.TemporaryDirectory() as home:
        journal = Journal(Path(home))
        _made_up(journal)
        with serve(Path(home), ROOT, {}, 0) as url, sync_playwright() as player:
            browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": 1180, "height": 900})
            page.goto(url)
            seen = Image.open(io.BytesIO(page.screenshot(full_page=True)))
            browser.close()
        journal.close()
    few = seen.convert("RGB").quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(REPO / "samples" / "pictures" / "station.png", optimize=True)


if __name__ == "__main__":
    main()
