"""The night: approved claims leave for the systems that receive them, once, with proof.

One file for the benefits system, and one for each form whose claims are plain records (`export: {target: records}`).

Two commits: the first freezes which claims this run takes, the second, after the file and its control file are durable,
marks them exported. A crash in between resumes with the same claims, hence the same bytes, whenever a night runs again.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from tsuzuri.errors import Refused, Stuck, TsuzuriError, WrongTurn
from tsuzuri.flow.line import Line, new_id
from tsuzuri.flow.usual import tell_usual
from tsuzuri.model import Batch, ExportRun, Step
from tsuzuri.stages.export import Totals, benefits_feed, hindrance
from tsuzuri.stages.records import records_feed
from tsuzuri.store import Look
from tsuzuri.store.files import sync_folder

BENEFITS, RECORDS = "benefits", "records:"     # the targets of runs; behind the latter stands the form's name
LONGEST = timedelta(hours=1)    # no run takes that long: what is half written since then was left by a crash


def nights(line: Line, day: date) -> list[ExportRun]:
    """The runs of all targets for a business date: the records of every form that has some, and last the benefits.

    One target that breaks off does not keep the others in the house: its error is raised when they are through.
    """
    done, broken = list[ExportRun](), list[TsuzuriError]()
    for target in _targets(line, day):
        try:
            done.append(night(line, day, target))
        except TsuzuriError as error:
            broken.append(error)
    tell_usual(line)
    if broken:
        raise broken[0]
    return done


def _targets(line: Line, day: date) -> list[str]:
    """Whom this night concerns: records only where there is, or was, something to tell of."""
    with line.store.read() as look:
        told, there = {run.target for run in look.unfinished()}, look.forms_due(day)
        for form in _plain(line):
            if not there.isdisjoint(line.forms.prints(form)) or look.run_for(day, RECORDS + form) is not None:
                told.add(RECORDS + form)
    return [*sorted(told - {BENEFITS}), BENEFITS]


def _plain(line: Line) -> list[str]:
    """The forms of which records leave; other prints of a form leave as that form."""
    return [name for name, form in line.forms.items() if form.export.target == "records" and not form.version_of]


def night(line: Line, day: date, target: str = BENEFITS) -> ExportRun:
    """The night's run of one target for a business date; run again, it answers with the same file, byte for byte.

    Runs that a crash left unfinished on other dates are finished first: their claims belong to them and to no other.
    Raises Refused for a date that has not come: it would take what is not its own.
    """
    if day > line.today():
        raise Refused(f"business date {day} has not come yet; name today's or an earlier one", code="date_not_come")
    for left in _left_behind(line, day, target):
        _finish(line, left)
    done = _finish(line, _freeze(line, day, target))
    _file(line, day)
    return done


def _left_behind(line: Line, day: date, target: str) -> list[ExportRun]:
    with line.store.read() as look:
        return [run for run in look.unfinished() if run.target == target and run.business_date != day]


def _finish(line: Line, run: ExportRun) -> ExportRun:
    path = _place(line, run.business_date, run.target)
    run = replace(run, path=str(path))    # the folder may have been named anew since the run was begun
    with _disk(path):
        if run.sha256 and path.with_suffix(".fin").exists() and path.exists() and _sha256(path) == run.sha256:
            return run
        totals, digest = _write(line, run, path)
        _write_control(path, run, totals, digest)
    if run.sha256:
        return run
    done = replace(run, sha256=digest, count=totals.count, amount=totals.amount, points=totals.points)
    try:
        with line.unit() as unit:
            unit.finish_run(done)
    except WrongTurn:
        with line.store.read() as look:
            known = look.run_for(run.business_date, run.target)
        if known is None or known.sha256 != digest:
            raise
        return known    # another night at the same moment was faster, with the same claims
    return done


def _file(line: Line, day: date) -> None:
    """What was approved and leaves in no file (covers) is put away, once nothing of its batch is left to do.

    In units of work of their own: a night that broke off before does it when it runs again, as does any later one.
    """
    with line.store.read() as look:
        done = [batch_id for batch_id in look.batches_to_file(day) if _unsettled(look.batch(batch_id)) is None]
    for batch_id in done:
        with line.unit() as unit:
            unit.file(batch_id)


def _place(line: Line, day: date, target: str) -> Path:
    return line.exports / f"{_stem(target)}_{day:%Y%m%d}.{'dat' if target == BENEFITS else 'csv'}"


def _stem(target: str) -> str:
    return target.replace(":", "_")


def _freeze(line: Line, day: date, target: str) -> ExportRun:
    try:
        return _begin(line, day, target)
    except WrongTurn:
        return _begin(line, day, target)    # another night at the same moment was faster: its run is ours


def _begin(line: Line, day: date, target: str) -> ExportRun:
    # Chosen from one moment's look: who approves meanwhile is counted once, and does not wait for a hundred thousand claims.
    with line.store.read() as look:
        known = look.run_for(day, target)
        if known is not None:
            return known
        chosen, held = _choose(line, look, day, target)
    run = ExportRun(
        id=new_id("xr"), business_date=day, target=target, path=str(_place(line, day, target)), sha256="",
        count=len(chosen), amount=0, points=0, eligible=len(chosen) + held.total(), held=dict(held), at=line.clock(),
    )
    with line.unit() as unit:
        unit.add_run(run)
        unit.assign(run.id, chosen)
    return run


def _choose(line: Line, look: Look, day: date, target: str) -> tuple[list[str], Counter[str]]:
    """Ids of the claims that go, and how many stay for which reason: nothing is left out without being counted.

    A sheet that lists patients leaves whole or not at all: where one of its claims is held, all are.
    """
    forms = line.forms.prints(target.removeprefix(RECORDS)) if target != BENEFITS else []
    others = [name for form in _plain(line) for name in line.forms.prints(form)]
    held, chosen = Counter(look.staying(day, forms, others)), list[tuple[str, str]]()
    batches: dict[str, str | None] = {}
    partly: set[str] = set()
    for claim in look.claims_due(day, forms, others):
        if claim.batch_id not in batches:
            batches[claim.batch_id] = _unsettled(look.batch(claim.batch_id))
        reason = batches[claim.batch_id]
        if reason is None and target == BENEFITS:
            reason = hindrance(claim, line.forms, line.city)
        if reason is None:
            chosen.append((claim.id, claim.document_id))
        else:
            held[reason] += 1
            partly.add(claim.document_id)
    whole = [claim_id for claim_id, document_id in chosen if document_id not in partly]
    if left := len(chosen) - len(whole):
        held["same_sheet"] = left
    return whole, held


def _unsettled(batch: Batch) -> str | None:
    """A batch whose sheets do not add up keeps its claims back until somebody has counted again."""
    if batch.step is not Step.CLOSED:
        return "batch_open"
    return "batch_unbalanced" if any(finding.severity.blocks for finding in batch.findings) else None


def _write(line: Line, run: ExportRun, path: Path) -> tuple[Totals, str]:
    """The feed, written beside its final place, made durable, then renamed; its totals and sha256. Nothing half is seen.

    Raises Stuck, and leaves what is there, when the bytes are not those that were sent before.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _forget_unfinished(line, path.parent, run.target)
    # A name of its own: two nights at once must not write into one file.
    temp = path.with_suffix(f".{secrets.token_hex(4)}.part")
    try:
        with line.store.read() as look, temp.open("wb") as out:
            totals = _pour(_feed(line, look, run), out.write)
            out.flush()
            os.fsync(out.fileno())
        digest = _sha256(temp)
        if run.sha256 not in ("", digest):
            raise Stuck(f"{path.name}: written again it would differ from what was sent; look at run {run.id}, and at what has "
                        "changed in the forms and settings since", code="export_differs")
        temp.replace(path)
        sync_folder(path.parent)
    finally:
        temp.unlink(missing_ok=True)
    return totals, digest


def _feed(line: Line, look: Look, run: ExportRun) -> Iterator[bytes | Totals]:
    claims = look.claims_of_run(run.id)
    if run.target == BENEFITS:
        return benefits_feed(claims, line.forms, run, line.city, line.zone)
    return records_feed(claims, line.forms, run.target.removeprefix(RECORDS))


@contextmanager
def _disk(path: Path) -> Iterator[None]:
    """Inside, a disk's faults become Stuck: nothing is marked as sent, and the night can be run again."""
    try:
        yield
    except OSError as error:
        raise Stuck(f"{path}: cannot be written ({error.strerror}); free space or mend the folder, then run the night again",
                    code="export_unwritable") from error


def _forget_unfinished(line: Line, folder: Path, target: str) -> None:
    before = (line.clock() - LONGEST).timestamp()
    for left in folder.glob(f"{_stem(target)}_*.part"):
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < before:
                left.unlink()


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
    temp = path.with_suffix(f".{secrets.token_hex(4)}.fin.part")
    try:
        with temp.open("w", encoding="utf-8") as out:
            json.dump(control, out, ensure_ascii=False, indent=1, sort_keys=True)
            out.flush()
            os.fsync(out.fileno())
        temp.replace(path.with_suffix(".fin"))
    finally:
        temp.unlink(missing_ok=True)
    sync_folder(path.parent)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
