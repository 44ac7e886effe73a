"""個人番号 leaves no trace: the file that showed one is written anew without it, and what was sent is forgotten.

First the new file is durable, then the row names it and lets go of the old one, then that goes; what is cut off in between,
the sweep ends.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Mapping, Sequence

from tsuzuri.flow.line import Line
from tsuzuri.image import Picture
from tsuzuri.image.pages import blackened, rewritten
from tsuzuri.model import Placement, Scan
from tsuzuri.stages.mask import Spot
from tsuzuri.store import Unit


def without(picture: Picture, placement: Placement, found: Sequence[Spot]) -> Picture:
    """The page as scanned, black where a number surely stands."""
    sure = [spot.px for spot in found if spot.sure]
    return blackened(picture, placement, sure, placed=placement.form is not None) if sure else picture


def keep_without(line: Line, scan: Scan, shown: Mapping[int, Picture]) -> str:
    """The scan's file with some pages (by number) as shown, kept beside the first; its name."""
    with tempfile.TemporaryFile() as written:
        rewritten(line.files.present(scan.kept), scan.pages, shown, written)
        size = written.seek(0, io.SEEK_END)     # Pillow leaves a TIFF of one page open somewhere before its end
        written.seek(0)
        with line.files.receive(size) as staged:
            shutil.copyfileobj(written, staged)
            return staged.keep()


def still_there(line: Line, unit: Unit, *names: str) -> None:
    """Files just kept, which rows of this unit name: held, so that none is removed before the commit.

    Raises Stuck where one was let go meanwhile, for another row that named the same bytes: keep it once more.
    """
    for name in sorted(names):       # in one order: two units that hold several must not wait for each other
        unit.hold_file(name)
        line.files.present(name)


def forget_unwanted(line: Line) -> int:
    """Remove the files that rows let go of and no row needs; how many. Asked after each masking, and by the sweep.

    What another row needs stays: it was sent twice, and goes when that row lets go of it too.
    """
    with line.store.read() as look:
        waiting = look.unwanted()
    gone = 0
    for n, sha256 in waiting:
        with line.unit() as unit:
            unit.hold_file(sha256)
            if not unit.needs(sha256):
                line.files.forget(sha256)
                gone += 1
            unit.forgotten(n)
    return gone
