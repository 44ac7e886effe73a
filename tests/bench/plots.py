"""Draws README's plots from history.jsonl: the last `read` and `own` runs. `make bench` runs it after the bench."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from matplotlib import pyplot as plt

plt.switch_backend("svg")
plt.rcParams["svg.hashsalt"] = "tsuzuri"   # same figures, same file

HERE = Path(__file__).resolve().parent
INK, PAPER, RED = "#1f3a5f", "#f3f5f8", "#b3392f"


def last(bench: str) -> dict[str, Any]:
    """The newest entry of a bench; empty if it never ran."""
    lines = (HERE / "history.jsonl").read_text("utf-8").splitlines()
    entries: list[dict[str, Any]] = [told for line in lines if (told := json.loads(line))["bench"] == bench]
    return entries[-1] if entries else {}


def risk_coverage(entry: dict[str, Any]) -> None:
    """How wrong are those that pass, for each share that passes: what leaves with the feed, and what only informs."""
    figure, axes = plt.subplots(figsize=(6.4, 3.6))
    for curve, colour, told in (("risk_coverage", INK, "leaves with the feed"), ("risk_coverage_informing", RED, "only informs")):
        coverage, risk = zip(*entry.get(curve, [(0, 0)]), strict=True)
        axes.plot(coverage, [r * 100 for r in risk], color=colour, linewidth=2, label=told)
    axes.plot(entry["figures"].get("passed_exported", 0), 100 * entry["figures"].get("wrong_exported_among_passed", 0), "o",
              color=INK, label="where the targets put it")
    axes.set(xlabel="share of written fields passed unseen", ylabel="wrong among them (%)", xlim=(0, 1), ylim=(0, None))
    axes.set_title(f"risk and coverage, {entry['fields']:,} fields on {entry['n']} sheets", fontsize=10)
    axes.legend(frameon=False, fontsize=8)
    _save(figure, axes, "risk_coverage.svg")


def by_kind(entry: dict[str, Any]) -> None:
    """Share of wrong fields by kind, printed and handwritten."""
    cells = entry["by"]["kind"]
    kinds = sorted({key.split("/")[0] for key in cells if not key.endswith("/blank")})
    figure, axes = plt.subplots(figsize=(6.4, 4.4))
    for shift, style, colour in ((0.2, "typed", INK), (-0.2, "hand", RED)):
        wrong = [100 * (1 - cells.get(f"{kind}/{style}", [1, 0])[0]) for kind in kinds]
        axes.barh([i + shift for i in range(len(kinds))], wrong, height=0.38, color=colour, label=style)
    axes.set_yticks(range(len(kinds)), kinds, fontsize=8)
    axes.set(xlabel="whole field wrong (%)")
    axes.legend(frameon=False)
    _save(figure, axes, "error_by_kind.svg")


def seconds(entry: dict[str, Any]) -> None:
    """Core-seconds a sheet by stage."""
    stages = ("decode", "align", "read", "judge", "tesseract")
    parts = {stage: entry["figures"][f"core_s_{stage}"] for stage in stages}
    figure, axes = plt.subplots(figsize=(6.4, 2.2))
    left = 0.0
    for (name, value), shade in zip(parts.items(), ("#1f3a5f", "#4b6f9c", "#7f9fc4", "#b5c8de", "#b3392f"), strict=False):
        axes.barh([0], [value], left=left, color=shade, label=f"{name} {value:.2f} s")
        left += value
    axes.set_yticks([])
    axes.set(xlabel="core-seconds a sheet")
    axes.legend(frameon=False, ncols=3, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, 1.45))
    _save(figure, axes, "seconds_by_stage.svg")


def readers(entry: dict[str, Any]) -> None:
    """Risk and coverage of numbers and dates by hand: before our reader, with it alone, and as the line weighs both."""
    figure, axes = plt.subplots(figsize=(6.4, 3.6))
    for voice, label, colour, dashes in (("ppocr", "before: PP-OCRv6 small alone", RED, "-"), ("own", "ours alone", INK, "--"),
                                         ("line", "after: the line", INK, "-")):
        coverage, risk = zip(*entry["risk_coverage"][voice], strict=True)
        axes.plot(coverage, [r * 100 for r in risk], color=colour, linestyle=dashes, linewidth=2, label=label)
    axes.axhline(0.1, color="#888888", linewidth=0.8, linestyle=":")
    axes.text(0.01, 0.12, "0.1 %", color="#666666", fontsize=8)
    axes.set(xlabel="share of fields passed unseen", ylabel="wrong among them (%)", xlim=(0, 1), ylim=(0, 3))
    fields = sum(entry["by"]["cells"][f"{group}/{style}"][0] for group in ("numbers", "dates") for style in ("hand", "digits"))
    axes.set_title(f"{fields:,} numbers and dates by hand, fonts and real digits", fontsize=10)
    axes.legend(frameon=False, fontsize=8, loc="upper left")
    _save(figure, axes, "own_risk_coverage.svg")


def _save(figure: Any, axes: Any, name: str) -> None:
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_facecolor(PAPER)
    figure.tight_layout()
    figure.savefig(HERE / name, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    newest = last("read")
    risk_coverage(newest)
    by_kind(newest)
    seconds(newest)
    if "risk_coverage" in (measured := last("own")):
        readers(measured)
