"""One field as its author declared it: where it lies or how it is found, what it is read as, and what stands beside it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from tsuzuri.model import Box

Point = tuple[float, float]
Share = Annotated[float, Field(ge=0, lt=1)]
Keyed = Literal["never", "doubtful", "always", "twice", "twice_if_doubtful"]      # by whom a field is keyed
LEFT_IN_CELLS = frozenset({"insurer_no"})     # six digits stand left in the eight boxes; all other numbers to the right of theirs
NOWHERE: Box = (0.0, 0.0, 0.0, 0.0)      # the place of a field that only the paper itself can tell


class Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Part(Declared):
    """One box of a composite field; `after` is the printed word that follows it (年, 月, 日)."""

    box: Box
    cells: int | None = None
    after: str = ""


class FieldSpec(Declared):
    """Where one field lies and how it is read.

    Exactly one of: `box` (text, seal, tick), `choices` (printed word → the area a circle or tick may take),
    `parts` (a date: boxes joined by printed words, `era` printed as a word or chosen by a circle), or, on a form that is
    found by labels, any of `labels`, `like`, `alone`, `said`: by which words the value is known on a paper of any layout.
    On a form that is found as records: `fact`, a word of rules.FACTS that says what of the record it is.
    `cells` is the number of digit boxes within `box`. `label_box` is where the blank form prints the label.
    """

    kind: str
    box: Box | None = None
    cells: int | None = None
    choices: dict[str, Box] = Field(default_factory=dict)
    style: Literal["circle", "tick"] = "circle"
    era: str | dict[str, Box] | None = None
    parts: tuple[Part, ...] = ()
    prefix: str = ""                      # printed close before the box (¥); in a seal's area: its pale word
    after: str = ""                       # printed close behind the box (円)
    label_box: Box | None = None
    label: str | None = None              # what is printed there, when it is not the schema's title
    first: str | None = None              # the reader to ask first, where it is not the kind's
    second: str | None = None             # the independent second reader
    target: Share | None = None           # of such fields that pass unseen, the share that is right
    keyed: Keyed | None = None            # by whom it is keyed, where the form's review says something else
    size: float | None = None             # height of the drawn ink in mm (synth)
    kana: str | None = None               # of a name: the field that has the same name in katakana
    postal: str | None = None             # of an address: the field that has its postcode
    listed: Literal["banks", "branches", "institutions"] | None = None      # of a name: the list that has it
    code: str | None = None               # of a listed name: the field that has its code
    within: str | None = None             # of a branch's name: the field that names its bank
    address: str | None = None            # of an institution's name: the field that has its address
    labels: tuple[str, ...] = ()          # words that stand beside the value, the most telling first
    side: Literal["any", "right", "below"] = "any"    # of the label, where the value stands
    like: tuple[str, ...] = ()            # endings that show such a value even without a label (様, 病院)
    alone: bool = False                   # the kind's own shape shows it, even without a label (a phone number)
    said: tuple[str, ...] = ()            # a tick is set if one of these stands anywhere as a line of its own (写)
    drop: tuple[str, ...] = ()            # endings that are no part of the value (様)
    pick: Literal["first", "last"] = "first"          # which of several values behind a label (1日～30日)
    words: dict[str, tuple[str, ...]] = Field(default_factory=dict)      # a choice's value → how papers or records put it
    fact: str = ""                        # what of an electronic record it is

    @model_validator(mode="after")
    def _one_place(self) -> FieldSpec:
        if sum((self.box is not None, bool(self.choices), bool(self.parts), self.by_labels, bool(self.fact))) != 1:
            raise ValueError("a field has exactly one of: box, choices, parts (or, found by labels: labels, like, alone, said; "
                             "found as records: fact)")
        return self

    @model_validator(mode="after")
    def _listed_neighbours(self) -> FieldSpec:
        if (self.code or self.within or self.address) and not self.listed:
            raise ValueError("code, within and address belong to a name that is listed")
        if (self.listed == "branches") is not bool(self.within):
            raise ValueError("listed: branches needs within, the field that names the bank; nothing else has it")
        return self

    @property
    def by_labels(self) -> bool:
        """Whether it is looked for by words that stand beside it."""
        return bool(self.labels or self.like or self.alone or self.said)

    @property
    def sought(self) -> bool:
        """Whether its place is another on each paper, and not told by the form."""
        return self.by_labels or bool(self.fact)

    @property
    def options(self) -> tuple[str, ...]:
        """The values that a choice can take."""
        return tuple(self.choices or self.words)

    @property
    def left(self) -> bool:
        """Whether what is shorter than its row of boxes begins in the first of them, and does not end in the last."""
        return self.kind in LEFT_IN_CELLS

    @property
    def area(self) -> Box:
        """The box that holds all of the field; what the desk frames. NOWHERE if it is looked for on each paper."""
        if self.sought:
            return NOWHERE
        if self.box is not None:
            return self.box
        eras = list(self.era.values()) if isinstance(self.era, dict) else []
        return union([*self.choices.values(), *eras, *(part.box for part in self.parts)])


def union(boxes: list[Box]) -> Box:
    """The smallest box that holds all of them."""
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes)
    return (left, top, right - left, bottom - top)
