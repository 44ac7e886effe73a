"""Fetches the handwriting fonts that only figures use: `python -m tsuzuri.synth.fontsource`. Touches npm and .cache/fonts.

No Debian package holds a handwriting font that the small reader was not trained on. npm's @fontsource packages do, cut
into a hundred pieces for the web; the pieces are joined into one TrueType file a font. Both are under the OFL.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from fontTools.merge import Merger, Options
from fontTools.ttLib import TTFont

from tsuzuri.image.letters import FETCHED

# npm package → the file it becomes; versions are pinned, so that a figure can be had again.
PACKAGES = {
    "@fontsource/yomogi@5.3.0": "Yomogi-Regular.ttf",
    "@fontsource/zen-kurenaido@5.3.0": "ZenKurenaido-Regular.ttf",
}
SHAPING = ["GSUB", "GPOS", "GDEF", "BASE", "vhea", "vmtx", "VORG", "DSIG", "meta", "STAT"]   # drawing sets letter by letter


def fetch(package: str, target: Path) -> None:
    """Puts the package's font, whole, at `target`. Raises OSError or CalledProcessError where npm does not work."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, capture_output=True, timeout=300)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as packed:
            packed.extractall(folder, filter="data")
        pieces = sorted(Path(folder, "package/files").glob("*-400-normal.woff"), key=_order)
        join(pieces, target)


def join(pieces: list[Path], target: Path) -> None:
    """One TrueType file with the letters of all pieces; of a letter that two have, the first piece's."""
    with tempfile.TemporaryDirectory() as folder:
        plain = []
        for i, piece in enumerate(pieces):
            plain.append(f"{folder}/{i}.ttf")
            with TTFont(piece) as opened:
                opened.flavor = None
                opened.save(plain[-1])
        joined = Merger(Options(drop_tables=SHAPING)).merge(plain)
        target.parent.mkdir(parents=True, exist_ok=True)
        joined.save(f"{folder}/joined.ttf")
        joined.close()
        shutil.move(f"{folder}/joined.ttf", target)


def _order(piece: Path) -> tuple[int, str]:
    """Pieces by number; those named after a script (latin, greek) last."""
    number = re.search(r"-(\d+)-400-normal", piece.name)
    return (int(number[1]) if number else 1_000, piece.name)


def main() -> int:
    """Fetches what is missing; 1 and a sentence where npm cannot."""
    for package, name in PACKAGES.items():
        if (FETCHED / name).is_file():
            continue
        try:
            fetch(package, FETCHED / name)
        except (OSError, subprocess.SubprocessError) as error:
            sys.stderr.write(f"npm pack {package} did not work ({type(error).__name__}): figures fall back to the samples' fonts\n")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
