"""What can be told of a file while its sender waits: from headers, and from pixels only where they cost next to nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from tsuzuri.errors import Refused
from tsuzuri.image import Pixels
from tsuzuri.image.pages import HALVED, JPEG, PDF, TIFF, media_of, opened, readable, resolutions
from tsuzuri.image.quality import FAULTS, hints

FEW = 0.004         # bytes a pixel: a sheet of text by fax has 0.01; so few are one colour, and soon decoded
SMALL = 1_000_000   # pixels
THUMB_PX = 160
STRIPS = 279        # TIFF's tag for how many bytes each strip of a page has
MOST_PAGES = 40     # of one file are looked at


def glance(path: Path) -> tuple[str, ...]:
    """Warnings for the sender, in Japanese, page by page; empty for a file that looks fit, or that cannot be told so soon.

    Refuses nothing and raises nothing: what is broken is told by whoever takes the file.
    """
    try:
        media = media_of(path)
        if media == PDF:
            return ()
        with path.open("rb") as file, readable():
            picture = opened(file, media)
            pages = min(getattr(picture, "n_frames", 1), MOST_PAGES) if media == TIFF else 1
            told: list[str] = []
            for number in range(pages):
                if pages > 1:
                    picture.seek(number)
                where = f"{number + 1}ページ目: " if pages > 1 else ""
                told += [where + FAULTS[word] for word in _seen(picture, media, _size(picture, path))]
            return tuple(told)
    except Refused:
        return ()


def _size(picture: Image.Image, path: Path) -> float:
    """The bytes of this page's pixels."""
    strips = picture.tag_v2.get(STRIPS, ()) if isinstance(picture, TiffImageFile) else ()
    return float(sum(strips)) if strips else float(path.stat().st_size)


def _seen(picture: Image.Image, media: str, size: float) -> list[str]:
    across, down = resolutions(picture)
    width, height = picture.size
    if min(across, down) > 1 and across != down:
        height = round(height * across / down)      # a fax of half the lines
    small = np.zeros((0, 0), dtype=np.uint8)
    soon = media == JPEG or size < FEW * width * height or width * height < SMALL
    if soon and width * height <= HALVED:       # nobody has held it against a cap yet: a small file may unfold to gigabytes
        small = _thumbnail(picture)
    return hints(small, (width, height), across if across > 50 else 0.0)


def _thumbnail(picture: Image.Image) -> Pixels:
    if picture.format == "JPEG":
        picture.draft("L", (THUMB_PX, THUMB_PX))     # decodes an eighth of it
    small = picture.convert("L")
    small.thumbnail((THUMB_PX, THUMB_PX))
    return np.asarray(small, dtype=np.uint8)
