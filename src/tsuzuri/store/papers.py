"""What came in: batches, scans and pages, as a look reads and a unit of work writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, func, insert, or_, select, update

from tsuzuri.errors import NotFound, WrongTurn
from tsuzuri.model import Batch, Collate, Page, Scan, Step
from tsuzuri.store import rows
from tsuzuri.store.tables import batches, documents, pages, scans, unwanted

STANDING = {"open_scan": scans, "read_page": pages}    # job of the line → what stands still until it is done
T = TypeVar("T")
BIND = "bind_batch"                                    # the job that binds what was read
PAPER_ORDER = scans.c.pile, pages.c.place, scans.c.seq, pages.c.number      # of the pages of one batch, wherever they are listed


def leading_first(found: list[T], forms: Sequence[str | None], form: str | None) -> list[T]:
    """A document's pages as they lie (or what stands for them), but the front first of a sheet that was scanned back first."""
    turned = len(found) > 1 and form is not None and forms[0] != form and forms[1] == form
    return [found[1], found[0], *found[2:]] if turned else found


class SeenPapers:
    """What may be asked about papers that came in."""

    connection: Connection

    def batch(self, batch_id: str) -> Batch:
        """The batch; raises NotFound."""
        found = select(batches).where(batches.c.id == batch_id)
        return rows.to_batch(self._one(found, f"バッチ {batch_id} は見つかりません。"))

    def first_declared(self) -> datetime | None:
        """When the first batch of all was declared; None if none ever was."""
        first: datetime | None = self.connection.scalar(select(func.min(batches.c.created_at)))
        return first

    def scan(self, scan_id: str) -> Scan:
        """The scan; raises NotFound."""
        return rows.to_scan(self._one(select(scans).where(scans.c.id == scan_id), f"ファイル {scan_id} は見つかりません。"))

    def scan_at(self, batch_id: str, seq: int) -> Scan | None:
        """What was stored under this sequence number of the batch."""
        return self._scan(select(scans).where(scans.c.batch_id == batch_id, scans.c.seq == seq))

    def first_scan_with(self, sha256: str) -> Scan | None:
        """The first scan that brought these very bytes, in whatever batch."""
        found = select(scans).where(scans.c.sha256 == sha256).order_by(scans.c.received_at, scans.c.id)
        return self._scan(found.limit(1))

    def scan_before(self, scan: Scan) -> Scan | None:
        """The last scan before this one that brought the very same bytes."""
        same = scans.c.sha256 == scan.sha256, scans.c.id != scan.id, scans.c.received_at <= scan.received_at
        return self._scan(select(scans).where(*same).order_by(scans.c.received_at.desc(), scans.c.id.desc()).limit(1))

    def scans_of_batch(self, batch_id: str, among: range | None = None) -> list[Scan]:
        """The batch's scans in the order of its paper; only of piles numbered within `among`, if it is given."""
        found = select(scans).where(scans.c.batch_id == batch_id, *_within(among)).order_by(scans.c.pile, scans.c.seq)
        return [rows.to_scan(row) for row in self.connection.execute(found)]

    def collate_of(self, batch_id: str) -> Collate:
        """In which order the batch's sides are scanned."""
        return Collate(self.connection.execute(select(batches.c.collate).where(batches.c.id == batch_id)).scalar_one())

    def page(self, page_id: str) -> Page:
        """The page; raises NotFound."""
        return rows.to_page(self._one(select(pages).where(pages.c.id == page_id), f"ページ {page_id} は見つかりません。"))

    def pages_of_document(self, document_id: str) -> list[Page]:
        """The pages that a document is bound from, its leading one first, in the order of the paper."""
        found = self._pages(_in_paper_order().where(pages.c.document_id == document_id))
        form = self.connection.scalar(select(documents.c.form).where(documents.c.id == document_id))
        return leading_first(found, [page.form for page in found], form)

    def pages_of_batch(self, batch_id: str, among: range | None = None) -> list[Page]:
        """All pages of a batch, in the order of its paper; only of piles numbered within `among`, if it is given."""
        return self._pages(_in_paper_order().where(scans.c.batch_id == batch_id, *_within(among)))

    def last_number(self, batch_id: str) -> int:
        """The highest sequence number of the batch's files; 0 without any."""
        return self.connection.scalar(select(func.max(scans.c.seq)).where(scans.c.batch_id == batch_id)) or 0

    def waiting_documents(self, batch_id: str) -> frozenset[str]:
        """Ids of the batch's documents that wait for pages not read yet."""
        found = select(documents.c.id).where(documents.c.batch_id == batch_id, documents.c.step == Step.WAITING)
        return frozenset(self.connection.scalars(found))

    def anything_unread(self, batch_id: str) -> bool:
        """Whether a file of the batch is unopened, a page unread or unbound, or a document waiting for one."""
        questions = (
            select(scans.c.id).where(scans.c.batch_id == batch_id, scans.c.step == Step.RECEIVED),
            select(pages.c.id).where(pages.c.batch_id == batch_id, pages.c.step.in_((Step.RECEIVED, Step.READ))),
            select(documents.c.id).where(documents.c.batch_id == batch_id, documents.c.step == Step.WAITING),
        )
        return any(self.connection.scalar(found.limit(1)) is not None for found in questions)

    def standing(self, older_than: datetime) -> list[tuple[str, str]]:
        """(job, id) of every scan and page that nothing has touched since `older_than`, oldest first.

        Then those batches in which a page has waited so long for its neighbours.
        """
        found: list[tuple[str, str]] = []
        for job, table in STANDING.items():
            since = func.coalesce(table.c.last_try_at, table.c.received_at)
            still = select(table.c.id).where(table.c.step == Step.RECEIVED, since < older_than)
            ordered = still.order_by(table.c.received_at, table.c.id)
            found += [(job, paper_id) for paper_id in self.connection.scalars(ordered)]
        waits = or_(pages.c.step == Step.READ, documents.c.step == Step.WAITING)
        bound = pages.outerjoin(documents, documents.c.id == pages.c.document_id)
        unbound = select(pages.c.batch_id).select_from(bound).where(waits, pages.c.received_at < older_than)
        return found + [(BIND, batch_id) for batch_id in self.connection.scalars(unbound.distinct())]

    def unwanted(self) -> list[tuple[int, str]]:
        """(n, sha256) of files that some row let go of, as they were let go; another row may still need one."""
        found = select(unwanted.c.n, unwanted.c.sha256).order_by(unwanted.c.n)
        return [(row.n, row.sha256) for row in self.connection.execute(found)]

    def _one(self, found: Select[Any], missing: str) -> rows.AnyRow:
        row = self.connection.execute(found).one_or_none()
        if row is None:
            raise NotFound(missing)
        return row

    def _scan(self, found: Select[Any]) -> Scan | None:
        row = self.connection.execute(found).one_or_none()
        return rows.to_scan(row) if row is not None else None

    def _pages(self, found: Select[Any]) -> list[Page]:
        return [rows.to_page(row) for row in self.connection.execute(found)]


class Papers(SeenPapers):
    """What a unit of work may also write about them."""

    def add_batch(self, batch: Batch, key: str | None = None, digest: str | None = None) -> None:
        """Store what a station declares; `key` is its idempotency key, `digest` what it said with it."""
        told = {**rows.from_batch(batch), "idempotency_key": key, "idempotency_digest": digest}
        self.connection.execute(insert(batches).values(told))

    def batch(self, batch_id: str) -> Batch:
        """The batch, held against other units until this one ends; raises NotFound.

        Held, so that no sheet slips in beside a closing, and no two closings count at once.
        """
        found = select(batches).where(batches.c.id == batch_id).with_for_update(key_share=True)
        return rows.to_batch(self._one(found, f"バッチ {batch_id} は見つかりません。"))

    def batch_by_key(self, station: str, key: str, digest: str | None = None) -> Batch | None:
        """What this station declared under this key before; raises WrongTurn if it said something else."""
        found = select(batches).where(batches.c.station == station, batches.c.idempotency_key == key)
        row = self.connection.execute(found).one_or_none()
        if row is None:
            return None
        if row.idempotency_digest != digest:
            raise WrongTurn("この Idempotency-Key は別の内容で使用済みです。新しい値で送り直してください。",
                            code="idempotency_conflict", batch=row.id)
        return rows.to_batch(row)

    def save_batch(self, batch: Batch, was: Step) -> bool:
        """Write the batch if it still stands at `was`; False if somebody was faster."""
        return self._save(batches, rows.from_batch(batch), was)

    def add_scan(self, scan: Scan) -> None:
        """Store the row of an uploaded file."""
        self.connection.execute(insert(scans).values(rows.from_scan(scan)))

    def save_scan(self, scan: Scan, was: Step) -> bool:
        """Write the scan if it stands at `was`; False if somebody was faster. Its tries are `note_try`'s, its pile is `lay`'s."""
        return self._save(scans, rows.from_scan(scan), was)

    def lay(self, scan_id: str, pile: int) -> None:
        """The file's paper lies in that pile."""
        self.connection.execute(update(scans).where(scans.c.id == scan_id).values(pile=pile))

    def add_page(self, page: Page) -> None:
        """Store the row of one side of a sheet."""
        self.connection.execute(insert(pages).values(rows.from_page(page)))

    def save_page(self, page: Page, was: Step) -> bool:
        """Write the page if it stands at `was`; False if somebody was faster. Its tries are `note_try`'s."""
        return self._save(pages, rows.from_page(page), was)

    def note_try(self, job: str, paper_id: str, at: datetime) -> int:
        """Count one more try of `job` ("open_scan", "read_page") upon a paper; how many there have been."""
        table = STANDING[job]
        counted = update(table).where(table.c.id == paper_id).values(tries=table.c.tries + 1, last_try_at=at)
        tries = self.connection.scalar(counted.returning(table.c.tries))
        if tries is None:
            raise NotFound(f"nothing called {paper_id} waits for {job}")
        return int(tries)

    def mask_scan(self, scan: Scan, masked: str) -> bool:
        """From now on its bytes are those called `masked`, and those before are unwanted; False if somebody else masked it
        since `scan` was read.
        """
        was = scans.c.masked.is_(None) if scan.masked is None else scans.c.masked == scan.masked
        changed = update(scans).where(scans.c.id == scan.id, was).values(masked=masked)
        if self.connection.execute(changed).rowcount != 1:
            return False
        if masked != scan.kept:
            self.let_go(scan.kept)
        return True

    def hold_file(self, sha256: str) -> None:
        """Until this unit ends, no other that asks for the same goes on: who names a file and who removes it take turns."""
        if self.connection.dialect.name == "postgresql":       # on SQLite one unit writes at a time anyway
            self.connection.execute(select(func.pg_advisory_xact_lock(int.from_bytes(bytes.fromhex(sha256[:16]), signed=True))))

    def let_go(self, sha256: str) -> None:
        """The file of that name shows what must not be kept: it goes once no row needs it."""
        self.connection.execute(insert(unwanted).values(sha256=sha256))

    def forgotten(self, n: int) -> None:
        """A file let go is gone; or another row needs it, and will let it go itself."""
        self.connection.execute(delete(unwanted).where(unwanted.c.n == n))

    def _save(self, table: Table, told: rows.Values, was: Step) -> bool:
        news = {name: value for name, value in told.items() if name not in ("id", "tries", "pile")}
        moved = update(table).where(table.c.id == told["id"], table.c.step == was).values(news)
        return self.connection.execute(moved).rowcount == 1


def _within(among: range | None) -> list[ColumnElement[bool]]:
    return [scans.c.pile.between(among.start, among.stop - 1)] if among is not None else []


def _in_paper_order() -> Select[Any]:
    return select(pages).join(scans, scans.c.id == pages.c.scan_id).order_by(*PAPER_ORDER)
