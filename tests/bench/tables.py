"""Writes own.md, the readers' tables in full, and desk.md from history.jsonl: the last `own`, `without` and `desk` runs.
`make bench` runs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plots import HERE, last

from tsuzuri.rules.odds import interval

NAMES = {"own": "ours", "ppocr": "PP-OCRv6 small", "tiny": "PP-OCRv6 tiny", "line": "the line",
         "ppocr_gaps": "PP-OCRv6 small, gaps as written"}
GROUPS = ("numbers/hand", "numbers/digits", "numbers/typed", "dates/hand", "dates/digits", "dates/typed", "katakana/hand",
          "katakana/typed", "blank/all")
COSTS = {"ms_per_crop": "ms a crop", "bare_blank_right": "speckled strips left alone, without the line's guard",
         "coverage_at_1e3": "numbers and dates by hand that pass at ≤ 0.1 % wrong", "coverage_at_5e3": "… at ≤ 0.5 %"}
DESK = {
    "key_to_paint_p95_ms": ("a key to the frame that shows it, ms, p95", "< 50"),
    "next_sheet_p95_ms": ("the approving key to the next sheet, its picture drawn, ms, p95", "< 150"),
    "clean_sheet_s": ("seconds a clean sheet, by the scripted operator", "≤ 15"),
    "confirm_s": ("seconds a confirmation in a field run", "≤ 1.0"),
    "keys_per_field": ("keystrokes a confirmed field, in a run", "≤ 1.3"),
    "keys_per_field_on_sheets": ("… on sheets, the approving key among them", "≤ 1.3"),
    "request_p95_ms": ("any request of 30 people at once while a worker reads, ms, p95", "< 200"),
}
STYLES = {"hand": "handwriting fonts", "digits": "real digits", "typed": "print", "all": ""}
LINES = {
    "printed_right": "printed fields right", "hand_right": "handwriting-font fields right",
    "real_digits_right": "fields with real digits right", "blank_right": "blank fields read as blank",
    "passed_fields": "fields passed unseen", "wrong_among_passed": "wrong among those passed",
    "passed_sheets": "sheets passed unseen", "unaided_sheets": "sheets of which nothing had to be looked at for its reading's sake",
    "core_s_per_sheet": "core-seconds a sheet", "core_s_read": "of them reading, Tesseract apart",
}


def voices(entry: dict[str, Any]) -> Iterator[str]:
    """Whole fields right, by who reads; then what they cost and how far they can be trusted."""
    order, rows = entry["by"]["voices"], entry["by"]["cells"]
    yield f"| whole field right | n | {' | '.join(NAMES.get(v, v) for v in order)} |"
    yield "|---|--:|" + "--:|" * len(order)
    specks = [name for name in rows if name.startswith("blank/specks")]
    for name in [*(g for g in GROUPS if g in rows), *sorted(specks, key=lambda name: int(name.split()[-1]))]:
        group, style = name.split("/")
        n, *shares = rows[name]
        shown = f"{group}, {STYLES.get(style, style + ' a cm²')}".rstrip(", ")
        yield f"| {shown} | {n:,} | " + " | ".join("" if s is None else _percent(s) for s in shares) + " |"
    figures = entry["figures"]
    for word, shown in COSTS.items():
        found = [figures.get(word if voice == "own" else f"{voice}_{word}") for voice in order]
        unit = "{:.2f}".format if word == "ms_per_crop" else _percent
        yield f"| {shown} | | " + " | ".join("" if f is None else unit(f) for f in found) + " |"


def rules(entry: dict[str, Any]) -> Iterator[str]:
    """What passes by which rule, and how much of it is wrong."""
    yield "| fields | passes if | n | pass | wrong among them | 95 % interval |\n|---|---|--:|--:|--:|--:|"
    for name, rows in entry["rules"].items():
        for rule, n, passed, wrong in rows:
            within = " – ".join(_percent(bound) for bound in interval(wrong, passed))
            yield f"| {name} | {rule} | {n:,} | {_percent(passed / n)} | {wrong} of {passed:,} | {within} |"


def surest(entry: dict[str, Any]) -> Iterator[str]:
    """How much passes at 1 wrong in 1,000, by group and voice."""
    yield "| fields | reader | n | pass at ≤ 0.1 % wrong | wrong | at most, 95 % |\n|---|---|--:|--:|--:|--:|"
    for name, rows in entry["coverage_at_1e3"].items():
        for voice, n, most, wrong, high in rows:
            yield f"| {name} | {NAMES.get(voice, voice)} | {n:,} | {_percent(most)} | {wrong} | {_percent(high)} |"


def before_and_after(entry: dict[str, Any]) -> Iterator[str]:
    """The line without a reader and with it, on the same sheets."""
    yield f"| {entry['n']} sheets, {entry['fields']:,} fields | without {NAMES[entry['without']]} | with |\n|---|--:|--:|"
    for word, shown in LINES.items():
        unit = "{:.2f}".format if word.startswith("core_s") else _percent
        yield f"| {shown} | {unit(entry['figures_without'][word])} | {unit(entry['figures'][word])} |"


def desk(entry: dict[str, Any]) -> Iterator[str]:
    """How fast the desk is, beside what was asked of it."""
    yield f"| before {entry['n']:,} papers; the machine's load was {entry['load']} | aim | found | n |\n|---|--:|--:|--:|"
    for word, (shown, aim) in DESK.items():
        if word in entry["figures"]:
            yield f"| {shown} | {aim} | {entry['figures'][word]:,.2f} | {entry['counts'][word]:,} |"


def _percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def main() -> None:
    """Write own.md anew."""
    own, without = last("own"), last("without")
    told = ["# Readers beside each other", "",
            "Written by `make bench` from history.jsonl; do not edit. How it is measured: own.py, strips.py, odds.py.", ""]
    if own and "rules" in own:
        told += [f"## Each reader, {own['n']} sheets, {own['fields']:,} fields ({own['at'][:10]}, fonts: {own['fonts']})", "",
                 *voices(own), "", "## What may pass unseen", "",
                 "Thresholds were set before; intervals are Clopper and Pearson's.", "", *rules(own), "",
                 "## The surest, at most 1 in 1,000 wrong", "",
                 "The threshold is chosen on the same fields, so this is what a perfect one could give.", "", *surest(own), ""]
    if without:
        told += ["## The line before and after", "", *before_and_after(without), ""]
    (HERE / "own.md").write_text("\n".join(told), "utf-8")
    if hands := last("desk"):
        told = ["# The desk under the hands", "",
                f"Written by `make bench` from history.jsonl ({hands['at'][:10]}); do not edit. How it is measured: desk.py.", "",
                *desk(hands), ""]
        (HERE / "desk.md").write_text("\n".join(told), "utf-8")


if __name__ == "__main__":
    main()
