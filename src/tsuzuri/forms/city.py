"""The city that a folder of forms belongs to: its code and its wards. One small YAML, _city.yaml, beside the forms."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from tsuzuri.errors import Misdeclared
from tsuzuri.forms.letters import Letters, load_letters
from tsuzuri.forms.source import existing, place, read_yaml
from tsuzuri.forms.targets import PLAIN, Target, load_targets

NAME = "_city.yaml"


Share = Annotated[float, Field(ge=0, lt=1)]


class City(BaseModel):
    """`code` is the municipality's six digits; `wards` gives each ward's name its two digits in the feed; `office` is the ward in
    whose books electronic receipts stand, which come to the city as a whole ("": the first).

    `lures`: of the fields that a person must confirm, the share shown with a wrong digit to see whether anybody looks; `blind`: of
    those that a person must always see, the share shown empty. A box of paper is kept for `keep_years` before it may be destroyed.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    name: str
    wards: dict[str, Annotated[str, StringConstraints(pattern=r"^[0-9]{2}$")]]
    office: str = ""
    lures: Share = 0.0
    blind: Share = 0.0
    keep_years: Annotated[int, Field(ge=1, le=50)] = 5
    letters: Letters | None = None      # what is written in its name; none: no letters are
    targets: Mapping[str, Target] = PLAIN       # whom its nights write for

    @model_validator(mode="after")
    def _office_is_a_ward(self) -> City:
        if self.office and self.office not in self.wards:
            raise ValueError(f"office: {self.office!r} is none of the wards")
        return self

    @property
    def receives(self) -> str:
        """The ward in whose books electronic receipts stand."""
        return self.office or next(iter(self.wards))


def load_city(pipelines: Path) -> City:
    """The city of a folder of forms; raises Misdeclared with file and line."""
    path = existing(pipelines / NAME, pipelines, "the city's code and wards")
    declared, lines = read_yaml(path)
    if (letters := load_letters(pipelines)) is not None:
        declared["letters"] = letters
    declared["targets"] = load_targets(pipelines)
    try:
        return City.model_validate(declared)
    except ValidationError as error:
        first = error.errors()[0]
        loc = ".".join(str(part) for part in first["loc"])
        raise Misdeclared(f"{place(path, lines, loc)}: {loc}: {first['msg']}") from error
