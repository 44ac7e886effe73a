"""A reading model's card: what it takes, what it gives, which characters it knows. NAME.json beside NAME.onnx; see README.md.

Touches the two files only.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tsuzuri.errors import Misdeclared

VERSION = r"^[0-9][A-Za-z0-9._]*$"      # NAME-VERSION, joined with + and / where several spoke, must come apart again
CHECKED_AT_ONCE = 1 << 20


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, populate_by_name=True)


class Takes(_Told):
    """What the model is fed. `look`: a word of network.LOOKS; lengths in px at the model's height."""

    input: str
    look: Literal["ink", "rgb"] = Field(alias="as")
    height: int = Field(ge=8, le=256)
    step: int = Field(ge=1, le=64)                     # widths are multiples of this
    narrowest: int = Field(ge=1)
    widest: int = Field(le=4096)
    fills: float | None = Field(default=None, gt=0.2, le=1)     # share of the height that the strokes fill; None: as cut
    leans: tuple[float, ...] = ()                      # of the height: how crops are leant for a second look where it is unsure


class Gives(_Told):
    """What the model answers: a CTC's classes for every `stride` px of width, class 0 the blank."""

    look: Literal["logits", "softmax"] = Field(alias="as")
    stride: int = Field(ge=1, le=64)


class Card(_Told):
    """A model's card. `characters` has class 1 first; `families` are sets of characters that are never mixed in one reading."""

    version: str = Field(pattern=VERSION, max_length=12)
    licence: str = Field(min_length=1)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    takes: Takes
    gives: Gives
    characters: tuple[str, ...]
    families: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _letters(cls, told: object) -> object:
        """One text of all characters is as good as a list of them."""
        if isinstance(told, dict) and isinstance(told.get("characters"), str):
            return {**told, "characters": tuple(told["characters"])}
        return told

    @model_validator(mode="after")
    def _spelled(self) -> Card:
        if not self.characters or not all(self.characters):
            raise ValueError("characters: name every class but the blank, in their order")
        for family, letters in self.families.items():
            if strange := sorted(set(letters) - set(self.characters)):
                raise ValueError(f"families: {family}: {strange[0]!r} is none of the characters")
        return self


def read_card(model: Path) -> Card:
    """The card of a model file; raises Misdeclared with what to do where either is missing, broken, or not the other's."""
    path = model.with_suffix(".json")
    if not model.is_file():
        raise Misdeclared(f"{path}: there is no {model.name} beside it; put it there, or take the card away", code="model_missing")
    if not path.is_file():
        raise Misdeclared(f"{model}: has no card; write {path.name} beside it (words: engines/README.md)", code="model_missing")
    try:
        card = Card.model_validate(json.loads(path.read_text("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        at = ".".join(str(part) for part in first["loc"])
        raise Misdeclared(f"{path}: {at}{': ' if at else ''}{first['msg']} (words: engines/README.md)", code="bad_card") from None
    except ValueError as error:
        raise Misdeclared(f"{path}: not JSON: {error}", code="bad_card") from error
    if (found := _sum(model)) != card.sha256:
        raise Misdeclared(f"{path}: sha256 is not that of {model.name} ({found}); put the card's own model beside it, "
                          "or write that sum if you trust the file", code="model_broken")
    return card


def _sum(model: Path) -> str:
    told = hashlib.sha256()
    with model.open("rb") as opened:
        while part := opened.read(CHECKED_AT_ONCE):
            told.update(part)
    return told.hexdigest()
