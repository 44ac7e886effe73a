"""What is written to whoever sent a paper, and what is spoken with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Post(StrEnum):
    """What a letter is for."""

    RETURN = "返戻"      # the paper goes back, to be mended and sent again
    INQUIRE = "照会"     # a question; the paper stays
    REMIND = "督促"      # a paper that went back has not come again in time


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a letter is written: a rule's code ("" where a clerk put it in words of their own), its sentence, what is to be done."""

    code: str
    says: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """All that stands on a letter, in its last words: what is printed from it is the same each time.

    `to` and `sender` are lines; `about` pairs a label with a value; `answers` is the document that a paper behind this letter
    answers ("" for a letter that is no cover), `asks` the one that a question is about ("" for what is none).
    """

    title: str
    number: str
    day: str
    to: tuple[str, ...]
    sender: tuple[str, ...]
    opening: tuple[str, ...]
    about: tuple[tuple[str, str], ...]
    reasons: tuple[Reason, ...]
    due: tuple[str, str]
    closing: tuple[str, ...]
    foot: tuple[str, ...]
    answers: str = ""
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it was written; `n` counts all letters of the house."""

    n: int
    document_id: str
    kind: Post
    day: date
    due: date
    by: str
    at: datetime
    wording: Wording


@dataclass(frozen=True, slots=True)
class Talk:
    """One call or letter about a document (折衝記録): with whom, by which way, what for (`code`), what was said, what they promised
    till when. `outcome` is "" while it is open. `n` is 0 before it is stored."""

    document_id: str
    by: str
    at: datetime
    way: str
    counterpart: str
    code: str = ""
    said: str = ""
    promised: date | None = None
    outcome: str = ""
    n: int = 0
