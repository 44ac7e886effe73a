"""intake: what was declared is held against what came. Touches only nouns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tsuzuri.model import Act, Batch, Finding, Scan, Severity, Step


def balance(batch: Batch, scans: Sequence[Scan]) -> tuple[Finding, ...]:
    """V01 if the sheets declared are not the pages stored, or if a number in the sequence of files is missing; else nothing."""
    stored = sum(scan.pages for scan in scans)
    taken = {scan.seq for scan in scans}
    missing = [seq for seq in range(1, max(taken, default=0) + 1) if seq not in taken]
    if stored == batch.declared_sheets and not missing:
        return ()
    told = f"届いていないファイル番号: {', '.join(map(str, missing[:20]))}。" if missing else ""
    message = f"申告 {batch.declared_sheets} 枚に対して保管 {stored} 枚です。{told}紙を数え直してください。"
    return (Finding("V01", Severity.F, Act.AMEND, message),)


def recounted(batch: Batch, scans: Sequence[Scan], sheets: int, by: str) -> Batch:
    """The batch with the number of sheets that `by` counted by hand, and what that leaves to be found."""
    mended = replace(batch, declared_sheets=sheets)
    counted = Finding("V01", Severity.I, Act.NONE, f"{by} が数え直し、{sheets} 枚としました。")
    stored = sum(scan.pages for scan in scans)
    fault = () if batch.step is Step.OPEN or stored == sheets else balance(mended, scans)
    return replace(mended, findings=(*fault, counted))
