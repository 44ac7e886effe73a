"""The parts of a form of which it is told where they lie: the title, each field, and of a table each column with its boxes."""

from __future__ import annotations

from collections import defaultdict

from tsuzuri.forms.declared import Form
from tsuzuri.forms.field import NOWHERE
from tsuzuri.model import Box

TITLE = "title"                  # the region of title_box; all others are fields, a table's by its column ("patients.points")


def regions(form: Form) -> dict[str, list[Box]]:
    """The boxes of each region, row by row."""
    found: dict[str, list[Box]] = defaultdict(list)
    if form.title_box != NOWHERE:
        found[TITLE].append(form.title_box)
    for name, spec in form.fields.items():
        table, _, rest = name.partition(".")
        found[f"{table}.{rest.partition('.')[2]}" if rest else name].append(spec.area)
    return dict(found)
