"""What is known of files that are arriving in pieces."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from tsuzuri.errors import NotFound
from tsuzuri.store.unit import Look, Unit
from tsuzuri.store.upload_tables import uploads


@dataclass(frozen=True, slots=True)
class Upload:
    """A file on its way to a place in a batch, with what is said of it: `acknowledged` of its `whole` bytes are durable."""

    id: str
    batch_id: str
    seq: int
    name: str
    promised: str
    whole: int
    touched_at: datetime
    acknowledged: int = 0
    imprint: str = ""
    double_fed: tuple[int, ...] = ()


def upload(look: Look, upload_id: str) -> Upload:
    """One of them; raises NotFound."""
    row = look.connection.execute(select(uploads).where(uploads.c.id == upload_id)).one_or_none()
    if row is None:
        raise NotFound("この送信は見つかりません。最初から送り直してください。", code="upload_gone")
    return _upload(row)


def upload_to(look: Look, batch_id: str, seq: int, promised: str) -> Upload | None:
    """The one that these very bytes are already coming by to that place."""
    same = uploads.c.batch_id == batch_id, uploads.c.seq == seq, uploads.c.promised == promised
    row = look.connection.execute(select(uploads).where(*same)).one_or_none()
    return _upload(row) if row is not None else None


def add_upload(unit: Unit, begun: Upload) -> None:
    """A further one."""
    unit.connection.execute(insert(uploads).values(
        {name: getattr(begun, name) for name in Upload.__slots__} | {"double_fed": list(begun.double_fed)}))


def acknowledge(unit: Unit, upload_id: str, size: int, at: datetime) -> None:
    """So many bytes are durable."""
    unit.connection.execute(update(uploads).where(uploads.c.id == upload_id).values(acknowledged=size, touched_at=at))


def drop_upload(unit: Unit, upload_id: str) -> None:
    """It has become a scan, or never will."""
    unit.connection.execute(delete(uploads).where(uploads.c.id == upload_id))


def expired(look: Look, before: datetime) -> list[str]:
    """Ids of those of which nothing has been heard since."""
    return list(look.connection.scalars(select(uploads.c.id).where(uploads.c.touched_at < before).limit(1000)))


def _upload(row: Row[Any]) -> Upload:
    return Upload(row.id, row.batch_id, row.seq, row.name, row.promised, row.whole, row.touched_at, row.acknowledged,
                  row.imprint, tuple(row.double_fed))
