"""Which forms' boxes have moved, by how their last pages lay. Touches the store; what is far is told by stages.drift."""

from __future__ import annotations

from collections.abc import Iterable

from tsuzuri.stages.drift import Drift, Lay, drifts
from tsuzuri.store import Look
from tsuzuri.store.studio import last_lays

BACK = 300      # pages of a form through which the first that lay so is looked for


def of_form(look: Look, form: str) -> list[Drift]:
    """The regions of a form that its last pages have elsewhere, farthest first."""
    return drifts([Lay(at, shifts) for at, shifts in last_lays(look, form, BACK)])


def drifting(look: Look, forms: Iterable[str]) -> dict[str, list[Drift]]:
    """Those of these forms that drift, each with its regions."""
    return {form: found for form in forms if (found := of_form(look, form))}
