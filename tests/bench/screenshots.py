"""Takes README's pictures of the desk: a whole machine reads the sample batch, a browser looks at every page. `make pictures`.

Every page of the bar is taken, whoever adds one; what shows a mode better than its bare page stands in SHOTS.
"""

from __future__ import annotations

import io
import re
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pdf2image import convert_from_bytes
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from scene import PASSWORD, Scene, lay

from tsuzuri.demo import bring_ledgers, first_accounts, send_batch, show_progress
from tsuzuri.desk.bar import ENTRIES
from tsuzuri.forms import load_forms
from tsuzuri.settings import REPO, Settings
from tsuzuri.synth.draw import blank_png
from tsuzuri.up import keep, machine_up

PICTURES = REPO / "samples" / "pictures"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
GRAYS = 10              # and the desk's own colours: the same page gives the same few bytes, and red stays red
WIDTH = {"sheet": 1200}  # px, as README shows it; all others at GALLERY
GALLERY = 960
UNSHOWN = {"keys"}      # F1 shows them
READY = "body[data-ready]"


@dataclass(frozen=True)
class Shot:
    """A picture: `path` of the page, `by` whom it is opened, what is waited for, and what is done on it."""

    name: str
    path: Callable[[Scene], str]
    by: str = "honda"
    wait: str = "main, .floor"
    act: Callable[[Page], None] = lambda page: None


def _keys(page: Page) -> None:
    page.keyboard.press("F1")
    page.wait_for_selector("dialog#keys[open]")


def _whole(page: Page) -> None:
    page.keyboard.press("F2")


def _drawn(page: Page) -> None:
    """The blank form's scan beneath the boxes, and a choice taken hold of."""
    form = load_forms(REPO / "pipelines", REPO / "schemas")["kodomo_shinsei"]
    page.set_input_files("#blank", {"name": "blank.png", "mimeType": "image/png", "buffer": blank_png(form, 150)})
    page.wait_for_selector("#picture:not([hidden])", timeout=120_000)
    page.wait_for_selector("body[data-checked]")
    page.locator("#boxes .spot[data-name=scheme]").first.click()


def _why(page: Page) -> None:
    page.locator("[data-why]").first.click()
    page.wait_for_selector(".explained h3")


SHOTS = (
    Shot("sheet", lambda scene: f"/desk/sheets/{scene.sheet}", "sato", READY),
    Shot("whole", lambda scene: f"/desk/sheets/{scene.sheet}", "sato", READY, _whole),
    Shot("why", lambda scene: f"/desk/sheets/{scene.sheet}", "sato", READY, _why),
    Shot("f1", lambda scene: f"/desk/sheets/{scene.sheet}", "sato", READY, _keys),
    Shot("rows", lambda scene: f"/desk/sheets/{scene.rows}", "sato", READY),
    Shot("run", lambda scene: scene.run, "sato", READY),
    Shot("carpet", lambda scene: f"/desk/carpet?digit={scene.digit}", "sato", READY),
    Shot("second", lambda scene: "/desk/second", "ito", READY),
    Shot("judge", lambda scene: "/desk/judge", "kato", READY),
    Shot("sample", lambda scene: "/desk/sample", "ito", READY),
    Shot("papers", lambda scene: f"/desk/batches/{scene.batch}/papers"),
    Shot("studio", lambda scene: "/desk/studio/draft?form=kodomo_shinsei", wait="body[data-checked]", act=_drawn),
    Shot("diff", lambda scene: "/desk/studio/drafts/1.diff"),
    Shot("drift", lambda scene: "/desk/studio/drift/kodomo_shinsei"),
    Shot("mine", lambda scene: "/desk/mine", "sato"),
)


def main(only: tuple[str, ...]) -> None:
    """Play the demo up to the desk, then look at everything, or at what is named."""
    stop = threading.Event()
    with tempfile.TemporaryDirectory() as home, machine_up(Settings(home=Path(home), port=0)) as running:
        threading.Thread(target=keep, args=(running, stop.is_set), kwargs={"nightly": False}, daemon=True).start()
        login, _, key = first_accounts(running.line)
        bring_ledgers(running.line)
        batch = send_batch(running, key)
        show_progress(running, key, batch, stop)
        take(running.url, lay(running.line, batch, login), only)
        stop.set()


def take(url: str, scene: Scene, only: tuple[str, ...] = ()) -> None:
    """All pictures, or those named."""
    named = {shot.name for shot in SHOTS}
    bare = [Shot(one.here, lambda scene, path=one.path: f"/desk{path}") for one in ENTRIES if one.here not in named | UNSHOWN]
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        pages: dict[str, Page] = {}
        for shot in (*SHOTS, *bare):
            if only and shot.name not in only:
                continue
            if shot.by not in pages:
                pages[shot.by] = _logged_in(browser, url, shot.by)
            _take(pages[shot.by], url, shot, scene)
        if not only or "letter" in only:
            _letter(pages.get("sato") or _logged_in(browser, url, "sato"), url, scene)
        browser.close()


def _logged_in(browser: Browser, url: str, name: str) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="ja-JP", timezone_id="Asia/Tokyo").new_page()
    page.goto(f"{url}/desk/login")
    page.fill("input[name=name]", name)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/desk/")
    return page


def _take(page: Page, url: str, shot: Shot, scene: Scene) -> None:
    page.goto(url + shot.path(scene))
    page.wait_for_selector(shot.wait)
    page.wait_for_load_state("networkidle")
    shot.act(page)
    page.wait_for_load_state("networkidle")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        print(f"{shot.name}: {wide} px wider than the screen")
    _keep(shot.name, Image.open(io.BytesIO(page.screenshot(animations="disabled"))))


def _letter(page: Page, url: str, scene: Scene) -> None:
    """The first sheet of a letter's PDF, as a printer would put it on paper."""
    answer = page.request.get(f"{url}/desk/sheets/{scene.returned}/letter.pdf")
    _keep("letter", convert_from_bytes(answer.body(), dpi=80, first_page=1, last_page=1)[0])


def _palette() -> Image.Image:
    """What a picture may be painted with: grays, and every colour that the style sheet names at its head."""
    head = (REPO / "src/tsuzuri/desk/static/desk.css").read_text("utf-8").partition("}")[0]
    own = [bytes.fromhex(colour) for colour in re.findall(r"#([0-9a-f]{6})\b", head)]
    grays = [bytes(3 * [round(255 * i / (GRAYS - 1))]) for i in range(GRAYS)]
    palette = Image.new("P", (1, 1))
    palette.putpalette(b"".join((*grays, *own)))
    return palette


def _keep(name: str, picture: Image.Image) -> None:
    width = WIDTH.get(name, GALLERY)
    small = picture.convert("RGB").resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)
    small.quantize(palette=_palette(), dither=Image.Dither.NONE).save(PICTURES / f"desk_{name}.png", optimize=True)


if __name__ == "__main__":
    main(tuple(sys.argv[1:]))
