"""How people worked, one row for each confirmation: what speeds, and what catches of lures, are reckoned from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, insert, select

from tsuzuri.forms import asked_as
from tsuzuri.store.desk_tables import strokes
from tsuzuri.store.tables import documents
from tsuzuri.store.unit import Look, Unit


@dataclass(frozen=True, slots=True)
class Stroke:
    """One field confirmed by one person. `mode`: sheet, run, carpet, second, judge or sample; `took_ms` since the field was
    before them, `keys` pressed meanwhile; `changed`: to another value than was shown. `lure`: the wrong value that was shown to
    see whether anybody looks (None: none; "": the field was shown empty), `caught`: it was not confirmed. `flagged` is the
    code of the finding that put it before them, "" if none did.
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
    flagged: str = ""


def note_strokes(unit: Unit, made: Iterable[Stroke]) -> None:
    """Keep them, in the unit's own commit."""
    told = [{**asdict(stroke), "changed": int(stroke.changed), "caught": None if stroke.caught is None else int(stroke.caught)}
            for stroke in made]
    if told:
        unit.connection.execute(insert(strokes), told)


def last_flags(look: Look, document_id: str) -> dict[str, str]:
    """Field → the finding that last put it before a person, of a document's confirmed fields."""
    found = select(strokes.c.field, strokes.c.flagged).where(strokes.c.document_id == document_id).order_by(strokes.c.n)
    return {row.field: row.flagged for row in look.connection.execute(found)}


def lured_fields(look: Look, document_id: str) -> set[str]:
    """The document's fields in which somebody has met a lure: there is no second one."""
    met = strokes.c.document_id == document_id, strokes.c.lure.is_not(None)
    return set(look.connection.scalars(select(strokes.c.field).where(*met)))


@dataclass(frozen=True, slots=True)
class Pace:
    """How one person worked in one mode: how many confirmations, how many of them changed what was shown, keys pressed, and how
    often each duration came (in tenths of a second).
    """

    by: str
    mode: str
    many: int
    changed: int
    keys: int
    tenths: Mapping[int, int]

    @property
    def median_ms(self) -> int:
        """The duration that half of the confirmations did not exceed, to a tenth of a second."""
        seen = 0
        for tenth in sorted(self.tenths):
            seen += self.tenths[tenth]
            if 2 * seen >= self.many:
                return tenth * 100 + 50
        return 0


@dataclass(frozen=True, slots=True)
class Flagged:
    """How often a finding put a field of a form before a person, and how often it was changed then."""

    form: str
    field: str
    code: str
    many: int
    changed: int


def paces(look: Look, since: datetime, before: datetime, by: str | None = None) -> list[Pace]:
    """How people worked, by person and mode; of lures nothing."""
    tenth = strokes.c.took_ms // 100
    found = select(strokes.c.by, strokes.c.mode, tenth.label("tenth"), func.count().label("many"),
                   func.sum(strokes.c.changed).label("changed"), func.sum(strokes.c["keys"]).label("pressed"))
    found = found.where(*_within(since, before, by), strokes.c.lure.is_(None))
    told: dict[tuple[str, str], dict[int, tuple[int, int, int]]] = {}
    for row in look.connection.execute(found.group_by(strokes.c.by, strokes.c.mode, tenth)):
        told.setdefault((row.by, row.mode), {})[int(row.tenth)] = (row.many, int(row.changed), int(row.pressed))
    return [_pace(name, mode, counts) for (name, mode), counts in sorted(told.items())]


def _pace(by: str, mode: str, counts: Mapping[int, tuple[int, int, int]]) -> Pace:
    many, changed, keys = (sum(count[part] for count in counts.values()) for part in range(3))
    return Pace(by, mode, many, changed, keys, {tenth: count[0] for tenth, count in counts.items()})


def lures(look: Look, since: datetime, before: datetime, by: str | None = None) -> dict[str, tuple[int, int]]:
    """Person → (wrong values shown to see whether they look, how many of them they did not confirm)."""
    shown = strokes.c.lure.is_not(None), strokes.c.lure != ""
    found = select(strokes.c.by, func.count().label("many"), func.sum(strokes.c.caught).label("caught"))
    found = found.where(*_within(since, before, by), *shown).group_by(strokes.c.by).order_by(strokes.c.by)
    return {row.by: (row.many, int(row.caught or 0)) for row in look.connection.execute(found)}


def flag_precision(look: Look, since: datetime, before: datetime, ward: str | None = None) -> list[Flagged]:
    """By form, field and finding: how often people were asked, and how often they changed what they were asked about."""
    found = select(documents.c.form, strokes.c.field, strokes.c.flagged, func.count().label("many"),
                   func.sum(strokes.c.changed).label("changed"))
    found = found.join(documents, documents.c.id == strokes.c.document_id)
    found = found.where(*_within(since, before), strokes.c.flagged != "", strokes.c.lure.is_(None))
    if ward is not None:
        found = found.where(documents.c.ward == ward)
    counted: dict[tuple[str, str, str], list[int]] = {}
    for row in look.connection.execute(found.group_by(documents.c.form, strokes.c.field, strokes.c.flagged)):
        sums = counted.setdefault((row.form or "", asked_as(row.field), row.flagged), [0, 0])
        sums[0] += row.many
        sums[1] += int(row.changed)
    return [Flagged(*key, *sums) for key, sums in sorted(counted.items())]


def _within(since: datetime, before: datetime, by: str | None = None) -> list[ColumnElement[bool]]:
    there = [strokes.c.at >= since, strokes.c.at < before]
    return [*there, strokes.c.by == by] if by is not None else there
