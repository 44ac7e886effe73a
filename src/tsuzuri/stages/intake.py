"""intake: what was declared is held against what came. Touches only nouns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from tsuzuri.model import Act, Batch, BatchSheet, Collate, Finding, Scan, Severity, Slip, Step
from tsuzuri.rules import find

COUNTED = ("V01", "H52", "H56")     # what a balance finds, and finds anew when the paper is counted again
NAMED = 20                      # missing numbers that a finding names
BETWEEN = ".."
MOST_SHEETS = 100_000           # of a file, by its imprint
_DIGITS = re.compile(r"[0-9]{1,12}$")


def balance(batch: Batch, scans: Sequence[Scan]) -> tuple[Finding, ...]:
    """V01 if the pages declared are not those stored, or a number in the sequence of files is missing; H52 if one is that the
    scanner's imprinter printed; H56 if there are other backs than fronts. Else nothing.
    """
    stored = sum(scan.pages for scan in scans)
    taken = {scan.seq for scan in scans}
    missing = [seq for seq in range(1, max(taken, default=0) + 1) if seq not in taken]
    gone = list(islice(unseen(batch.slip, scans), NAMED))
    uneven = list(islice(uneven_halves(batch, scans), NAMED))
    skipped = (*([find("H52", numbers=_named(gone))] if gone else []),
               *([find("H56", halves="、".join(uneven))] if uneven else []))
    if stored == batch.declared_pages and not missing:
        return skipped
    told = f"届いていないファイル番号: {_named(missing)}。" if missing else ""
    sides = f"（両面 {batch.declared_pages} ページ）" if batch.sides > 1 else ""
    unit = "ページ" if batch.sides > 1 else "枚"
    message = f"申告 {batch.declared_sheets} 枚{sides}に対して保管 {stored} {unit}です。{told}紙を数え直してください。"
    return (Finding("V01", Severity.F, Act.AMEND, message), *skipped)


def place(collate: Collate, scan: Scan, number: int) -> int:
    """Where this page of a file lies in its pile: the sides of a sheet at 1 and 2, 3 and 4 …, of whichever file they come."""
    if collate is Collate.AS_FED:
        return number
    if scan.seq % 2:
        return 2 * number - 1
    return 2 * (scan.pages + 1 - number if collate is Collate.ODD_EVEN_REVERSED else number)


def other_half(seq: int) -> int:
    """The number of the file that has the other sides of this one's sheets, where sides came as files of their own."""
    return seq + 1 if seq % 2 else seq - 1


def uneven_halves(batch: Batch, scans: Iterable[Scan]) -> Iterator[str]:
    """Pairs of files that cannot be laid together, by how many fronts and backs they have."""
    if batch.collate is Collate.AS_FED:
        return
    sides = {scan.seq: scan.pages for scan in scans}
    for front in sorted({min(seq, other_half(seq)) for seq in sides}):
        fronts, backs = sides.get(front, 0), sides.get(front + 1, 0)
        if fronts != backs:
            yield f"ファイル {front:04} は表 {fronts} 面、ファイル {front + 1:04} は裏 {backs} 面"


def differing(batch: Batch, sheet: BatchSheet) -> Iterator[Finding]:
    """H54 for whatever the batch sheet on top says otherwise than the station did."""
    held = ("箱番号", sheet.box, batch.box), ("区", sheet.ward, batch.ward), ("業務", sheet.procedure, batch.procedure)
    for what, said, told in held:
        if said != told:
            yield find("H54", what=what, said=said, told=told)


def recounted(batch: Batch, scans: Sequence[Scan], by: str) -> Batch:
    """The batch, which says what `by` counted by hand, and what that leaves to be found: not what a batch sheet says, for whoever
    counted had it in hand."""
    sides = f"（うち片面だけ {batch.one_sided} 枚）" if batch.one_sided else ""
    counted = Finding("V01", Severity.I, Act.NONE, f"{by} が数え直し、{batch.declared_sheets} 枚{sides}としました。")
    stored = sum(scan.pages for scan in scans)
    fault = () if batch.step is Step.OPEN or stored == batch.declared_pages else balance(batch, scans)
    return found(batch, (*COUNTED, "H54"), (*fault, counted))


def found(batch: Batch, codes: Collection[str], findings: Iterable[Finding]) -> Batch:
    """The batch with these findings in place of all that it had of those codes."""
    return replace(batch, findings=(*(one for one in batch.findings if one.code not in codes), *findings))


def unseen(slip: Slip, scans: Iterable[Scan]) -> Iterator[str]:
    """The imprinter's numbers that no file brought, between the first and the last: those declared, else those that came.

    A number is whatever ends in digits ("KM0012-000451"); what stands before them is a run of its own. A file of several sheets
    says "first..last".
    """
    spans = [span(scan.imprint) for scan in scans if scan.imprint]
    told = [span(text) for text in (slip.first_imprint, slip.last_imprint) if text] if spans else []
    for run in dict.fromkeys(prefix for prefix, _, _ in (*told, *spans)):
        mine = [numbers for prefix, _, numbers in (*told, *spans) if prefix == run]
        width = max(wide for prefix, wide, _ in (*told, *spans) if prefix == run)
        came = {number for prefix, _, numbers in spans if prefix == run for number in numbers}
        for number in range(min(one.start for one in mine), max(one.stop for one in mine)):
            if number not in came:
                yield f"{run}{number:0{width}}"


def span(text: str) -> tuple[str, int, range]:
    """What an imprint says: the run it is of, how many digits its number has, and which numbers; raises ValueError for none."""
    first, _, last = text.partition(BETWEEN)
    (prefix, begin), (other, end) = imprinted(first), imprinted(last or first)
    numbers = range(int(begin), int(end) + 1)
    if prefix != other or not 0 < len(numbers) <= MOST_SHEETS:
        raise ValueError("no such run of numbers")
    return prefix, max(len(begin), len(end)), numbers


def imprinted(text: str) -> tuple[str, str]:
    """What stands before an imprinter's digits, and the digits; raises ValueError where there are none."""
    ending = _DIGITS.search(text)
    if ending is None:
        raise ValueError("no digits at its end")
    return text[:ending.start()], ending[0]


def _named(numbers: Sequence[object]) -> str:
    return ", ".join(map(str, numbers[:NAMED]))
