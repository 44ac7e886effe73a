"""Where in a longer text a value of a kind stands: ¥1,230 within "合計 ¥1,230-", the first day within "7月1日～7月3日".

For papers whose values have no box of their own. Touches only the kinds. A spot is a span of the text; whether its ink is
a value is for the kind's parse to say, as always.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from tsuzuri.rules.kinds import DIGITS, KINDS, Unreadable

Span = tuple[int, int]

_NUMBER = r"(?<![\d/.年月-])(?<!\d:)(?:[¥\\半羊Y]?[-−△▲]?[¥\\]?)(?:\d{1,3}(?:[,.、]\d{3})+|\d{1,8})(?![\d/:]|[.,-]\d)"
_ERA = r"(?:[令今合][和利]|平[成戒]|昭[和利]|[令平昭RHS])"      # as readers see it: 令 is 今 in small print
_YEAR = rf"(?:{_ERA}(?:\d{{1,2}}|元)|(?:19|20)\d\d|\d{{1,2}}(?=年))"
_SPOTS: dict[str, re.Pattern[str]] = {kind: re.compile(pattern) for kind, pattern in {
    # 円 in small print is read as 日 or 川; at a text's end nothing else can be meant.
    "yen": _NUMBER + r"(?!\s*[点回%割年月枚歳時分号名]|日[^)）])(?:円也?|[-ー]$|[日川口](?=[)）]?$))?",
    "int": _NUMBER + r"(?!\s*[円%割年月歳時分号名])(?:点|日|回|枚)?",
    "wareki": _YEAR + r"[年./-]\d{1,2}[月./-](?:[12]\d|3[01]|0?[1-9])日?",
    "ym": _YEAR + r"[年./-](?:1[0-2]|0?[1-9])(?:月分?|(?=[./-])|$)",
    "phone": r"(?<!\d)\(?0\d{1,4}[-()ー]{1,2}\d{1,4}[-)ー]\d{3,4}(?!\d)|(?<![\d-])0\d{9,10}(?!\d)",
    "postal": r"〒?(?<!\d)\d{3}[-ー]\d{4}(?!\d)",
    "inst_code": r"(?<!\d)\d{10}(?!\d)|(?<!\d)\d{7}(?!\d)",
    "code": r"[A-Za-z]{0,4}-?\d[A-Za-z0-9/-]{0,19}",
    "address": r"(?:\w{2,4}[都道府県])?\w{1,8}?[市区町村郡]\S*\d(?:号室|[号室階F番])?",
    "name": r"[^\d:：()（）¥円]{2,24}",
    "text": r"\S.+\S",
}.items()}
SHAPED = frozenset({"phone", "postal", "address", "wareki"})     # kinds whose shape alone tells them from all else on a paper
_NUMERIC = frozenset({"yen", "int", "wareki", "ym", "phone", "postal", "inst_code", "code"})

# What may stand in a value's printed text, beyond what its digit boxes hold.
_PRINTED = {
    "yen": DIGITS + ",¥円-", "int": DIGITS + ",点日回枚", "wareki": DIGITS + "年月日元令和平成昭RHS./-～~",
    "ym": DIGITS + "年月日分元令和平成昭RHS./-～~", "phone": DIGITS + "-()", "postal": DIGITS + "-〒", "inst_code": DIGITS,
    "code": DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ-/",
}


def plain(text: str) -> str:
    """The text with every character in its plain form (NFKC), one for one: its length stays."""
    return "".join(p if len(p := unicodedata.normalize("NFKC", c)) == 1 else c for c in text)


def spots(kind: str, text: str, words: Mapping[str, Sequence[str]] | None = None) -> list[Span]:
    """The spans of `text` that look like values of the kind, from the left; of a choice, its `words` as papers put them."""
    if kind == "choice":
        return [span for span, _ in _words(plain(text), words or {})]
    pattern = _SPOTS.get(kind)
    return [] if pattern is None else [match.span() for match in pattern.finditer(plain(text))]


def chosen(text: str, words: Mapping[str, Sequence[str]]) -> str:
    """The choice that a text puts into its own words ("30%" → "3割"), or "" if none."""
    return next((value for _, value in _words(plain(text), words)), "")


def _words(text: str, words: Mapping[str, Sequence[str]]) -> Iterator[tuple[Span, str]]:
    spelled = sorted(((put, value) for value, puts in words.items() for put in puts), key=lambda pair: -len(pair[0]))
    at = 0
    while at < len(text):
        found = next(((put, value) for put, value in spelled if text.startswith(put, at)), None)
        if found is None or _within_number(text, at, at + len(found[0])):
            at += 1
            continue
        yield (at, at + len(found[0])), found[1]
        at += len(found[0])


def _within_number(text: str, start: int, end: int) -> bool:
    """Whether the span is cut out of a longer number: 30% is not said by 130%."""
    return any(0 < edge < len(text) and text[edge - 1:edge + 1].isdigit() for edge in (start, end))


def numeric(kind: str) -> bool:
    """Whether the kind's values are digits in the main: a text without digits holds none."""
    return kind in _NUMERIC


def printed(kind: str) -> str | None:
    """All characters that a printed value of the kind may show; None for any."""
    return _PRINTED.get(kind)


def parses(kind: str, ink: str) -> bool:
    """Whether the ink is a value of the kind."""
    try:
        KINDS[kind].parse(ink)
    except Unreadable:
        return False
    return True
