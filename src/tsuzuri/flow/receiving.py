"""受領結果: receivers' answers are read back, held against what was sent, and what was not taken becomes work.

An answer is kept as it came, whatever it says. Read twice is read once, by its bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tsuzuri.delivery import Channel, Told, open_channel
from tsuzuri.errors import NotFound, Refused, Stuck
from tsuzuri.flow.correcting import reopen_sent
from tsuzuri.flow.delivering import keyed, placed, receivers, since
from tsuzuri.flow.line import Line
from tsuzuri.flow.taking import target_of
from tsuzuri.forms.receivers import Receiver
from tsuzuri.model import ExportRun, Step
from tsuzuri.rules.answers import MOST, Answered, ErrorRow, differences, parse_answer
from tsuzuri.rules.table import find
from tsuzuri.store import Look
from tsuzuri.store.deliveries import Answer, Word, add_answer, answer_of, answer_seen, answers_that, claims_meant

BY = "連携先"          # who reopened a paper, where a receiver did
MANY = 500


def take_answers(line: Line) -> tuple[list[Answer], list[Stuck]]:
    """Every answer that lies with a receiver and was not read yet; and the troubles of receivers that could not be asked."""
    found, troubles, asked = list[Answer](), list[Stuck](), set[Receiver]()
    for name, target in receivers(line):
        if target.deliver is None or not target.deliver.answers or target.deliver in asked:
            continue        # several targets may share a receiver, and its folder of answers
        asked.add(target.deliver)
        try:
            with open_channel(keyed(name), placed(line, target.deliver), line.secrets) as channel:
                found += [_fetch(line, name, channel, told) for told in _new(line, name, channel)]
        except Stuck as stuck:
            troubles.append(stuck)
    return found, troubles


@dataclass(frozen=True)
class Odd:
    """A run of which the receiver counts otherwise than we do, by its latest answer."""

    run: ExportRun
    answer: Answer


def odd_answers(line: Line) -> list[Odd]:
    """All that are carried, oldest first; an answer that agrees, come later, settles it."""
    first = min((since(line, target) for _, target in receivers(line)), default=line.today())
    with line.store.read() as look:
        return [Odd(run, told) for run, told in answers_that(look, Word.DIFFERS, first)]


def _new(line: Line, target: str, channel: Channel) -> list[Told]:
    with line.store.read() as look:
        return [told for told in channel.answers() if not answer_seen(look, target, told.name, told.stamp)]


def _fetch(line: Line, target: str, channel: Channel, told: Told) -> Answer:
    pieces = channel.answer(told.name) if told.size <= MOST else ()
    return take_answer(line, pieces, told, target)


def take_answer(line: Line, pieces: Iterable[bytes], told: Told, target: str = "") -> Answer:
    """What came of one answer, kept with its bytes; `target` by whose channel it came, "" where a person brought it."""
    with line.files.receive(MOST) as staged:
        for piece in pieces:
            staged.write(piece)
        content, sha256 = staged.path.read_bytes(), staged.keep()
    with line.store.read() as look:
        before = answer_of(look, sha256)
    if before is not None and before.outcome is not Word.UNREADABLE:
        if before.name != told.name or before.stamp != told.stamp:
            _keep(line, Answer(target, told.name, told.stamp, sha256, before.run_id, Word.AGAIN, line.clock()))
        return before
    try:
        said = parse_answer(content)
    except Refused as refused:
        answer = Answer(target, told.name, told.stamp, sha256, None, Word.UNREADABLE, line.clock(), {"why": refused.message})
        return _keep(line, answer)
    return _reconcile(line, said, Answer(target, told.name, told.stamp, sha256, None, Word.UNKNOWN, line.clock()))


def _keep(line: Line, answer: Answer) -> Answer:
    with line.unit() as unit:
        add_answer(unit, answer)
    return answer


def _reconcile(line: Line, said: Answered, came: Answer) -> Answer:
    """The answer beside its run: what differs is told, and each claim that was not taken puts its paper into review.

    The papers go first, each in its own commit: cut off in between, the answer is read anew and goes on.
    """
    with line.store.read() as look:
        run = _run(line, look, said.run, came.target)
        meant = _meant(look, run, said.errors) if run is not None else {}
    if run is None:
        return _keep(line, _with(came, None, Word.UNKNOWN, {"run": said.run, "errors": len(said.errors)}))
    papers = dict[str, list[ErrorRow]]()
    for row in said.errors:
        if row.claim in meant:
            papers.setdefault(meant[row.claim], []).append(row)
    work = {document_id for document_id, rows in papers.items() if _reopen(line, document_id, rows)}
    found = list(differences(run, said))
    strangers = [row.claim for row in said.errors if row.claim not in meant]
    if strangers:
        found.append(f"この連携にない請求のエラーが {len(strangers):,} 件あります。")
    told = {
        "differences": found[:MANY], "many": len(found), "errors": len(said.errors),
        "rows": [{"claim": row.claim, "document": meant.get(row.claim), "code": row.code, "message": row.message,
                  "reopened": meant.get(row.claim) in work} for row in said.errors[:MANY]]}
    word = Word.DIFFERS if found else Word.ERRORS if said.errors else Word.AGREES
    return _keep(line, _with(came, run.id, word, told))


def _with(came: Answer, run_id: str | None, word: Word, told: dict[str, object]) -> Answer:
    return Answer(came.target, came.name, came.stamp, came.sha256, run_id, word, came.at, told)


def _run(line: Line, look: Look, run_id: str, target: str) -> ExportRun | None:
    """The run that an answer names; by another receiver's channel it is nobody's."""
    try:
        run = look.run(run_id)
    except NotFound:
        return None
    theirs = not target or target_of(line, run.target).deliver == target_of(line, target).deliver
    return run if theirs and run.sha256 else None


def _meant(look: Look, run: ExportRun, rows: Iterable[ErrorRow]) -> dict[str, str]:
    """The papers that error rows are about, by the claims' numbers."""
    named, found = [row.claim for row in rows], dict[str, str]()
    of = str(run.scope.get("of", run.id))
    for some in (named[i:i + MANY] for i in range(0, len(named), MANY)):
        for claim in claims_meant(look, of, some):
            found[claim.reverses or claim.id] = claim.document_id
            found[claim.id] = claim.document_id
    return found


def _reopen(line: Line, document_id: str, rows: list[ErrorRow]) -> bool:
    """The paper in review again, with what the receiver says of it; False where somebody has it in hand already."""
    told = tuple(find("H61", theirs=row.code, reply=row.message) for row in rows)
    with line.unit() as unit:
        document = unit.document(document_id)
        if document.step is not Step.EXPORTED:
            return set(told) <= set(document.noted)
        settled = tuple(finding for finding in document.noted if finding.code != "H61")        # of an answer before this one
        why = "受領結果 " + "、".join(sorted({row.code for row in rows}))
        reopen_sent(line, unit, replace(document, noted=settled), (BY, why), told)
    return True
