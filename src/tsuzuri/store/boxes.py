"""Boxes of paper: where each stands and how it came there; and the removals by which boxes left. Moves are only ever added."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from tsuzuri.errors import NotFound
from tsuzuri.model import Batch, BoxMove, BoxStep, Carton, Removal
from tsuzuri.store import rows
from tsuzuri.store.box_tables import box_moves, boxes, removals
from tsuzuri.store.tables import batches
from tsuzuri.store.unit import Look, Unit

PAGE = 100


def box(look: Look, number: str) -> Carton | None:
    """The box of that number; None for one of which nobody has spoken yet."""
    row = look.connection.execute(select(boxes).where(boxes.c.number == number)).one_or_none()
    return _box(row) if row is not None else None


def known_box(look: Look, number: str) -> Carton:
    """The box; raises NotFound."""
    found = box(look, number)
    if found is None:
        raise NotFound(f"箱 {number} は見つかりません。", code="no_such_box")
    return found


def box_list(look: Look, step: BoxStep | None = None, ward: str | None = None, after: str = "", limit: int = PAGE) -> list[Carton]:
    """Boxes by their numbers, from behind `after`."""
    found = select(boxes).where(boxes.c.number > after)
    if step is not None:
        found = found.where(boxes.c.step == step)
    if ward is not None:
        found = found.where(boxes.c.ward == ward)
    return [_box(row) for row in look.connection.execute(found.order_by(boxes.c.number).limit(limit))]


def boxes_by_step(look: Look, ward: str | None = None) -> dict[BoxStep, int]:
    """How many boxes stand at each step."""
    found = select(boxes.c.step, func.count().label("many")).group_by(boxes.c.step)
    if ward is not None:
        found = found.where(boxes.c.ward == ward)
    told = {row.step: row.many for row in look.connection.execute(found)}
    return {step: told.get(step, 0) for step in BoxStep}


def batches_of_box(look: Look, number: str) -> list[Batch]:
    """All batches that name it, oldest first."""
    found = select(batches).where(batches.c.box == number).order_by(batches.c.created_at, batches.c.id)
    return [rows.to_batch(row) for row in look.connection.execute(found)]


def moves_of(look: Look, number: str) -> list[BoxMove]:
    """Its history, oldest first."""
    found = select(box_moves).where(box_moves.c.box == number).order_by(box_moves.c.n)
    return [BoxMove(row.box, BoxStep(row.was), BoxStep(row.step), row.by, row.at, row.note)
            for row in look.connection.execute(found)]


def removal(look: Look, n: int) -> Removal:
    """One removal; raises NotFound."""
    row = look.connection.execute(select(removals).where(removals.c.n == n)).one_or_none()
    if row is None:
        raise NotFound(f"搬出 {n} は見つかりません。", code="no_such_removal")
    return _removal(row)


def removals_told(look: Look, limit: int = PAGE) -> list[Removal]:
    """The latest removals that were not dropped, newest first."""
    found = select(removals).where(removals.c.dropped.is_(False)).order_by(removals.c.n.desc()).limit(limit)
    return [_removal(row) for row in look.connection.execute(found)]


def add_box(unit: Unit, new: Carton) -> None:
    """A box nobody spoke of before."""
    unit.connection.execute(insert(boxes).values(_row(new)))


def save_box(unit: Unit, changed: Carton) -> None:
    """What was told or counted of it anew, but for where it stands."""
    told = {name: value for name, value in _row(changed).items() if name not in ("number", "step", "step_at")}
    unit.connection.execute(update(boxes).where(boxes.c.number == changed.number).values(told))


def add_move(unit: Unit, moved: Carton, move: BoxMove) -> bool:
    """The box stands where the move led it, and the move is kept; False if it had left `move.was` before."""
    here = update(boxes).where(boxes.c.number == moved.number, boxes.c.step == move.was)
    if unit.connection.execute(here.values(step=moved.step, step_at=moved.step_at)).rowcount != 1:
        return False
    unit.connection.execute(insert(box_moves).values(
        box=move.box, was=move.was, step=move.step, by=move.by, at=move.at, note=move.note))
    return True


def add_removal(unit: Unit, new: Removal) -> int:
    """A further removal; its number."""
    n: int | None = unit.connection.scalar(insert(removals).values(
        kind=new.kind, boxes=list(new.boxes), told=dict(new.told), by=new.by, at=new.at, second=new.second, second_at=new.done_at,
        dropped=False).returning(removals.c.n))
    return n or 0


def end_removal(unit: Unit, ended: Removal) -> bool:
    """It was agreed to, or dropped; False if that was said before."""
    open_still = removals.c.n == ended.n, removals.c.second_at.is_(None), removals.c.dropped.is_(False)
    changed = update(removals).where(*open_still).values(second=ended.second, second_at=ended.done_at, dropped=ended.dropped)
    return unit.connection.execute(changed).rowcount == 1


def asked_of(look: Look, numbers: Collection[str]) -> set[str]:
    """Those of the boxes that a removal nobody has agreed to yet names."""
    waiting = select(removals.c.boxes).where(removals.c.second_at.is_(None), removals.c.dropped.is_(False))
    return set(numbers) & {number for told in look.connection.scalars(waiting) for number in told}


def _row(one: Carton) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Carton.__slots__} | {"step": one.step.value}


def _box(row: Row[Any]) -> Carton:
    return Carton(**{**row._mapping, "step": BoxStep(row.step)})


def _removal(row: Row[Any]) -> Removal:
    return Removal(BoxStep(row.kind), tuple(row.boxes), row.by, row.at, row.told, row.second, row.second_at, row.dropped, row.n)
