"""Banks and their branches by the codes of the Zengin network, from the data files of the package zengin-code.

The package's Python would load all 30,000 branches; only its files are read, each bank's when it is asked for.
"""

from __future__ import annotations

import importlib.util
import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from tsuzuri.rules.lists.entries import Entry

# What papers write in full, the list has short; a bank's own 銀行 and a branch's own 支店 it leaves out.
SHORT = (("信用金庫", "信金"), ("信用組合", "信組"), ("農業協同組合", "農協"), ("漁業協同組合", "漁協"), ("労働金庫", "労金"))
COMPANY = re.compile("^(株式会社|JA(?=.+農協))|株式会社$")
HEAD_OFFICE = "本店"


@dataclass(frozen=True)
class Coded:
    """A list in memory, by code and by folded name. `places`: it is a bank's branches, not the banks."""

    names: Mapping[str, str]
    places: bool = False
    _called: dict[str, list[Entry]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for code, name in self.names.items():
            entry = Entry(code, self.fold("name", name))
            self._called.setdefault(entry.name, []).append(entry)

    def coded(self, code: str) -> Entry | None:
        """The entry of that code."""
        return Entry(code, self.fold("name", self.names[code])) if code in self.names else None

    def called(self, name: str) -> Collection[Entry]:
        """The entries of that folded name."""
        return self._called.get(name, ())

    def fold(self, word: str, text: str) -> str:
        """Of a name what tells it from others, so that 肥後銀行 is 肥後, 健軍支店 健軍; of a code its digits."""
        bare = "".join(unicodedata.normalize("NFKC", text).split())
        if word == "code":
            return bare
        return _branch(bare) if self.places else _bank(bare)


def _bank(name: str) -> str:
    for long, short in SHORT:
        name = name.replace(long, short)
    return COMPANY.sub("", name).removesuffix("銀行") or name


def _branch(name: str) -> str:
    if name in (HEAD_OFFICE, "本店営業部", "本所"):
        return HEAD_OFFICE
    # ゆうちょ銀行 has 七一八店, others 健軍支店: the last word says no more than that it is one.
    return re.sub("(?<=.)(支店|支所|店)$", "", name)


@lru_cache(maxsize=1)
def banks() -> Coded:
    """All banks, some 1,150."""
    return Coded(_names("banks.json"))


@lru_cache(maxsize=64)
def branches(bank: str) -> Coded:
    """The branches of the bank of that code; none if no bank has it."""
    return Coded(_names(f"branches/{bank}.json") if bank in banks().names else {}, places=True)


def _names(file: str) -> dict[str, str]:
    return {code: entry["name"] for code, entry in spelled(file).items()}


def spelled(file: str) -> dict[str, dict[str, str]]:
    """One of the package's files: by code the entry's name, kana and more, as the package spells them; none without such a file."""
    spec = importlib.util.find_spec("zengin_code")      # found, not imported
    assert spec is not None and spec.origin is not None, "zengin-code is one of our dependencies"
    path = Path(spec.origin).parent / "source-data" / "data" / file
    told: dict[str, dict[str, str]] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return told
