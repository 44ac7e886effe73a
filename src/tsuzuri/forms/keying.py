"""By whom a field is keyed: the words of a review policy, and which of them holds. Touches only what is declared."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from tsuzuri.forms.field import Declared, Keyed, Share

# Each list of the policy, and the word that a field of it has; a field in none is seen if it is doubtful.
TREATMENTS: tuple[Literal["never", "always", "twice", "twice_if_doubtful"], ...] = ("never", "always", "twice", "twice_if_doubtful")


def asked_as(field: str) -> str:
    """The field without its row's number: "patients.3.points" → "patients.points"."""
    return ".".join(part for part in field.split(".") if not part.isdecimal())


class ReviewPolicy(Declared):
    """What a person sees: which fields never, always, or keyed by two who see the picture alone; of the others those that
    are not sure enough for their target. `with_reader`: what was read counts as one of the two. `ask_again`: who keys
    second and differs is asked once more before a third is.

    A target is the share of fields passed unseen that is right; `targets` has those of kinds that want another.
    """

    target: Share = 0.998
    targets: dict[str, Share] = Field(default_factory=dict)
    never: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    twice_if_doubtful: tuple[str, ...] = ()
    with_reader: Annotated[bool, Field(strict=True)] = False
    ask_again: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _one_treatment(self) -> Self:
        named = [name for word in TREATMENTS for name in getattr(self, word)]
        if doubled := {name for name in named if named.count(name) > 1}:
            raise ValueError(f"{min(doubled)!r} stands in more than one of {', '.join(TREATMENTS)}")
        return self

    @property
    def named(self) -> tuple[str, ...]:
        """Every field that it names."""
        return tuple(name for word in TREATMENTS for name in getattr(self, word))

    def keyed(self, name: str) -> Keyed:
        """By whom a field is keyed; a column of a table may be named for all its rows."""
        for word in TREATMENTS:
            named = getattr(self, word)
            if named and (name in named or asked_as(name) in named):
                return word
        return "doubtful"
