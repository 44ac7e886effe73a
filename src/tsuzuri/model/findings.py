"""The paper's faults, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member  # a finding has a field of that name
from enum import StrEnum

from tsuzuri.model.readings import Box


class Severity(StrEnum):
    """How hard a finding stands in the way (domain: F reject, E block, W reviewer decides, I information)."""
    F = "F"
    E = "E"
    W = "W"
    I = "I"  # noqa: E741  the domain's own letter

    @property
    def blocks(self) -> bool:
        """Whether no claim may be made while such a finding stands."""
        return self in (Severity.F, Severity.E)


class Act(StrEnum):
    """What is done about a finding."""

    RETURN = "返戻"     # back to the institution or applicant
    INQUIRE = "照会"    # ask
    AMEND = "補正"      # mend in house
    RESCAN = "再スキャン"
    NONE = ""


# Of a field that bears one of these nobody sees a value: two key it from the picture alone (H42), or differed (V55).
TO_KEY, DISPUTED = "H42", "V55"
ILLEGIBLE = "H43"       # who keyed it, or who judged between them, could not read it


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault of the paper: a rule's `code` (V01…), the `field` it rests on or None, `steps`: how what it misses is reckoned.

    `words` are what its sentence was filled with, for a city that says it otherwise; they are not kept.
    """

    code: str
    severity: Severity
    act: Act
    message: str
    field: str | None = None
    box: Box | None = None
    page: int | None = None
    steps: tuple[str, ...] = ()
    words: Mapping[str, str] = member(default_factory=dict, compare=False, repr=False)
