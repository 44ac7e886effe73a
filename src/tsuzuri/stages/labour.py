"""labour: what a form's targets cost in looks and leave in errors, by what was measured. Touches forms and what was measured.

A target is the share of the fields that pass unseen which must be right. What a looser one saves, and what it lets through, is read
off the measured papers for each field's kind; how often a field holds anything at all is the office's own papers' to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tsuzuri.engines.calibration import passes
from tsuzuri.forms import Form, asked_as
from tsuzuri.stages.sure import peers

WHOLE = "whole"         # the lever that moves every field that has no target of its own or its kind's


@dataclass(frozen=True, slots=True)
class Aims:
    """A form's targets, 0–1: its own, those of kinds, and those of fields (without row numbers) that have one of their own."""

    whole: float
    kinds: Mapping[str, float] = field(default_factory=dict)
    fields: Mapping[str, float] = field(default_factory=dict)

    def levers(self) -> dict[str, float]:
        """Every target by its lever: "whole", "kind yen", "field inst_name"."""
        return {WHOLE: self.whole, **{f"kind {name}": aim for name, aim in self.kinds.items()},
                **{f"field {name}": aim for name, aim in self.fields.items()}}

    def moved(self, levers: Mapping[str, float]) -> Aims:
        """The targets with some of them moved; levers that there are not are left alone."""
        return Aims(levers.get(WHOLE, self.whole), {name: levers.get(f"kind {name}", aim) for name, aim in self.kinds.items()},
                    {name: levers.get(f"field {name}", aim) for name, aim in self.fields.items()})

    def loosened(self, times: float) -> Aims:
        """The targets with so many times the errors allowed."""
        return self.moved({lever: max(0.0, 1 - (1 - aim) * times) for lever, aim in self.levers().items()})


@dataclass(frozen=True, slots=True)
class Expected:
    """Of one sheet: how many fields a person is shown, how many pass, how many of those are wrong."""

    shown: float = 0.0
    passed: float = 0.0
    wrong: float = 0.0

    def __add__(self, other: Expected) -> Expected:
        return Expected(self.shown + other.shown, self.passed + other.passed, self.wrong + other.wrong)

    @property
    def share_wrong(self) -> float:
        """Of the fields that pass, the share that is wrong."""
        return self.wrong / self.passed if self.passed else 0.0


def aims_of(form: Form) -> Aims:
    """What the form's YAML aims at."""
    own = {asked_as(name): spec.target for name, spec in form.fields.items() if spec.target is not None}
    return Aims(form.review.target, dict(form.review.targets), own)


def aimed(form: Form, aims: Aims) -> Form:
    """The form with these targets."""
    fields = {name: spec if (aim := aims.fields.get(asked_as(name))) is None else spec.model_copy(update={"target": aim})
              for name, spec in form.fields.items()}
    review = form.review.model_copy(update={"target": aims.whole, "targets": dict(aims.kinds)})
    return form.model_copy(update={"fields": fields, "review": review})


def lever_of(form: Form, name: str) -> str:
    """Which target decides about a field."""
    spec = form.fields[name]
    if spec.target is not None:
        return f"field {asked_as(name)}"
    return f"kind {spec.kind}" if spec.kind in form.review.targets else WHOLE


def decided_by_target(form: Form) -> list[str]:
    """The fields that pass or do not by how surely they were read; the others a person sees always, twice, or never."""
    return [name for name in form.fields if form.keyed(name) in ("doubtful", "twice_if_doubtful")]


def leaving(form: Form) -> list[str]:
    """The fields that decide what is paid and to whom: those that leave with the feed. All of them of a form of records."""
    if form.export.target == "records" or not form.export.columns:
        return decided_by_target(form)
    named = set(form.export.columns.values())
    each = form.export.each
    return [name for name in decided_by_target(form)
            if asked_as(name) in named or (each and name.startswith(f"{each}.") and name.rsplit(".", 1)[1] in named)]


def expected(form: Form, filled: Mapping[str, float], names: Iterable[str]) -> dict[str, Expected]:
    """What is expected of these fields of one sheet, by lever. `filled`: the share of papers on which a field holds something (1
    where unsaid).
    """
    told: dict[str, Expected] = {}
    for name in names:
        lever = lever_of(form, name)
        told[lever] = told.get(lever, Expected()) + _one(form, name, filled.get(name, 1.0))
    return told


def _one(form: Form, name: str, filled: float) -> Expected:
    spec, target = form.fields[name], form.target(name)
    if (said := passes(peers(spec, "…"), target)).n == 0 and target > 0:
        return Expected(shown=1.0)
    empty = passes(peers(spec, ""), target)
    looks = 2 if form.keyed(name) == "twice_if_doubtful" else 1
    passed = Expected(0.0, filled * said.share + (1 - filled) * empty.share,
                      filled * said.share * said.wrong + (1 - filled) * empty.share * empty.wrong)
    return replace(passed, shown=looks * (1 - passed.passed))
