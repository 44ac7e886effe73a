"""The bar on top of every page: one list of the desk's pages, in groups, each with who may open it. Touches only roles.

A new page of the desk is one more line here; `here` is what its route hands to `door.page`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tsuzuri.desk.who import Who

WORK, FORMS, OVERSIGHT, RECORDS = "作業", "台帳・帳票", "管理", "記録"


@dataclass(frozen=True)
class Entry:
    """A page: `here` names it, `path` below /desk opens it, `group` holds it, `may` says to whom it is shown."""

    here: str
    path: str
    label: str
    group: str
    may: Callable[[Who], bool] = lambda who: True


@dataclass(frozen=True)
class Group:
    """A group's entries that one person may open; `shut`: behind its name, else side by side in the bar."""

    label: str
    entries: tuple[Entry, ...]
    shut: bool

    def holds(self, here: str) -> bool:
        """Whether the page stands in it."""
        return any(entry.here == here for entry in self.entries)


def _edits(who: Who) -> bool:
    return who.may_edit


def _judges(who: Who) -> bool:
    return who.may_judge


def _oversees(who: Who) -> bool:
    return who.may_oversee


def _oversees_city(who: Who) -> bool:
    return who.may_see_nights


ENTRIES = (
    Entry("queue", "/", "受付一覧", WORK),
    Entry("runs", "/runs", "項目ごと", WORK, _edits),
    Entry("second", "/second", "ブラインド入力", WORK, _edits),
    Entry("judge", "/judge", "裁定", WORK, _judges),
    Entry("sample", "/sample", "抜き取り", WORK, _edits),
    Entry("exceptions", "/exceptions", "例外", WORK, _edits),
    Entry("letters", "/letters", "返戻・照会", WORK),
    Entry("batches", "/batches", "バッチ", OVERSIGHT, _oversees),
    Entry("boxes", "/boxes", "箱", OVERSIGHT, _oversees),
    Entry("work", "/work", "作業割当", OVERSIGHT, _oversees),
    Entry("quality", "/quality", "品質", OVERSIGHT, _oversees),
    Entry("dial", "/dial", "精度目標", OVERSIGHT, _oversees_city),
    Entry("people", "/people", "担当者", OVERSIGHT, _oversees_city),
    Entry("nights", "/nights", "夜間連携", OVERSIGHT, _oversees_city),
    Entry("ledgers", "/ledgers", "台帳", FORMS),
    Entry("rules", "/rules", "点検規則", FORMS),
    Entry("studio", "/studio", "帳票", FORMS, _oversees_city),
    Entry("mine", "/mine", "自分の記録", RECORDS, _edits),
    Entry("keys", "/keys", "キー設定", RECORDS),
)


def groups(who: Who | None) -> tuple[Group, ...]:
    """The groups in their order with what this person may open; nobody: none. Only the daily work stands open."""
    if who is None:
        return ()
    told = []
    for label in (WORK, OVERSIGHT, FORMS, RECORDS):
        entries = tuple(entry for entry in ENTRIES if entry.group == label and entry.may(who))
        if entries:
            told.append(Group(label, entries, label != WORK))
    return tuple(told)
