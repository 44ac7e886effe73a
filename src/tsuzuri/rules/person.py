"""Who a paper is for: what it says of the person, how that is compared with 受給者台帳, what is looked up. Touches lists.

Comparing folds what readers and hands mix up and nobody means: gaps, sizes of kana, shapes of one letter, hyphens.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tsuzuri.rules.digits import fits
from tsuzuri.rules.lists import as_person, as_said

# What a paper may say of a person, by the name that the ledger has for it, and how it is compared.
SAID: Mapping[str, Callable[[str], str]] = {
    "recipient_no": lambda text: text,
    "birth": lambda text: text,
    "kana": as_said,
    "name": as_person,
    "insurer_no": lambda text: text.lstrip("0"),
    "symbol": lambda text: _bare(text),
    "number": lambda text: _bare(text),
}
# The same where it is asked which of two spellings stands there: 高 is not 髙 then.
WRITTEN: Mapping[str, Callable[[str], str]] = {**SAID, "kana": lambda text: _bare(text), "name": lambda text: _bare(text)}


@dataclass(frozen=True, slots=True)
class Sought:
    """What to look for in 受給者台帳 on behalf of one claim: spellings that readers hold possible, as values of their kinds.

    `kanas` and `names` narrow down `births`; `cards` are symbol and number of an insurance; `scheme` "" is any.
    """

    scheme: str = ""
    numbers: frozenset[str] = frozenset()
    births: frozenset[str] = frozenset()
    kanas: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    cards: frozenset[tuple[str, str]] = frozenset()


def near(number: str) -> Iterator[str]:
    """The number, and those of one other digit, or with two neighbours swapped, whose check digit fits."""
    yield number
    for i, digit in enumerate(number):
        others = [number[:i] + other + number[i + 1:] for other in "0123456789" if other != digit]
        swapped = number[:i] + number[i + 1:i + 2] + digit + number[i + 2:]
        yield from (other for other in (*others, swapped) if other != number and fits(other))


def alike(a: str, b: str) -> bool:
    """Whether two folded names have so many letters in common that one may be a misreading of the other."""
    return len(set(a) ^ set(b)) <= max(len(set(a)), len(set(b))) // 2 + 1


def _bare(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text)
    return "".join(letter for letter in folded if not letter.isspace() and letter not in "-‐－・･")
