"""What a city's letters say: who sends them, how long they give, and in which words. One YAML, _letters.yaml, beside the forms."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, field_validator

from tsuzuri.errors import Misdeclared
from tsuzuri.forms.field import Declared
from tsuzuri.forms.source import meant, place, read_yaml
from tsuzuri.model import Act, Post
from tsuzuri.rules import FEED_COLUMNS, RULES

NAME = "_letters.yaml"
Line = Annotated[str, Field(min_length=1, max_length=300)]


class Sender(Declared):
    """Who sent the paper, to whom letters about it go: the fields that tell their name and where they live."""

    name: str
    postal: str | None = None
    address: str | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are named."""
        return tuple(name for name in (self.name, self.postal, self.address) if name)


class Office(Declared):
    """Who writes: an office, and whoever answers the telephone there."""

    office: Line
    person: str = ""
    postal: str = ""
    address: str = ""
    phone: str = ""


class Sent(Declared):
    """One kind of letter. `due` is what its deadline is called, `days` after the letter's own; `foot` stands beside its code."""

    title: Line
    opening: tuple[Line, ...]
    due: Line
    days: int = Field(ge=1, le=365)
    closing: tuple[Line, ...] = ()
    foot: tuple[Line, ...] = ()


class Worded(Declared):
    """What a letter says of one rule instead of the finding's sentence, and what is to be done about it."""

    says: str = ""
    mend: str = ""


class Letters(Declared):
    """`number` words a letter's number (`{year}` the fiscal year of its era, `{n}` its count); `about` pairs a label with a column
    of the feed; `mend` says what to do for each act of a rule, `reasons` for single rules."""

    office: Office
    number: Line
    about: dict[str, str] = Field(default_factory=dict)
    unknown: Line = "ご提出の方"
    letters: dict[Post, Sent]
    mend: dict[Act, str] = Field(default_factory=dict)
    reasons: dict[str, Worded] = Field(default_factory=dict)

    @field_validator("number")
    @classmethod
    def _counts(cls, value: str) -> str:
        try:
            first, second = (value.format(year=1, n=n) for n in (1, 2))
        except (KeyError, IndexError, ValueError):
            raise ValueError("only {year} and {n} can be filled") from None
        if first == second:
            raise ValueError("without {n} all letters have one number")
        return value

    @field_validator("letters")
    @classmethod
    def _all_kinds(cls, value: dict[Post, Sent]) -> dict[Post, Sent]:
        if missing := [kind.value for kind in Post if kind not in value]:
            raise ValueError(f"no letter {missing[0]!r}")
        return value

    @field_validator("about")
    @classmethod
    def _columns(cls, value: dict[str, str]) -> dict[str, str]:
        for column in value.values():
            if column not in FEED_COLUMNS:
                raise ValueError(f"unknown feed column {column!r}{meant(column, FEED_COLUMNS)}")
        return value

    @field_validator("reasons")
    @classmethod
    def _rules(cls, value: dict[str, Worded]) -> dict[str, Worded]:
        for code in value:
            if code not in RULES:
                raise ValueError(f"unknown rule {code!r}{meant(code, RULES)}")
        return value


def load_letters(pipelines: Path) -> Letters | None:
    """The letters of a folder of forms; None where it has none. Raises Misdeclared with file and line."""
    path = pipelines / NAME
    if not path.is_file():
        return None
    declared, lines = read_yaml(path)
    try:
        return Letters.model_validate(declared)
    except ValidationError as error:
        first = error.errors()[0]
        loc = ".".join(str(part) for part in first["loc"])
        raise Misdeclared(f"{place(path, lines, loc)}: {loc}: {first['msg']}") from error
