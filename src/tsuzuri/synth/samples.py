"""Draws samples/ anew: `python -m tsuzuri.synth.samples [DIR]`. The samples' own fonts, fixed seeds, no real digits.

A pair of picture and truth for every form, and the batch that the demo's scanner station sends, with its manifest.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image
from reportlab.lib.units import inch
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tsuzuri.forms import Forms, load_forms
from tsuzuri.synth.draw import Picture
from tsuzuri.synth.ledgers import write_ledgers
from tsuzuri.synth.listed import cover_of
from tsuzuri.synth.my_number import notice
from tsuzuri.synth.papers import Look, Paper, Style, make_like, make_receipt
from tsuzuri.synth.receipts.tale import visit_of
from tsuzuri.synth.scan import scan
from tsuzuri.synth.separators import separator_picture
from tsuzuri.synth.stories import BUSINESS_DATE
from tsuzuri.synth.strangers import blank_page, drill_slip

ROOT = Path(__file__).parents[3]
JPEG_QUALITY = 62  # keeps some forty sheets under 9 MB; print stays crisp at 200 dpi
CLAIM, REFUND, RECEIPT, LISTED, COVER = "kodomo_seikyu", "kodomo_shinsei", "ryoshusho", "kodomo_renki", "sokatsu"
PARENT = "hitorioya_seikyu"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One page of the batch: what it shows, and what a reader should find."""

    picture: Picture
    dpi: int
    kind: str  # form, or one of STRAYS
    paper: Paper | None = None
    turned: int = 0  # quarter turns clockwise that the page was put in by

    def told(self, number: int) -> dict[str, Any]:
        """The manifest's entry."""
        told: dict[str, Any] = {"page": number, "kind": self.kind}
        if self.turned:
            told["quarter_turns"] = self.turned
        if self.paper:
            told |= {
                "form": self.paper.form,
                "style": self.paper.look.style,
                "scan": self.paper.look.recipe,
                "seed": self.paper.seed,
                "faults": list(self.paper.look.faults),
                "fields": self.paper.truth,
            }
        return told


@dataclass(frozen=True, slots=True)
class Want:
    """One filled sheet wanted: form, seed, style, recipe, faults.

    `of` is the paper that it goes with: the application that a receipt lies behind, for that `row` of its receipts; the 連記式
    that a cover lies on.
    """

    form: str
    seed: int
    style: Style = "typed"
    recipe: str = "clean"
    faults: tuple[str, ...] = ()
    turned: int = 0
    of: Want | None = None
    row: int = 1


# Seeds of samples lie above a million, so that no figure and no test ever draws the same sheet. A form that is not named
# here gets a pair by hand, of the common seed.
PAIR_SEED = 1_000_003
PAIRS = {
    CLAIM: Want(CLAIM, 1_000_001, "hand", "archive"),
    REFUND: Want(REFUND, 1_000_002, "typed", "archive"),
    RECEIPT: Want(RECEIPT, 1_000_003, "typed", "archive"),
    LISTED: Want(LISTED, 1_000_063, "hand", "archive"),
    COVER: Want(COVER, 1_000_065, "typed", "archive"),
    "hitorioya_renki20": Want("hitorioya_renki20", 1_000_171, "hand", "archive"),      # four patients, one crossed out
}
# A paper of any layout wants more than one to look at: a pad filled by hand without a seal, a dentist's slip.
VARIANTS = {
    RECEIPT: {"b": Want(RECEIPT, 1_000_004, "typed", "archive"), "c": Want(RECEIPT, 1_000_005, "typed", "archive")},
}
ASKED = Want(REFUND, 1_000_129, "typed", "colour")
SHEET = Want(LISTED, 1_000_051, "typed", "colour")
BATCH: dict[str, tuple[Want | str, ...]] = {
    "0001.jpg": (Want(CLAIM, 1_000_011),),
    "0002.jpg": (Want(CLAIM, 1_000_012, "hand", "office"),),
    "0003.png": (Want(CLAIM, 1_000_013, "typed", "archive"),),
    "0004.jpg": (Want(REFUND, 1_000_014, "hand"),),
    "0005.tif": (
        Want(CLAIM, 1_000_015, "typed", "fax"),
        Want(CLAIM, 1_000_016, "typed", "fax"),
        Want(CLAIM, 1_000_017, "hand", "fax"),
        Want(CLAIM, 1_000_018, "typed", "fax"),
        Want(REFUND, 1_000_019, "typed", "fax"),
        Want(REFUND, 1_000_020, "hand", "fax"),
    ),
    "0006.pdf": (
        Want(REFUND, 1_000_021, "hand", "colour"),
        Want(CLAIM, 1_000_022, "typed", "colour"),
        Want(CLAIM, 1_000_023, "hand", "colour"),
        Want(REFUND, 1_000_024, "typed", "colour"),
    ),
    "0007.png": ("blank",),
    "0008.jpg": ("unknown",),
    "0009.jpg": (Want(CLAIM, 1_000_025, "typed", "clean", turned=2),),
    "0010.jpg": (Want(CLAIM, 1_000_026, "typed", "clean", ("wrong_sum",)),),
    "0011.png": (Want(CLAIM, 1_000_027, "hand", "archive", ("bad_check",)),),
    "0012.jpg": (Want(CLAIM, 1_000_028, "typed", "clean", ("left_out:seal",)),),
    "0013.jpg": (Want(REFUND, 1_000_029, "hand", "clean", ("scribbled:paid_total",)),),
    "0014.png": (Want(CLAIM, 1_000_030, "hand", "archive", ("two_circles",)),),
    "0015.png": (Want(REFUND, 1_000_031, "typed", "archive"),),
    "0016.jpg": (Want(CLAIM, 1_000_032, "hand", "poor"),),
    "0017.tif": (Want(REFUND, 1_000_033, "typed", "fax"), Want(CLAIM, 1_000_034, "typed", "fax"), "blank"),
    "0018.jpg": (Want(REFUND, 1_000_035, "typed", "office"),),
    "0019.png": (Want(CLAIM, 1_000_036, "typed", "archive"),),
    "0020.pdf": (
        ASKED,
        Want(RECEIPT, 1_000_053, "typed", "colour", of=ASKED, row=1),
        Want(RECEIPT, 1_000_048, "typed", "colour", of=ASKED, row=2),
        "separator",
    ),
    "0021.pdf": (Want(COVER, 1_000_052, "typed", "colour", of=SHEET), SHEET),
    "0022.jpg": (Want(PARENT, 1_000_055, "typed", "clean"),),
    "0023.jpg": ("my_number",),
}


def _separator() -> tuple[Picture, int]:
    return scan(separator_picture("document"), 200, 1_000_043, "colour"), 200


def _notice() -> tuple[Picture, int]:
    paper = notice(1_000_044, "boxes", "clean", "sample")
    return paper.picture, paper.dpi


# Pages that are no form's, by the kind that the manifest calls them.
STRAYS: dict[str, Callable[[], tuple[Picture, int]]] = {
    "blank": partial(blank_page, 1_000_041, "fax"),
    "unknown": partial(drill_slip, 1_000_042, "clean"),
    "separator": _separator,
    "my_number": _notice,
}


def pair(form: str) -> Want:
    """The sheet that stands as a form's own sample."""
    return PAIRS.get(form) or Want(form, PAIR_SEED, "hand", "archive")


def draw_samples(target: Path, forms: Forms) -> None:
    """Writes the pairs and the batch under `target`; the same fonts give the same bytes."""
    for name in (name for name, form in forms.items() if form.found != "records"):
        folder = target / name
        folder.mkdir(parents=True, exist_ok=True)
        for letter, want in {"a": pair(name), **VARIANTS.get(name, {})}.items():
            drawn = _draw(want, forms)
            (folder / f"{letter}.png").write_bytes(_png(drawn))
            assert drawn.paper is not None
            _write_json(folder / f"{letter}.truth.json", {"form": name, "fields": drawn.paper.truth})
    folder = target / "batch"
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, wants in BATCH.items():
        pages = [_draw(want, forms) for want in wants]
        (folder / name).write_bytes(_packed(name, pages))
        files.append({"file": name, "pages": [page.told(i) for i, page in enumerate(pages, start=1)]})
    _write_json(
        folder / "manifest.json",
        {
            "box": "KM-20251014-HIGASHI-B001",
            "ward": "東区",
            "procedure": "こども医療費",
            "business_date": BUSINESS_DATE.isoformat(),
            "declared_sheets": sum(len(wants) for wants in BATCH.values()),
            "files": files,
        },
    )


def _draw(want: Want | str, forms: Forms) -> Drawn:
    if isinstance(want, str):
        return Drawn(*STRAYS[want](), kind=want)
    paper = _paper(want, forms)
    picture = np.ascontiguousarray(np.rot90(paper.picture, -want.turned))
    return Drawn(picture, paper.dpi, "form", paper, want.turned)


def _paper(want: Want, forms: Forms) -> Paper:
    form, look = forms[want.form], Look(want.style, want.recipe, "sample", want.faults)
    if want.of is None:
        return make_like(form, want.seed, look)
    said = _paper(want.of, forms).truth
    if form.found == "labels":
        return make_receipt(form, want.seed, look, visit_of(np.random.default_rng(want.seed), said, want.row))
    return make_like(form, want.seed, look, told=partial(cover_of, said))


def _packed(name: str, pages: list[Drawn]) -> bytes:
    kind = name.rpartition(".")[2]
    if kind == "tif":
        return _tiff(pages)
    if kind == "pdf":
        return _pdf(pages)
    return _png(pages[0]) if kind == "png" else _jpeg(pages[0])


def _image(page: Drawn) -> Image.Image:
    shown = page.picture if page.picture.ndim == 2 else cv2.cvtColor(page.picture, cv2.COLOR_BGR2RGB)
    return Image.fromarray(shown)


def _png(page: Drawn) -> bytes:
    out = io.BytesIO()
    _image(page).save(out, "PNG", optimize=True, dpi=(page.dpi, page.dpi))
    return out.getvalue()


def _jpeg(page: Drawn) -> bytes:
    out = io.BytesIO()
    _image(page).save(out, "JPEG", quality=JPEG_QUALITY, optimize=True, dpi=(page.dpi, page.dpi))
    return out.getvalue()


def _tiff(pages: list[Drawn]) -> bytes:
    first, *others = [_image(page).convert("1") for page in pages]
    out = io.BytesIO()
    dpi = (pages[0].dpi, pages[0].dpi)
    first.save(out, "TIFF", save_all=True, append_images=others, compression="group4", dpi=dpi)
    return out.getvalue()


def _pdf(pages: list[Drawn]) -> bytes:
    """One JPEG a page and no text, as scanners write PDF."""
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for page in pages:
        height, width = (side / page.dpi * inch for side in page.picture.shape[:2])
        canvas.setPageSize((width, height))
        canvas.drawImage(ImageReader(io.BytesIO(_jpeg(page))), 0, 0, width, height)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text("".join(_lines(content)), "utf-8")


def _lines(content: dict[str, Any]) -> Iterator[str]:
    yield json.dumps(content, ensure_ascii=False, indent=1)
    yield "\n"


def main(arguments: list[str]) -> None:
    """Draws into the folder named, or into this repository's samples/."""
    target = Path(arguments[0]) if arguments else ROOT / "samples"
    draw_samples(target, load_forms(ROOT / "pipelines", ROOT / "schemas"))
    write_ledgers(target)


if __name__ == "__main__":
    main(sys.argv[1:])
