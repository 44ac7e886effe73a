"""What a paper says before anybody writes it: one story a form, sums and dates consistent. Touches forms."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tsuzuri.forms import Form
from tsuzuri.rules import Tables
from tsuzuri.synth.claims import (
    BUSINESS_DATE,
    HITORIOYA,
    JYUDO,
    KODOMO,
    Scheme,
    Story,
    application,
    claim,
    month_of,
    treatment_claim,
)
from tsuzuri.synth.listed import cover_of_a_month, sheet_of_patients
from tsuzuri.synth.people import Chance
from tsuzuri.synth.settle import settled
from tsuzuri.synth.teller import told

__all__ = ["BUSINESS_DATE", "Story", "tell"]

_PAPERS: dict[str, Callable[[Scheme, Chance, Tables], Story]] = {
    "seikyu": claim, "sekotsu": treatment_claim, "shinsei": application,
    "renki": lambda scheme, chance, tables: sheet_of_patients(scheme, 10, chance, tables),
    "renki20": lambda scheme, chance, tables: sheet_of_patients(scheme, 20, chance, tables),
}
STORIES: dict[str, Callable[[Chance, Tables], Story]] = {
    f"{name}_{paper}": partial(tale, scheme)
    for name, scheme in (("kodomo", KODOMO), ("hitorioya", HITORIOYA), ("jyudo", JYUDO))
    for paper, tale in _PAPERS.items()
} | {
    "sokatsu": lambda chance, _: cover_of_a_month(chance, month_of(chance)),
}


def tell(form: Form, chance: Chance) -> Story:
    """A value, or None for blank, for every field. A form without a story of its own is told from what it declares."""
    if form.leaves_as not in STORIES:
        return settled(told(form, chance), form)
    story = STORIES[form.leaves_as](chance, form.tables)
    return {name: story.get(name) for name in form.fields}
