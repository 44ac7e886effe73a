"""From the station to pages: a batch is declared, files are taken, the batch is closed and balanced, scans are opened."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import unquote

from tsuzuri.errors import Refused, WrongTurn
from tsuzuri.flow.boxes import note_box
from tsuzuri.flow.cover import hold_covers
from tsuzuri.flow.hiding import still_there
from tsuzuri.flow.line import Line, new_id
from tsuzuri.flow.rescans import fed_again, must_be_wanted
from tsuzuri.image.pages import probe
from tsuzuri.model import Batch, Collate, Cut, Page, Scan, Slip, Step
from tsuzuri.stages.intake import COUNTED, balance, found, other_half, place, recounted, uneven_halves
from tsuzuri.store import Arrived, Look, Unit


@dataclass(frozen=True)
class Declaration:
    """What a station says before it sends: which box, ward and procedure, how many sheets were fed, what ends a document."""

    box: str
    ward: str
    procedure: str
    sheets: int
    business_date: date | None = None
    documents: Cut = Cut.BY_FORM
    pages_per_document: int = 1
    envelopes: tuple[str, ...] = ()
    count: int | None = None
    amount: int | None = None
    first_imprint: str = ""
    last_imprint: str = ""
    duplex: bool = False
    collate: Collate = Collate.AS_FED
    rescans: tuple[str, ...] = ()

    @property
    def sides(self) -> int:
        """How many pages a sheet is."""
        return 2 if self.duplex or self.collate is not Collate.AS_FED else 1


@dataclass(frozen=True)
class Told:
    """What a station says of one file: its name, percent-encoded; what the imprinter printed on its sheet ("first..last" of
    several); at which of its pages the scanner felt two sheets at once.
    """

    name: str
    imprint: str = ""
    double_fed: tuple[int, ...] = ()


def declare_batch(line: Line, station: str, declared: Declaration, key: str | None = None, digest: str | None = None) -> Batch:
    """A new batch, durable. With an idempotency key: the batch that this key made before.

    Raises Refused for a ward that the city has not, or a business date that has not come: its claims could never leave.
    """
    if declared.ward not in line.city.wards:
        wards = "、".join(line.city.wards)
        raise Refused(f"区の名前が違います。次のどれかで送ってください: {wards}。", code="unknown_ward")
    if declared.business_date is not None and declared.business_date > line.today():
        raise Refused("業務日付が今日より後です。日付を確かめて送り直してください。", code="date_not_come")
    with line.unit() as unit:
        if key is not None and (known := unit.batch_by_key(station, key, digest)) is not None:
            return known
        must_be_wanted(unit, station, declared.rescans)
        batch = Batch(
            id=new_id("bt"), station=station, box=declared.box, ward=declared.ward, procedure=declared.procedure,
            declared_sheets=declared.sheets, created_at=line.clock(),
            business_date=declared.business_date or line.today(), cut=declared.documents,
            pages_per_document=declared.pages_per_document, sides=declared.sides,
            collate=declared.collate,
            slip=Slip(declared.envelopes, declared.count, declared.amount, declared.first_imprint, declared.last_imprint,
                      declared.rescans),
        )
        batch = replace(batch, findings=note_box(line, unit, batch))
        unit.add_batch(batch, key=key, digest=digest)
    return batch


def take_scan(line: Line, batch_id: str, seq: int, told: Told, staged: Arrived) -> tuple[Scan, bool]:
    """A file whose bytes lie staged becomes a durable scan: looked at (header only), kept, written down, nudged.

    Returns the scan and whether it is new; the same bytes again at the same place answer with the first one. Other bytes at
    a taken place raise WrongTurn; a file that cannot be a scan raises Refused and leaves nothing. Should the batch be closed
    or the database fail after the bytes were kept, they stay under their hash without a row, and the sweep removes them: here
    it could take them from another scan of the same bytes that is just being written down.
    """
    with line.store.read() as look:
        earlier = must_take(look, batch_id, seq, staged.sha256)
    if earlier is not None:
        return earlier, False
    seen = probe(staged.path, line.limits.caps)
    digest = staged.keep()

    def write_down(unit: Unit) -> tuple[Scan, bool]:
        if (raced := must_take(unit, batch_id, seq, digest)) is not None:
            return raced, False
        first = unit.first_scan_with(digest)
        scan = Scan(
            id=new_id("sc"), batch_id=batch_id, seq=seq, name=unquote(told.name)[:200], sha256=digest, size=staged.size,
            media=seen.media, pages=seen.pages, received_at=line.clock(), duplicate_of=first.id if first else None,
            imprint=told.imprint, double_fed=told.double_fed,
        )
        unit.add_scan(_laid(unit, scan))
        still_there(line, unit, digest)
        unit.then("open_scan", scan.id)
        return scan, True

    return line.together(write_down)


def _laid(unit: Unit, scan: Scan) -> Scan:
    """The file in its pile: where one brings the fronts and one as many backs, both lie in that of the fronts.

    The unit holds the batch, so that of two halves that come at once the later one sees the other.
    """
    if unit.collate_of(scan.batch_id) is Collate.AS_FED:
        return scan
    half = unit.scan_at(scan.batch_id, other_half(scan.seq))
    if half is None or half.pages != scan.pages:
        return scan
    unit.lay(half.id, min(half.seq, scan.seq))
    return replace(scan, pile=min(half.seq, scan.seq))


def against_its_half(line: Line, scan: Scan) -> list[str]:
    """What whoever holds the paper is told of a file with other backs than there are fronts; nothing while its half is not here."""
    with line.store.read() as look:
        if look.collate_of(scan.batch_id) is Collate.AS_FED:
            return []
        half = look.scan_at(scan.batch_id, other_half(scan.seq))
        batch = look.batch(scan.batch_id)
    uneven = uneven_halves(batch, (scan, half)) if half is not None else ()
    return [f"{halves}で、合いません。紙を確かめて、束を新しく送り直してください。" for halves in uneven]


def must_take(look: Look, batch_id: str, seq: int, sha256: str) -> Scan | None:
    """The scan that brought these bytes to that place before, or None if they may be brought.

    Raises WrongTurn if other bytes have the place, or the batch is closed.
    """
    earlier = look.scan_at(batch_id, seq)
    if earlier is not None and earlier.sha256 != sha256:
        raise WrongTurn(
            "この番号には別のファイルがすでに届いています。番号を変えて送り直してください。",
            code="place_taken", stored=earlier.sha256, sent=sha256,
        )
    if earlier is None and look.batch(batch_id).step is not Step.OPEN:
        raise WrongTurn("このバッチは閉じられています。新しいバッチを開いて送ってください。", code="batch_closed")
    return earlier


def close_batch(line: Line, batch_id: str) -> Batch:
    """The batch, closed, with V01 standing on it when the declared sheets are not those stored. Closing again changes nothing."""
    with line.unit() as unit:
        batch = unit.batch(batch_id)
        if batch.step is Step.CLOSED:
            return batch
        scans = unit.scans_of_batch(batch_id)
        counted = found(batch, COUNTED, line.forms.rulebook.fit(balance(batch, scans)))
        closed = counted.to(Step.CLOSED, closed_at=line.clock())
        unit.save_batch(closed, was=Step.OPEN)
        if scans:
            fed_again(line, unit, closed)
        if unit.anything_unread(batch_id):
            unit.then("bind_batch", batch_id)       # what waited for papers behind it waits no longer
        hold_covers(line, unit, closed)
        return unit.batch(batch_id)


@dataclass(frozen=True)
class Counted:
    """What somebody counted by hand: sheets; how many of them the scanner took one side of only, where it takes two; and the totals
    of the batch's slip (件数, 金額), where those were added up again."""

    sheets: int
    one_sided: int = 0
    totals: tuple[int, int] | None = None


def recount(line: Line, batch_id: str, counted: Counted, by: str) -> Batch:
    """Somebody has counted the paper again: the declared number is mended, and a closed batch balanced anew.

    Where the paper in hand is what is stored, a number left out in the sequence of files no longer matters, nor does a side that
    was never scanned: a closed batch could never fill it, and would keep its claims back for ever. Who counted stays written on
    the batch. Raises Refused for numbers that cannot be.
    """
    if min(counted.sheets, counted.one_sided, *(counted.totals or ())) < 0:
        raise Refused("枚数は0以上で入力してください。", code="bad_count")
    with line.unit() as unit:
        batch = unit.batch(batch_id)
        if counted.one_sided > (counted.sheets if batch.sides > 1 else 0):
            raise Refused("片面だけの枚数は、両面のバッチで、数え直した枚数までです。", code="bad_count")
        scans = unit.scans_of_batch(batch_id)
        mended = recounted(replace(batch, declared_sheets=counted.sheets, one_sided=counted.one_sided), scans, by)
        if counted.totals is not None:
            mended = replace(mended, slip=replace(mended.slip, count=counted.totals[0], amount=counted.totals[1]))
        unit.save_batch(mended, was=batch.step)
        hold_covers(line, unit, mended)
        return unit.batch(batch_id)


def settle_batch(line: Line, batch_id: str, counted: Counted, by: str) -> Batch:
    """Count again and close: for a batch whose station will not come back to close it."""
    recount(line, batch_id, counted, by)
    close_batch(line, batch_id)
    return recount(line, batch_id, counted, by)


def open_scan(line: Line, scan_id: str) -> None:
    """A received scan's pages become rows, each nudged to be read."""
    with line.unit() as unit:
        scan = unit.scan(scan_id)
        if scan.step is not Step.RECEIVED:
            return
        _lay_out(unit, line, scan)


def _lay_out(unit: Unit, line: Line, scan: Scan) -> None:
    if not unit.save_scan(scan.to(Step.OPENED), was=Step.RECEIVED):
        return
    collate = unit.collate_of(scan.batch_id)
    for number in range(1, scan.pages + 1):
        page = Page(id=new_id("pg"), scan_id=scan.id, batch_id=scan.batch_id, number=number, received_at=line.clock(),
                    place=place(collate, scan, number))
        unit.add_page(page)
        unit.then("read_page", page.id)
