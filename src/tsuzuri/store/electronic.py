"""Electronic receipts and the files that brought them, looked at and written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from tsuzuri.store.electronic_tables import files, receipts
from tsuzuri.store.rows import AnyRow

MANY = 500      # rows in memory at a time


@dataclass(frozen=True, slots=True)
class ElectronicFile:
    """One file of receipts, of one or several volumes; see electronic_tables."""

    id: str
    batch_id: str
    sha256: str
    name: str
    volumes: list[str]
    size: int
    records: int
    receipts: int
    known: int
    documents: int
    faults: dict[str, int]
    imported_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class StoredReceipt:
    """One receipt as it came: its key, its records as text, a line each, and the record that opens its file."""

    file_id: str
    volume: int
    first_line: int
    inst_code: str
    claimed: str
    number: str
    service_ym: str
    payer_no: str
    recipient_no: str
    digest: str
    opener: str
    records: str
    document_id: str | None

    @property
    def key(self) -> tuple[str, str, str, str, str, str]:
        """What makes it the same receipt."""
        return self.inst_code, self.claimed, self.number, self.service_ym, self.payer_no, self.recipient_no


class SeenElectronic:
    """What may be asked about electronic receipts."""

    connection: Connection

    def electronic_file(self, sha256: str) -> ElectronicFile | None:
        """The file of these bytes, if it has been imported."""
        row = self.connection.execute(select(files).where(files.c.sha256 == sha256)).one_or_none()
        return ElectronicFile(**row._mapping) if row is not None else None

    def electronic_files(self, limit: int = 100) -> list[ElectronicFile]:
        """The latest files, newest first."""
        found = select(files).order_by(files.c.imported_at.desc(), files.c.id).limit(limit)
        return [ElectronicFile(**row._mapping) for row in self.connection.execute(found)]

    def receipt_digest(self, key: tuple[str, str, str, str, str, str]) -> str | None:
        """The digest of the receipt of that key, if it came before."""
        same = (receipts.c.inst_code, receipts.c.claimed, receipts.c.number, receipts.c.service_ym, receipts.c.payer_no,
                receipts.c.recipient_no)
        return self.connection.scalar(select(receipts.c.digest).where(*(c == k for c, k in zip(same, key, strict=True))))

    def receipt_of(self, document_id: str) -> StoredReceipt | None:
        """The receipt that a document was made from; None for a paper."""
        row = self.connection.execute(select(receipts).where(receipts.c.document_id == document_id)).one_or_none()
        return _stored(row) if row is not None else None

    def receipts_of_file(self, file_id: str) -> Iterator[StoredReceipt]:
        """Every receipt of a file in its order; streamed."""
        found = select(receipts).where(receipts.c.file_id == file_id).order_by(receipts.c.n)
        return (_stored(row) for row in self.connection.execute(found.execution_options(yield_per=MANY)))


class Electronic(SeenElectronic):
    """What a unit of work may also write about them."""

    def add_electronic_file(self, file: ElectronicFile) -> None:
        """Store a file's row; the same bytes have one at most (WrongTurn "already_told")."""
        self.connection.execute(insert(files).values(asdict(file)))

    def save_electronic_file(self, file: ElectronicFile) -> None:
        """Write what has been counted of it."""
        told = asdict(file)
        self.connection.execute(update(files).where(files.c.id == told.pop("id")).values(told))

    def add_receipt(self, receipt: StoredReceipt) -> None:
        """Store a receipt; a key has one at most."""
        self.connection.execute(insert(receipts).values(asdict(receipt)))


def _stored(row: AnyRow) -> StoredReceipt:
    return StoredReceipt(**{name: value for name, value in row._mapping.items() if name != "n"})
