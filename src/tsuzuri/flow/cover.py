"""A batch's covers (総括表) are held against its claims, as soon as nothing more of the batch will change by itself.

And again whenever a person changes what a paper of the batch says. Always within the unit of work that made the change.
"""

from __future__ import annotations

from tsuzuri.flow.judging import judge
from tsuzuri.flow.line import Line
from tsuzuri.model import Batch, Step
from tsuzuri.stages.cover import held_against
from tsuzuri.store import Unit

OPEN_TO_PEOPLE = frozenset({Step.REVIEW, Step.CLEAN})


def hold_covers(line: Line, unit: Unit, batch: Batch) -> None:
    """Judge every cover of a closed and wholly read batch that is still open; nothing is done for a batch without one."""
    covers = {name for name, form in line.forms.items() if form.cover}
    if batch.step is not Step.CLOSED or not covers & unit.forms_of_batch(batch.id) or unit.anything_unread(batch.id):
        return
    documents = unit.documents_of_batch(batch.id)
    known = [(document, form) for document in documents if (form := line.forms.of(document)) is not None]
    for cover, form in known:
        if form.cover is None or cover.step not in OPEN_TO_PEOPLE:
            continue
        held = held_against(cover, form, known)
        if held.noted != cover.noted:
            unit.save_document(judge(line, unit, held), was_version=cover.version)
