"""Names as people write them and as they are read: 1,999 surnames and 91,000 given names, of japanese-personal-name-dataset."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from japanese_personal_name_dataset import load_dataset

from tsuzuri.rules.lists.variants import VARIANTS

GAP = "\u3000"
LONGEST_SURNAME = 5
HIRAGANA = range(ord("ぁ"), ord("ゖ") + 1)
KATAKANA_BY = ord("ア") - ord("あ")
# Kana that differ in size alone look alike in most hands, and ー like 一: which was meant, the list knows.
FULL = str.maketrans("ァィゥェォッャュョヮー", "アイウエオツヤユヨワ一")
UNLISTED = 0.25        # of names, so many are in no list: of our own invented families and children 22 %
Readings = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Named:
    """A name as the lists have it: kanji and katakana, each with the gap; how surely (0–1) it is this one and no other.

    `varied`: it has a letter that is written otherwise by others of the same reading.
    """

    kanji: str
    kana: str
    sure: float

    @property
    def varied(self) -> bool:
        return not VARIANTS.isdisjoint(self.kanji)


def as_listed(kanji: Mapping[str, float], kana: Mapping[str, float]) -> Named | None:
    """The name of the lists that both fields spell, if it is likelier than all others, and than a name that no list has.

    Both hold the spellings that their readers think possible, with probabilities. Sizes of kana are the lists' to say.
    """
    said: dict[str, float] = {}
    for text, p in kana.items():
        folded = as_said(text)
        said[folded] = said.get(folded, 0.0) + p
    found: dict[tuple[str, str, str, str], float] = {}
    for text, p in kanji.items():
        for name in _readable(_bare(text)):
            shared = p * said.get((name[2] + name[3]).translate(FULL), 0.0)
            found[name] = max(found.get(name, 0.0), shared)
    best = max(found, key=lambda name: found[name], default=None)
    if best is None or found[best] <= 0:
        return None
    sure = found[best] / (sum(found.values()) + UNLISTED * _unlisted(kanji, said, found))
    return Named(best[0] + GAP + best[1], best[2] + GAP + best[3], sure) if sure > 0.5 else None


def _unlisted(kanji: Mapping[str, float], said: Mapping[str, float], found: Mapping[tuple[str, str, str, str], float]) -> float:
    """How likely both readers' first spellings are, where they are no name of the lists together."""
    first, first_said = max(kanji, key=lambda text: kanji[text]), max(said, key=lambda text: said[text])
    listed = any(a + b == _bare(first) and (c + d).translate(FULL) == first_said for a, b, c, d in found)
    return 0.0 if listed else kanji[first] * said[first_said]


def _readable(name: str) -> Iterator[tuple[str, str, str, str]]:
    """Every way to part a name into a family's and a given one that the lists can read."""
    surnames, given = open_names()
    for cut in range(1, min(LONGEST_SURNAME, len(name) - 1) + 1):
        for family in surnames.get(name[:cut], ()):
            for own in given.get(name[cut:], frozenset()) | _read_as_written(name[cut:]):
                yield name[:cut], name[cut:], family, own


def _read_as_written(given: str) -> frozenset[str]:
    """A given name in kana reads as it stands."""
    return frozenset({_katakana(given)}) if all(_katakana(c) != c or "ァ" <= c <= "ヶ" or c == "ー" for c in given) else frozenset()


def as_said(kana: str) -> str:
    """A name's katakana as it is compared: without gaps, small kana as big ones."""
    return _bare(kana).translate(FULL)


def _bare(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _katakana(hiragana: str) -> str:
    return "".join(chr(ord(c) + KATAKANA_BY) if ord(c) in HIRAGANA else c for c in hiragana)


@lru_cache(maxsize=1)
def open_names() -> tuple[Readings, Readings]:
    """Surnames and given names, kanji → readings in katakana. 0.4 s and 20 MB, once a process and its forks."""
    men, women, families = load_dataset(kind="org", include_last_names=True)
    given: dict[str, set[str]] = {}
    for names in (men, women):
        for reading, entry in names.items():
            for kanji in entry["kanji"]:
                given.setdefault(kanji, set()).add(_katakana(reading))
    surnames = {kanji: frozenset({_katakana(entry["reading"])}) for kanji, entry in families.items()}
    return surnames, {kanji: frozenset(readings) for kanji, readings in given.items()}
