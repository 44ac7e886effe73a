"""What bench `read` counts: fields and sheets as they were read, and the figures, curves and intervals that follow from them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from tsuzuri.forms import Form
from tsuzuri.model import Value
from tsuzuri.rules import KINDS
from tsuzuri.rules.odds import interval


@dataclass
class Seen:
    """One field of one sheet: what it was, what was read, how sure, and whether a person would see it.

    `exported`: it leaves with the feed, or stands in a table that is summed up for it.
    """

    form: str
    kind: str
    style: str
    recipe: str
    name: str
    truth: Value
    value: Value
    raw: str
    confidence: float
    right: bool
    asked: bool
    exported: bool

    @property
    def written(self) -> bool:
        """Whether anything stands there, or was read."""
        return self.truth is not None or bool(self.raw)


@dataclass
class Sheet:
    """One sheet: its fields, whether its form was known, CPU seconds by stage.

    `clean`: nobody must see it. `unaided`: nobody must for its reading's sake; what a person is asked is what the paper, read
    without a fault, would have been asked for too.
    """

    form: str
    style: str
    recipe: str
    known: bool
    clean: bool
    unaided: bool
    seconds: dict[str, float]
    fields: list[Seen] = field(default_factory=list)


def exported(form: Form) -> set[str]:
    """The fields that leave with the feed, and the parts of its sums in tables."""
    named, each = set(form.export.columns.values()), form.export.each
    rows = {f"{table}.{i}.{column}" for table, row in form.rows.items() for i in range(1, row.count + 1)
            for column, spec in row.fields.items() if spec.kind == "yen" or (table == each and column in named)}
    return {*named, *rows}


def share(fields: list[Seen]) -> float:
    """How many of them are right."""
    return sum(f.right for f in fields) / len(fields) if fields else float("nan")


def passing(fields: list[Seen], name: str) -> dict[str, float]:
    """Of written fields, how many pass unseen, and of those how many wrongly, with the 95 % interval."""
    passed = [f for f in fields if f.written and not f.asked]
    wrong = sum(not f.right for f in passed)
    low, high = interval(wrong, len(passed))
    return {
        f"passed_{name}": len(passed) / max(1, sum(f.written for f in fields)), f"passed_{name}_n": float(len(passed)),
        f"wrong_{name}_among_passed": wrong / max(1, len(passed)), f"wrong_{name}_low": low, f"wrong_{name}_high": high,
    }


def figures(sheets: list[Sheet], rss: int, wall_s: float) -> dict[str, float]:
    """The stable names of design: shares 0–1, times with their unit."""
    fields = [f for s in sheets for f in s.fields]
    text = [f for f in fields if KINDS[f.kind].reads in ("text", "date") and f.truth is not None]
    passed = [f for f in fields if not f.asked]
    return {
        "printed_right": share([f for f in text if f.style == "typed"]),
        "hand_right": share([f for f in text if f.style == "hand"]),
        "real_digits_right": share([f for f in text if f.style == "digits"]),
        "blank_right": share([f for f in fields if f.truth is None]),
        "marks_right": share([f for f in fields if KINDS[f.kind].reads in ("choice", "tick", "seal") and f.truth is not None]),
        "wrong_form": sum(not s.known for s in sheets) / len(sheets),
        "passed_sheets": sum(s.clean for s in sheets) / len(sheets),
        "unaided_sheets": sum(s.unaided for s in sheets) / len(sheets),
        "passed_fields": len(passed) / len(fields),
        "wrong_among_passed": 1 - share(passed),
        **passing([f for f in fields if f.exported], "exported"),
        **passing([f for f in fields if not f.exported], "informing"),
        "core_s_per_sheet": sum(v for s in sheets for v in s.seconds.values()) / len(sheets),
        "sheets_per_s": len(sheets) / wall_s,
        "rss_mib": float(rss),
        **{f"core_s_{stage}": sum(s.seconds[stage] for s in sheets) / len(sheets) for stage in sheets[0].seconds},
    }


def risk_coverage(sheets: list[Sheet], exported: bool) -> list[list[float]]:
    """[share passed, share wrong among passed] as the sureness demanded falls, of written fields of one of the two sorts."""
    fields = sorted((f for s in sheets for f in s.fields if f.written and f.exported is exported), key=lambda f: -f.confidence)
    curve, wrong = [], 0
    for i, f in enumerate(fields, start=1):
        wrong += not f.right
        if i % max(1, len(fields) // 200) == 0 or i == len(fields):
            curve.append([round(i / len(fields), 4), round(wrong / i, 6)])
    return curve


def unaided(sheets: list[Sheet]) -> dict[str, list[float]]:
    """For each form and style: the share of sheets that need nobody for their reading's sake, and how many there are."""
    cells: dict[str, list[bool]] = defaultdict(list)
    for sheet in sheets:
        cells[f"{sheet.form}/{sheet.style}"].append(sheet.unaided)
    return {name: [round(sum(cell) / len(cell), 5), len(cell)] for name, cell in sorted(cells.items())}
