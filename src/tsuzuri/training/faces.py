"""Whose letters are learnt from: every font with its licence and where it comes from. Touches the font folders only.

Fonts that tests and figures use are refused, by file name and by the name inside the file: what is learnt is never examined.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fontTools.ttLib import TTFont

from tsuzuri.errors import Refused
from tsuzuri.synth.fonts import HAND, PRINT

ROOT = Path(__file__).parents[3]
FOLDERS = (Path("/usr/share/fonts"), ROOT / ".cache/root/usr/share/fonts", ROOT / ".cache/faces")

# Yomogi, Zen Kurenaido and BIZ UD are examined in every bench; t10k is MNIST's test half. synth's own test fonts join
# them, and so do their sisters: a family is one hand.
_KEPT_OUT = ("yomogi", "zenkurenaido", "bizud", "t10k", "klee", "vlgothic", "vlpgothic", "yoz")


class TestMaterial(Refused):
    """What was offered for learning is what figures are quoted from."""

    code = "test_material"
    __test__ = False


@dataclass(frozen=True, slots=True)
class Face:
    """One hand or one print. `files` are asked in order for each glyph; `source` is "debian:NAME" or "npm:NAME"."""

    name: str
    files: tuple[str, ...]
    source: str
    licence: str
    hand: bool


def _debian(package: str, licence: str, *files: str, hand: bool) -> list[Face]:
    return [Face(Path(file).stem, (file,), f"debian:{package}", licence, hand) for file in files]


def _fontsource(licence: str, subsets: tuple[str, ...], *names: str) -> list[Face]:
    return [
        Face(n, tuple(f"{n}-{s}-400-normal.woff" for s in subsets), f"npm:@fontsource/{n}", licence, True)
        for n in names
    ]


# Licences as Debian's copyright files and the packages' LICENSE files state them. None restricts what is made with the
# letters; the weights hold no outlines.
FACES: tuple[Face, ...] = (
    *_debian("fonts-kiloji", "BSD-3-Clause", "kiloji.ttf", "kiloji_b.ttf", hand=True),
    *_debian("fonts-seto", "OFL-1.1", "setofont.ttf", hand=True),
    *_debian("fonts-aoyagi-kouzan-t", "public domain", "AoyagiKouzanT.ttf", hand=True),
    *_debian("fonts-aoyagi-soseki", "public domain", "aoyagi-soseki.ttf", hand=True),
    *_debian("fonts-kouzan-mouhitsu", "public domain", "kouzan-mouhitsu.ttf", "kouzan-mouhitsu-gyosho.ttf", hand=True),
    *_fontsource("OFL-1.1", ("japanese", "latin"), "hachi-maru-pop", "yusei-magic", "new-tegomin", "slackside-one",
                 "darumadrop-one", "kiwi-maru", "potta-one", "stick", "cherry-bomb-one", "rocknroll-one",
                 "zen-maru-gothic"),
    *_fontsource("OFL-1.1", ("latin",), "caveat", "patrick-hand", "indie-flower", "shadows-into-light", "kalam",
                 "reenie-beanie", "gaegu", "architects-daughter", "handlee", "gochi-hand", "cedarville-cursive",
                 "nothing-you-could-do", "zeyada", "delius", "marck-script"),
    *_fontsource("Apache-2.0", ("latin",), "schoolbell", "coming-soon", "just-another-hand", "homemade-apple"),
    *_debian("fonts-ipafont-gothic", "IPA-1.0", "ipag.ttf", "ipagp.ttf", hand=False),
    *_debian("fonts-ipafont-mincho", "IPA-1.0", "ipam.ttf", "ipamp.ttf", hand=False),
    *_debian("fonts-noto-cjk", "OFL-1.1", "NotoSansCJK-Regular.ttc", "NotoSansCJK-Bold.ttc",
             "NotoSerifCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc", hand=False),
    *_debian("fonts-takao-mincho", "IPA-1.0", "TakaoPMincho.ttf", hand=False),
    *_debian("fonts-migmix", "IPA-1.0", "migmix-1p-regular.ttf", "migmix-2m-bold.ttf", hand=False),
    *_debian("fonts-umeplus", "M+ and BSD-3-Clause", "umeplus-gothic.ttf", hand=False),
    *_debian("fonts-motoya-l-maruberi", "Apache-2.0", "MTLmr3m.ttf", hand=False),
    *_debian("fonts-sawarabi-mincho", "OFL-1.1", "sawarabi-mincho-medium.ttf", hand=False),
    *_debian("fonts-dejavu-core", "Bitstream Vera", "DejaVuSans.ttf", "DejaVuSansMono.ttf", hand=False),
    *_debian("fonts-liberation", "OFL-1.1", "LiberationSans-Regular.ttf", "LiberationMono-Regular.ttf",
             "LiberationSerif-Regular.ttf", hand=False),
)


def sources(kind: str) -> list[str]:
    """The packages of one kind ("debian", "npm") that the table names, each once."""
    return sorted({f.source.partition(":")[2] for f in FACES if f.source.startswith(f"{kind}:")})


def refuse_test_material(name: str) -> None:
    """Raises TestMaterial where `name` (a file's or a font's) is of what tests and figures use."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    tested = (re.sub(r"[^a-z0-9]", "", Path(n).stem.lower()) for n in (*PRINT["test"], *HAND["test"]))
    if any(word in plain for word in (*_KEPT_OUT, *tested)):
        raise TestMaterial(f"{name} is kept for tests and figures; learn from something else")


def refuse_test_font(path: Path) -> None:
    """The same for a font file, by the names inside it too: a renamed file is the same font."""
    refuse_test_material(path.name)
    with TTFont(path, fontNumber=0, lazy=True) as opened:
        for record in opened["name"].names:
            if record.nameID in (1, 4, 6):         # family, full and PostScript name
                refuse_test_material(record.toUnicode(errors="replace"))


@lru_cache(maxsize=1)
def _files() -> dict[str, Path]:
    named = os.environ.get("TSUZURI_FONTS")
    folders = ([Path(named)] if named else []) + list(FOLDERS)
    return {
        path.name: path
        for folder in reversed(folders) if folder.is_dir()
        for path in sorted(folder.rglob("*")) if path.suffix in {".ttf", ".ttc", ".otf", ".woff"}
    }


def here() -> dict[Face, tuple[Path, ...]]:
    """The faces of the table that this machine has, with their files; a face of two subsets may have one of them."""
    found = {face: tuple(_files()[name] for name in face.files if name in _files()) for face in FACES}
    return {face: paths for face, paths in found.items() if paths}
