"""A look sees one moment of the rows; a unit of work changes them, all or nothing, and only then nudges."""

from __future__ import annotations

from sqlalchemy import Connection

from tsuzuri.store.bound import Bound, SeenBound
from tsuzuri.store.doubts import SeenDoubts
from tsuzuri.store.electronic import Electronic, SeenElectronic
from tsuzuri.store.entries import Entries, SeenEntries
from tsuzuri.store.known import SeenKnown
from tsuzuri.store.leaving import Leaving, SeenLeaving
from tsuzuri.store.letters import Letters, SeenLetters
from tsuzuri.store.named import SeenNamed
from tsuzuri.store.papers import Papers, SeenPapers
from tsuzuri.store.paying import Paying, SeenPaying
from tsuzuri.store.questions import Questions, SeenQuestions
from tsuzuri.store.rulebooks import Rulebooks, SeenRulebooks

Nudge = tuple[str, str]        # the name of a job, and the id it is about


class Look(
    SeenPapers, SeenBound, SeenLeaving, SeenElectronic, SeenKnown, SeenDoubts, SeenEntries, SeenNamed, SeenQuestions,
    SeenRulebooks, SeenLetters, SeenPaying,
):
    """What may be asked. `store.Store.read` opens and ends it; lists and counts are in `queries`."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection


class Unit(Papers, Bound, Leaving, Electronic, Entries, Questions, Rulebooks, Letters, Paying, Look):
    """What a flow function holds between loading and saving. `store.Store.unit` opens and ends it."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self.nudges: list[Nudge] = []

    def then(self, job: str, paper_id: str) -> None:
        """Ask for `job` upon that id after the commit; asked twice is asked once."""
        if (job, paper_id) not in self.nudges:
            self.nudges.append((job, paper_id))
