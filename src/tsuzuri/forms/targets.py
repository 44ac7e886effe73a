"""Whom a night writes for: one YAML, _targets.yaml, beside the forms. Each has files, days, a cut-off, signatures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationError, field_validator, model_validator

from tsuzuri.errors import Misdeclared
from tsuzuri.forms.field import Declared
from tsuzuri.forms.receivers import S3, WAYS, Directory, Sftp, receiver_of
from tsuzuri.forms.source import Lines, meant, place, read_yaml
from tsuzuri.rules.bank_days import WHEN
from tsuzuri.rules.sheets import ENCODINGS, ROW_FORMATS
from tsuzuri.rules.zengin import Unsayable, holder, named

NAME = "_targets.yaml"
BENEFITS, RECORDS = "benefits", "records:"     # the targets that forms name; behind the latter stands the form's name
Takes = Literal["claims", "records", "sent", "returned", "payments", "paid"]
FORMATS: Mapping[str, tuple[str, ...]] = {     # what is taken → the words by which its files may be written
    "claims": tuple(ROW_FORMATS), "sent": tuple(ROW_FORMATS), "returned": ("returned",), "records": ("records",),
    "payments": ("zengin",), "paid": ("notices", "notice_list"),
}


def _digits(many: int) -> Any:
    return Annotated[str, StringConstraints(pattern=f"^[0-9]{{{many}}}$")]


class Paper(Declared):
    """One file: `as` which word of FORMATS it is written, and its name, `{day}` the business date in it."""

    word: str = Field(alias="as")
    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]*\{day\}[A-Za-z0-9_-]*\.[a-z0-9]{1,8}$")]
    encoding: str = ""

    @field_validator("word")
    @classmethod
    def _known(cls, value: str) -> str:
        known = sorted({word for words in FORMATS.values() for word in words})
        if value not in known:
            raise ValueError(f"unknown word {value!r}{meant(value, known)}")
        return value

    @model_validator(mode="after")
    def _is_said_so(self) -> Paper:
        known = ENCODINGS.get(self.word, ("cp932", "utf-8") if self.word in ("returned", "notice_list") else ())
        if self.encoding and self.encoding not in known:
            raise ValueError(f"encoding: {self.encoding!r} is none of {self.word}'s{meant(self.encoding, known)}")
        return self

    @property
    def coded(self) -> str:
        """Its encoding: its own, or what its word means where none is said."""
        return self.encoding or ENCODINGS.get(self.word, ("cp932",))[0]


class Remitter(Declared):
    """Who pays (振込依頼人): the code that the bank gave, the name in half-width kana, and the account that is drawn upon."""

    code: _digits(10)  # type: ignore[valid-type]
    name: str
    bank: _digits(4)  # type: ignore[valid-type]
    branch: _digits(3)  # type: ignore[valid-type]
    kind: Literal["1", "2", "9"] = "1"
    number: _digits(7)  # type: ignore[valid-type]

    @field_validator("name")
    @classmethod
    def _sayable(cls, value: str) -> str:
        try:
            return holder(value, 40)
        except Unsayable as error:
            raise ValueError("only what banks can say: half-width kana, A–Z, digits, ( ) - .") from error

    @model_validator(mode="after")
    def _is_known(self) -> Remitter:
        if named(self.bank, self.branch) is None:
            raise ValueError(f"no bank {self.bank} has a branch {self.branch}")
        return self


class Target(Declared):
    """One receiver. `takes` says what: approved claims, what was `sent` with them, returned papers,
    payments, or what was `paid` by those `of` another target, as soon as they are handed over.

    `when` is a word of WHEN (with `day`, of the month, for monthly); `cut_off` is when its business date ends (締め); `folder`
    lies under the folder of exports. With `release` nothing is handed over before two people have signed. Payments say whom they
    pay and `pays_after` how many days of business at the bank; what left
    before `since` counts as paid elsewhere.
    """

    title: Annotated[str, Field(min_length=1, max_length=40)]
    takes: Takes = "claims"
    files: Annotated[tuple[Paper, ...], Field(min_length=1)]
    when: str = "every_day"
    day: int = Field(default=1, ge=1, le=31)
    cut_off: time | None = None
    folder: Annotated[str, StringConstraints(pattern=r"^([a-z0-9_-]+)?$")] = ""
    release: bool = False
    pays: Literal["institutions", "recipients"] | None = None
    pays_after: int = Field(default=3, ge=0, le=20)
    remitter: Remitter | None = None
    since: date | None = None
    of: str = ""
    crlf: bool = True
    deliver: Annotated[Directory | Sftp | S3, Field(discriminator="to")] | None = None

    @field_validator("when")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in WHEN:
            raise ValueError(f"unknown word {value!r}{meant(value, WHEN)}")
        return value

    @field_validator("deliver", mode="before")
    @classmethod
    def _by_a_known_way(cls, value: Any) -> Any:
        return receiver_of(value)

    @model_validator(mode="after")
    def _fits_together(self) -> Target:
        for paper in self.files:
            if paper.word not in FORMATS[self.takes]:
                raise ValueError(f"{self.takes} are not written as {paper.word!r}{meant(paper.word, FORMATS[self.takes])}")
        if (self.takes == "payments") != (self.pays is not None and self.remitter is not None):
            raise ValueError("payments, and they alone, say whom they pay (`pays`) and from which account (`remitter`)")
        if self.takes == "payments" and (not self.release or len(self.files) != 1):
            raise ValueError("payments are one file, and two people release it (`release: true`)")
        if (self.takes == "paid") != bool(self.of):
            raise ValueError("what tells of payments, and that alone, says of which (`of`)")
        if self.since is not None and self.takes != "payments":
            raise ValueError("`since` is for payments: what left before that date was paid elsewhere")
        if self.release and self.takes != "payments":
            raise ValueError("only payments wait for two people")
        return self

    def names(self, day: date) -> tuple[str, ...]:
        """The names of its files on a business date."""
        return tuple(paper.name.replace("{day}", f"{day:%Y%m%d}") for paper in self.files)

    def runs_on(self, day: date, off: frozenset[date]) -> bool:
        """Whether its calendar has a run on that day."""
        return self.takes != "paid" and WHEN[self.when](day, off, self.day)      # that goes with what it tells of


def _paper(word: str, name: str) -> Paper:
    return Paper.model_validate({"as": word, "name": name})


PLAIN: Mapping[str, Target] = {
    BENEFITS: Target(title="給付システム", files=(_paper("fixed", "benefits_{day}.dat"),))}


def records_target(form: str, title: str, like: Target) -> Target:
    """The target of a form whose claims leave as records; its business date ends when that of the claims does,
    and its files go where theirs do."""
    return Target(title=f"記録（CSV） {title}", takes="records", cut_off=like.cut_off, deliver=like.deliver,
                  files=(_paper("records", f"records_{form}_{{day}}.csv"),))


def load_targets(pipelines: Path) -> Mapping[str, Target]:
    """The targets of a folder of forms; the feed in fixed widths alone where it has no such file. Raises Misdeclared."""
    path = pipelines / NAME
    if not path.is_file():
        return PLAIN
    declared, lines = read_yaml(path)
    targets = dict[str, Target]()
    for name, told in declared.items():
        if not re.fullmatch("[a-z][a-z0-9_]{0,39}", str(name)):
            raise Misdeclared(f"{place(path, lines, str(name))}: {name!r}: a target is called by small letters, digits and _")
        try:
            targets[name] = Target.model_validate(told)
        except ValidationError as error:
            raise Misdeclared(_explained(error, path, lines, str(name))) from error
    for name, why in _odd(targets):
        raise Misdeclared(f"{place(path, lines, name)}: {why}")
    return targets


def _explained(error: ValidationError, path: Path, lines: Lines, name: str) -> str:
    """The first fault with its line; a stray word before one that is missing, for it is that word, misspelt."""
    first = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
    at = [part for part in first["loc"] if first["loc"][0] != "deliver" or part not in WAYS]  # no line names the way
    loc = ".".join(str(part) for part in at)
    where = f"{place(path, lines, f'{name}.{loc}', name)}: {name}: {loc}"
    if first["type"] == "extra_forbidden":
        way = WAYS.get(str(first["loc"][1]), Directory) if len(first["loc"]) > 1 else Directory
        rooms: Mapping[str, type[Declared]] = {"files": Paper, "remitter": Remitter, "deliver": way}
        room = rooms.get(str(first["loc"][0]), Target) if len(first["loc"]) > 1 else Target
        return f"{where}: unknown word{meant(str(first['loc'][-1]), room.model_fields)}"
    return f"{where}: {first['msg']}"


def _odd(targets: Mapping[str, Target]) -> Iterator[tuple[str, str]]:
    """What is wrong with them together."""
    if BENEFITS not in targets:
        yield "", f"there is no target {BENEFITS!r}, which every form's claims leave by unless it says otherwise"
    taken = dict[tuple[str, str], str]()
    for name, target in targets.items():
        if (target.takes == "claims") != (name == BENEFITS) or target.takes == "records":
            yield name, f"{name}: claims leave by {BENEFITS!r} alone, and records by their forms; others take what was sent"
        if target.of and getattr(targets.get(target.of), "pays", None) != "institutions":
            yield name, f"{name}: of: {target.of!r} is no target that pays institutions{meant(target.of, targets)}"
        for stem in (target.files[0].name.rpartition(".")[0], *(paper.name for paper in target.files)):
            if taken.setdefault((target.folder, stem), name) != name or [p.name for p in target.files].count(stem) > 1:
                yield name, f"{name}: {stem} is a file's name already"
