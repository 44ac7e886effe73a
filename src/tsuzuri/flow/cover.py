"""A batch's totals are held against its claims, as soon as nothing more of the batch will change by itself: those of its covers
(総括表), and those that were declared with it.

And again whenever a person changes what a paper of the batch says. Always within the unit of work that made the change.
"""

from __future__ import annotations

from tsuzuri.flow.judging import judge
from tsuzuri.flow.line import Line
from tsuzuri.model import Batch, Step
from tsuzuri.stages.cover import SLIP, held_against, slip_held
from tsuzuri.stages.intake import found
from tsuzuri.store import Unit

OPEN_TO_PEOPLE = frozenset({Step.REVIEW, Step.CLEAN})


def hold_covers(line: Line, unit: Unit, batch: Batch) -> None:
    """Judge what sums up a closed and wholly read batch: its slip, and every cover that is still open. The unit holds the batch;
    nothing is done for one without either.
    """
    covers = {name for name, form in line.forms.items() if form.cover}
    if batch.step is not Step.CLOSED or unit.anything_unread(batch.id):
        return
    there = covers & unit.forms_of_batch(batch.id)
    if not there and batch.slip.count is None:
        return
    documents = unit.documents_of_batch(batch.id)
    known = [(document, form) for document in documents if (form := line.forms.of(document)) is not None]
    judged = found(batch, SLIP, line.forms.rulebook.fit(slip_held(batch.slip, known)))
    if judged.findings != batch.findings:
        unit.save_batch(judged, was=batch.step)
    for cover, form in known:
        if form.cover is None or cover.step not in OPEN_TO_PEOPLE:
            continue
        held = held_against(cover, form, known)
        if held.noted != cover.noted:
            unit.save_document(judge(line, unit, held), was_version=cover.version)
