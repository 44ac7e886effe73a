"""The night: approved claims leave for the benefits system, once, with proof.

Two commits: the first freezes which claims this run takes, the second, after the file and its control file are durable,
marks them exported. A crash in between resumes with the same claims, hence the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

from tsuzuri.errors import Stuck
from tsuzuri.flow.line import Line, new_id
from tsuzuri.model import Batch, ExportRun, Step
from tsuzuri.stages.export import Totals, benefits_feed, hindrance
from tsuzuri.store import Unit

TARGET = "benefits"


def night(line: Line, day: date) -> ExportRun:
    """The night's run for a business date; run again, it answers with the same file, byte for byte."""
    run = _freeze(line, day)
    path = line.exports / f"{TARGET}_{day:%Y%m%d}.dat"
    if run.sha256 and path.exists() and _sha256(path) == run.sha256:
        return run
    totals = _write(line, run, path)
    digest = _sha256(path)
    if run.sha256 and digest != run.sha256:
        raise Stuck(
            f"{path.name}: the file written again differs from the one sent; do not send it, and look at run {run.id}",
            code="export_differs",
        )
    _write_control(path, run, totals, digest)
    if run.sha256:
        return run
    done = replace(run, sha256=digest, count=totals.count, amount=totals.amount, points=totals.points)
    with line.unit() as unit:
        unit.finish_run(done)
    return done


def _freeze(line: Line, day: date) -> ExportRun:
    with line.unit() as unit:
        known = unit.run_for(day, TARGET)
        if known is not None:
            return known
        chosen, held = _choose(line, unit, day)
        run = ExportRun(
            id=new_id("xr"), business_date=day, target=TARGET, path=str(line.exports / f"{TARGET}_{day:%Y%m%d}.dat"),
            sha256="", count=len(chosen), amount=0, points=0, eligible=len(chosen) + held.total(), held=dict(held),
            at=line.clock(),
        )
        unit.add_run(run)
        unit.assign(run.id, chosen)
    return run


def _choose(line: Line, unit: Unit, day: date) -> tuple[list[str], Counter[str]]:
    """Ids of the claims that go, and how many stay for which reason: nothing is left out without being counted."""
    held, chosen = Counter(unit.staying(day)), []
    batches: dict[str, str | None] = {}
    for claim in unit.claims_due(day):
        if claim.batch_id not in batches:
            batches[claim.batch_id] = _unsettled(unit.batch(claim.batch_id))
        reason = batches[claim.batch_id] or hindrance(claim, line.forms, line.city_code)
        if reason is None:
            chosen.append(claim.id)
        else:
            held[reason] += 1
    return chosen, held


def _unsettled(batch: Batch) -> str | None:
    """A batch whose sheets do not add up keeps its claims back until somebody has counted again."""
    if batch.step is not Step.CLOSED:
        return "batch_open"
    return "batch_unbalanced" if any(finding.severity.blocks for finding in batch.findings) else None


def _write(line: Line, run: ExportRun, path: Path) -> Totals:
    """The feed, written beside its final place, made durable, then renamed. Disk faults raise Stuck; nothing half is seen."""
    temp = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with line.store.read() as look, temp.open("wb") as out:
            feed = benefits_feed(look.claims_of_run(run.id), line.forms, run, line.city_code, line.zone)
            totals = _pour(feed, out.write)
            out.flush()
            os.fsync(out.fileno())
        temp.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        temp.unlink(missing_ok=True)
        raise Stuck(f"{path}: cannot be written ({error.strerror}); free space or mend the folder, then run the night again",
                    code="export_unwritable") from error
    return totals


def _pour(feed: Iterable[bytes | Totals], write: Callable[[bytes], object]) -> Totals:
    totals = Totals()
    for piece in feed:
        if isinstance(piece, Totals):
            totals = piece
        else:
            write(piece)
    return totals


def _write_control(path: Path, run: ExportRun, totals: Totals, digest: str) -> None:
    """The .fin beside the file: the receiver takes a file only when this is there, and holds it against its figures."""
    control = {
        "file": path.name, "run": run.id, "business_date": run.business_date.isoformat(), "sha256": digest,
        "bytes": path.stat().st_size, "count": totals.count, "amount": totals.amount, "points": totals.points,
        "eligible": run.eligible, "held": run.held,
    }
    temp = path.with_suffix(".fin.part")
    with temp.open("w", encoding="utf-8") as out:
        json.dump(control, out, ensure_ascii=False, indent=1, sort_keys=True)
        out.flush()
        os.fsync(out.fileno())
    temp.replace(path.with_suffix(".fin"))
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
