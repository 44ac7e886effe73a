"""個人番号 (My Number): twelve digits found in ink by their check digit and grouping, and blotted out. Touches nothing.

The law forbids to keep the number without need, and a hash of it gives it away as well (10^11 of them are soon tried): what is
found is told by place alone. The check digit is that of the ministerial ordinance (総務省令第85号 第5条): 11 digits weighed
6 5 4 3 2 7 6 5 4 3 2, and 11 less the sum's remainder by 11, or 0.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

LONG = 12
WEIGHTS = (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
BLOT = "●"
NAMES = ("個人番号", "マイナンバ", "通知カード")
# What readers make of digits now and then. Only twelve in a row count, so that a word is never taken for a number.
MISREAD = str.maketrans("OoDQlI|!", "00001111")
_GAP = r"[ \-‐‑–—―ー−・.]?"
_TWELVE = re.compile(rf"(?<![0-9])[0-9](?:{_GAP}[0-9]){{{LONG - 1}}}(?![0-9])")
_FOURS = re.compile(r"[0-9]{4}[^0-9][0-9]{4}[^0-9][0-9]{4}")
# Of a business, on every receipt: T and thirteen digits, mostly one and three fours (適格請求書発行事業者の登録番号).
_REGISTERED = re.compile(rf"T(?:{_GAP}[0-9]){{{LONG},{LONG + 1}}}(?![0-9])")      # a digit of it may lie beyond the crop
_NAME = re.compile("[個箇佃][人入][番蕃]|マイナン|通知カ")


@dataclass(frozen=True, slots=True)
class Twelve:
    """Twelve digits in ink, from `start` to `end` of it: whether their check digit holds, and whether they stand in fours."""

    start: int
    end: int
    proven: bool
    grouped: bool


def twelves(ink: str) -> Iterator[Twelve]:
    """Every run of just twelve digits, full-width ones, gaps and readers' usual slips allowed for."""
    plain = "".join(_plain(c) for c in ink)
    for found in _TWELVE.finditer(plain):
        digits = re.sub("[^0-9]", "", found[0])
        yield Twelve(found.start(), found.end(), holds(digits), bool(_FOURS.fullmatch(found[0])))


def holds(digits: str) -> bool:
    """Whether the last of twelve digits is the check digit of those before it."""
    if not re.fullmatch(rf"[0-9]{{{LONG}}}", digits):
        return False
    rest = sum(int(d) * weight for d, weight in zip(digits, WEIGHTS, strict=False)) % 11
    return int(digits[-1]) == (0 if rest <= 1 else 11 - rest)


def named(text: str) -> bool:
    """Whether a text speaks of such a number, one misread letter forgiven."""
    return bool(_NAME.search(unicodedata.normalize("NFKC", text).replace(" ", "")))


def registered(text: str) -> bool:
    """Whether a text has the registration number of a business in it, of which the last twelve digits look like a person's."""
    return bool(_REGISTERED.search(unicodedata.normalize("NFKC", text)))


def blotted(ink: str, spans: Iterator[Twelve] | tuple[Twelve, ...]) -> str:
    """The ink with those digits blotted out, its length kept."""
    letters = list(ink)
    for span in spans:
        letters[span.start:span.end] = BLOT * (span.end - span.start)
    return "".join(letters)


def _plain(letter: str) -> str:
    folded = unicodedata.normalize("NFKC", letter)
    return folded.translate(MISREAD) if len(folded) == 1 else letter
