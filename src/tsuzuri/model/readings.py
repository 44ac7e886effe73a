"""What readers saw in a box, and what a document says in it."""

from __future__ import annotations

from dataclasses import dataclass

Box = tuple[float, float, float, float]
Value = str | int | bool | None
STRUCK, WHITENED, STAMPED = "struck", "whitened", "stamped"     # what was done to a field: crossed out, painted over, 訂正印
STAINED = "+stain"      # follows the readers' names where a stamp or a stroke that is no writing was taken out of the field
Others = tuple[tuple[str, float], ...]      # spellings, each with its probability, the likeliest first
RESCUED = "+check"      # ends the readers' names where a number was chosen among others because its check digit fits
CHOSEN = "+ledger"      # ends them where the ledger's row for the person chose among the spellings that readers held possible
MET = "+met"            # ends them where what was read stands in the row of whoever the paper's other fields name


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader saw in one box. Kept for ever; never edited.

    `ink` is the raw text, "" for blank. `confidence` is the reader's own P(right), 0–1. `order` is 1 for the first reader.
    `marks` are what was done to the writing: STRUCK, WHITENED, STAMPED. `others` is what else may stand there, beside `ink`.
    """

    field: str
    ink: str
    confidence: float
    reader: str
    box: Box
    page: int = 1
    order: int = 1
    marks: tuple[str, ...] = ()
    others: Others = ()


@dataclass(frozen=True, slots=True)
class Field:
    """What the document says in one field: the value, and how we came to know it. `reader` is "person" after a correction.

    `page` is the page's place in its document, from 1; `kind` is the field's on the form as it was when this was read or typed
    ("" of papers older than that is written down). `others` are further spellings that the readers held possible.
    """

    value: Value
    confidence: float
    raw: str
    reader: str
    box: Box | None = None
    page: int = 1
    marks: tuple[str, ...] = ()
    kind: str = ""
    others: Others = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that a field may have, beside the one it has or the same: whose word it is (`by`: "ledger" or "readers"), why in a
    clerk's words, and P(right), 0–1.
    """

    field: str
    value: Value
    by: str
    reason: str
    p: float
