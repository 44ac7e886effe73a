"""Electronic receipts come in: a file of one or several volumes, all of it or nothing.

Every receipt is kept as it came; those that one of the city's programmes pays for become documents, judged, shown, approved and
exported like any paper. They stand in a batch of no sheets, so that the books of paper stay those of paper.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from tsuzuri.errors import WrongTurn
from tsuzuri.flow.hiding import still_there
from tsuzuri.flow.judging import judge
from tsuzuri.flow.line import Line, new_id
from tsuzuri.model import Batch, Document, Finding, Step
from tsuzuri.store import Unit
from tsuzuri.store.electronic import ElectronicFile, StoredReceipt
from tsuzuri.uke import Examined, Fault, Payers, Receipt, Sums, examined
from tsuzuri.uke.dates import month_of
from tsuzuri.uke.facts import Told, own_programme
from tsuzuri.uke.stream import CODEC
from tsuzuri.uke.told import fields

PIECE = 1 << 20
MOST_TOLD = 1_000           # faults of one file that are told one by one; all are counted
MOST_JOINED = 3             # faults of one rule that a document's finding spells out
BY_KIND = frozenset({"U405", "U406", "U407"})      # what the form's own kinds find again, at its field
LONGEST_KEY = 16            # letters of a part of a receipt's key; none that is right has more than 10
STATION, PROCEDURE = "uke", "uke"


@dataclass(frozen=True)
class Imported:
    """What became of a file: its row (None: refused, and nothing of it is kept), the faults found, `again`: it was there before."""

    file: ElectronicFile | None
    faults: tuple[Fault, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    again: bool = False


class _Turned(Exception):  # noqa: N818  how a fault met while writing leaves the unit of work, so that nothing is kept
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


def import_receipts(line: Line, volumes: Sequence[Path], by: str) -> Imported:
    """The file, stored with all its receipts; a file whose bytes came before answers with what was stored then.

    Refused as a whole: where a fault of band L1 is found, or a receipt of the same key but another content came before. Raises
    WrongTurn where a volume is still being written.
    """
    digests = [_sha256([volume]) for volume in volumes]
    whole = digests[0] if len(volumes) == 1 else _sha256(volumes)
    with line.store.read() as look:
        if (known := look.electronic_file(whole)) is not None:
            return Imported(known, counts=known.faults, again=True)
    payers = Payers.of(line.forms)
    told = _checked(volumes, payers)
    if told.counts and any(fault.band == "L1" for fault in told.faults):
        return told
    if [_keep(line, volume) for volume in volumes] != digests:
        raise WrongTurn("取込の途中でファイルが変わりました。もう一度取り込んでください。", code="other_file")
    try:
        with line.unit() as unit:
            if (known := unit.electronic_file(whole)) is not None:
                return Imported(known, counts=known.faults, again=True)
            batch = _batch(line, unit, volumes[0].name)
            size = sum(volume.stat().st_size for volume in volumes)
            file = ElectronicFile(new_id("uf"), batch.id, whole, volumes[0].name[:200], digests, size, 0, 0, 0, 0, told.counts,
                                  line.clock(), by)
            unit.add_electronic_file(file)
            still_there(line, unit, *digests)
            file = _take_all(line, unit, file, payers)
            unit.save_electronic_file(file)
    except _Turned as turned:
        counts = Counter(told.counts) + Counter([turned.fault.code])
        return Imported(None, (turned.fault, *told.faults), dict(counts))
    return replace(told, file=file)


@contextmanager
def opened(volumes: Sequence[Path]) -> Iterator[list[BinaryIO]]:
    """The volumes, to be read from their beginning."""
    with ExitStack() as stack:
        yield [stack.enter_context(volume.open("rb")) for volume in volumes]


def _checked(volumes: Sequence[Path], payers: Payers) -> Imported:
    """The file's faults, the first of them and those that refuse it one by one, and how many there are of each."""
    kept, counts = list[Fault](), Counter[str]()
    with opened(volumes) as streams:
        for item in examined(streams, payers):
            for fault in item.faults if isinstance(item, Examined) else (item,):
                counts[fault.code] += 1
                if len(kept) < MOST_TOLD or (fault.band == "L1" and len(kept) < 2 * MOST_TOLD):
                    kept.append(fault)
    return Imported(None, tuple(kept), dict(counts))


def _batch(line: Line, unit: Unit, name: str) -> Batch:
    batch = Batch(new_id("bt"), STATION, name[:60], line.city.receives, PROCEDURE, 0, line.clock(), line.today(), Step.CLOSED,
                  closed_at=line.clock())
    unit.add_batch(batch)
    return batch


def _take_all(line: Line, unit: Unit, file: ElectronicFile, payers: Payers) -> ElectronicFile:
    """The file with what was counted, its receipts stored. They are read again, for they are not held in memory: from what was
    kept, which nobody writes on any more.
    """
    sums, known, documents = Sums(), 0, 0
    with opened([line.files.present(volume) for volume in file.volumes]) as streams:
        for item in examined(streams, payers, sums):
            if isinstance(item, Fault):
                continue
            stored = _stored(item.receipt, file)
            before = unit.receipt_digest(stored.key)
            if before is not None and before != stored.digest:
                raise _Turned(Fault("U116", stored.first_line, volume=stored.volume))
            if before is not None:
                known += 1
                continue
            document = _document(line, unit, item, file, payers)
            documents += document is not None
            unit.add_receipt(replace(stored, document_id=document.id if document else None))
    return replace(file, records=sums.records, receipts=sums.receipts, known=known, documents=documents)


def _document(line: Line, unit: Unit, item: Examined, file: ElectronicFile, payers: Payers) -> Document | None:
    """The receipt as a document, judged and stored; None where none of the city's programmes pays for it."""
    receipt = item.receipt
    own = own_programme(receipt, payers, month_of(receipt.told("RE", "month")))
    if own is None or own[1] not in line.forms:
        return None
    nth, form = own[0], line.forms[own[1]]
    document = Document(
        new_id("dc"), file.batch_id, form.name, form.version, line.today(), fields(Told(receipt, nth), form),
        noted=findings(item.faults), score=1.0, page_count=0)
    judged = judge(line, unit, document)
    unit.add_document(judged)
    return judged


def findings(faults: Sequence[Fault]) -> tuple[Finding, ...]:
    """The faults of a receipt as findings of its document, those of one rule in one: the gravest, and what the first few say."""
    by_rule: dict[str, list[Fault]] = {}
    for fault in faults:
        if fault.code not in BY_KIND:
            by_rule.setdefault(fault.sort.rule, []).append(fault)
    return tuple(_joined(some) for some in by_rule.values())


def _joined(some: list[Fault]) -> Finding:
    ordered = sorted(some, key=lambda fault: fault.code)
    first = ordered[0].as_finding()
    more = f"　ほか{len(ordered) - MOST_JOINED}件" if len(ordered) > MOST_JOINED else ""
    return replace(first, message="　".join(fault.as_finding().message for fault in ordered[:MOST_JOINED]) + more)


def _stored(receipt: Receipt, file: ElectronicFile) -> StoredReceipt:
    text = receipt.text
    digest = hashlib.sha256(f"{receipt.house.code}\n{text}".encode()).hexdigest()
    house = receipt.house
    return StoredReceipt(
        file.id, receipt.volume, receipt.first, house.code[:LONGEST_KEY], house.claimed,
        receipt.told("RE", "number")[:LONGEST_KEY], month_of(receipt.told("RE", "month")),
        receipt.told("KO", "payer_no")[:LONGEST_KEY], receipt.told("KO", "recipient_no")[:LONGEST_KEY],
        digest, house.record.decode(CODEC), text, None)


def _sha256(volumes: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for volume in volumes:
        with volume.open("rb") as stream:
            while piece := stream.read(PIECE):
                digest.update(piece)
    return digest.hexdigest()


def _keep(line: Line, volume: Path) -> str:
    """The sha256 under which the bytes are kept."""
    with line.files.receive(volume.stat().st_size) as staged, volume.open("rb") as stream:
        while piece := stream.read(PIECE):
            staged.write(piece)
        return staged.keep()
