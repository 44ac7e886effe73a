"""How people worked, one row for each confirmation: what speeds, and what catches of lures, are reckoned from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert

from tsuzuri.store.desk_tables import strokes
from tsuzuri.store.unit import Unit


@dataclass(frozen=True, slots=True)
class Stroke:
    """One field confirmed by one person. `mode`: sheet, run, carpet, second, judge or sample; `took_ms` since the field was
    before them, `keys` pressed meanwhile; `changed`: to another value than was shown. `lure`: the wrong value that was shown to
    see whether anybody looks (None: none), `caught`: it was not confirmed.
    """

    document_id: str
    field: str
    mode: str
    by: str
    at: datetime
    took_ms: int
    keys: int
    changed: bool
    lure: str | None = None
    caught: bool | None = None


def note_strokes(unit: Unit, made: Iterable[Stroke]) -> None:
    """Keep them, in the unit's own commit."""
    told = [{**asdict(stroke), "changed": int(stroke.changed), "caught": None if stroke.caught is None else int(stroke.caught)}
            for stroke in made]
    if told:
        unit.connection.execute(insert(strokes), told)
