"""The list of what was returned: every 返戻票 since the list before, up to the business date, none twice and none left out."""

from __future__ import annotations

from tsuzuri.flow.line import Line
from tsuzuri.flow.outlet import Bundle
from tsuzuri.flow.taking import Asked, Chosen, Way, titles
from tsuzuri.forms.targets import Target
from tsuzuri.model import ExportRun, Step
from tsuzuri.rules.writers import Totals
from tsuzuri.stages.returned import returned_table
from tsuzuri.store import Look


def _choose(line: Line, look: Look, asked: Asked) -> Chosen:
    """Letters by number, from behind the last that a list told of. A return that was taken back meanwhile is told of by none."""
    before = look.last_before(asked.name, asked.day)
    after = int(before.scope.get("until", 0)) if before is not None else 0
    written = look.returns_written(after, asked.day, asked.until)
    until = max((letter.n for letter, _ in written), default=after)
    but = [letter.n for letter, step in written if step is not Step.RETURNED]
    scope: dict[str, int | str] = {"after": after, "until": until, "but": " ".join(map(str, but))}
    return Chosen(len(written) - len(but), scope=scope)


def _fill(line: Line, look: Look, run: ExportRun, target: Target, into: Bundle) -> Totals:
    called = titles(line)
    but = {int(n) for n in str(run.scope.get("but", "")).split()}
    letters = look.returns_between(int(run.scope["after"]), int(run.scope["until"]))
    told = [(letter, called.get(form or "", "様式不明"), ward) for letter, form, ward in letters if letter.n not in but]
    for paper, name in zip(target.files, target.names(run.business_date), strict=True):
        piece = into.open(name, paper.word)
        piece.count = len(told)
        for line_of in returned_table(told, paper.coded):
            piece.write(line_of)
    return Totals(len(told))


RETURNED = Way(_choose, _fill)
