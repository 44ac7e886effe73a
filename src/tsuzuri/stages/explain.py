"""explain: how a document's claims are reckoned, step by step, for whoever asks. Touches forms and rules."""

from __future__ import annotations

from dataclasses import dataclass

from tsuzuri.forms import Form
from tsuzuri.model import Document
from tsuzuri.rules import NOTHING, Entry, Known
from tsuzuri.rules.checks_share import case_of
from tsuzuri.rules.reckon import Reckoned, possible
from tsuzuri.stages.checking import each_check, entries_of


@dataclass(frozen=True, slots=True)
class Account:
    """The reckoning of one claim: the row of a list that it stands in (0: none), and what may be, where age or grade is not known.

    `fits` says whether what the paper says that the patient bore is (one of) those; None where it says nothing.
    """

    row: int
    found: tuple[Reckoned, ...]
    fits: bool | None


def accounts(document: Document, form: Form, known: Known = NOTHING) -> list[Account]:
    """One account for each claim that the form's check `reckoned` has enough of; none for a form without it."""
    told = []
    for applied in each_check(document, form, entries_of(document, form)[1], known):
        if applied.check.check != "reckoned":
            continue
        case = case_of(applied.given["claim"], applied.beside["asked"], known)
        if case is not None:
            told.append(_account(applied.row, possible(case, form.tables), applied.given["paid"]))
    return told


def _account(row: int, found: tuple[Reckoned, ...], paid: Entry) -> Account:
    """What fits the paper alone, where anything does; of what comes to the same, one."""
    differing = tuple({one.patient: one for one in reversed(found)}.values())[::-1]
    fitting = tuple(one for one in differing if one.fits(paid.number))
    return Account(row, fitting or differing, None if paid.number is None else bool(fitting))
