"""The model card: what was learnt from, how, under which licences, with which figures, and the files' sums. Touches files only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tsuzuri.training.faces import FACES

_HERE = Path(__file__).parent

LIMITS = (
    "Numbers, dates and katakana alone; no kanji, no Latin letters.",
    "Katakana were learnt from fonts: real hands are read worse, look-alikes (シ/ツ, ソ/ン) worst.",
    "The figures below are of fonts that were learnt. Quote the bench's, from unseen fonts and writers, not these.",
    "Ink must not touch the crop's edge and should fill 55–75 % of its height.",
)


@dataclass(frozen=True, slots=True)
class Learnt:
    """What the card tells of a run. `plan` as Plan.identity gave it; `marks`: question → (right, asked)."""

    plan: Mapping[str, Any]
    steps: int
    seen: int
    spent_s: float
    marks: Mapping[str, tuple[int, int]]


@lru_cache(maxsize=1)
def recipe_version() -> str:
    """Twelve hex digits of this package's source: another recipe, another version."""
    told = hashlib.sha256()
    for path in sorted(_HERE.glob("*.py")):
        told.update(path.name.encode() + b"\0" + path.read_bytes())
    return told.hexdigest()[:12]


def card(learnt: Learnt, files: Iterable[Path]) -> dict[str, object]:
    """The card as plain values."""
    plan = learnt.plan
    return {
        "recipe_version": plan["version"],
        "run": {"seed": plan["seed"], "strips_a_step": plan["size"], "steps": learnt.steps, "strips": learnt.seen,
                "minutes": round(learnt.spent_s / 60, 2)},
        "recipe": plan["recipe"],
        "data": [{"source": source, "licence": licence} for source, licence in _sources(plan)],
        "faces": [
            {"name": f.name, "source": f.source, "licence": f.licence, "hand": f.hand}
            for f in FACES if f.name in plan["faces"]
        ],
        "figures": {
            question: {"right": right, "asked": asked, "share": round(right / asked, 4) if asked else None}
            for question, (right, asked) in learnt.marks.items()
        },
        "limits": list(LIMITS),
        "files": {p.name: {"sha256": hashlib.sha256(p.read_bytes()).hexdigest(), "bytes": p.stat().st_size} for p in files},
    }


def _sources(plan: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield f"glyphs of {len(plan['faces'])} faces, composed and spoiled on the fly", "each its own, below"
    if plan["real_digits"]:
        yield f"{plan['real_digits']:,} handwritten digits of MNIST's training half", "CC BY-SA 3.0"
    if plan.get("cuttings"):
        yield (f"{plan['cuttings']:,} crops that the line cut from papers drawn by synth in the training fonts, their numbers, "
               "dates and names at random; real digits from MNIST's training half but its first 10,000"), "CC BY-SA 3.0 (MNIST)"
    if plan.get("begun"):
        yield f"begun with the exported network of sha256 {plan['begun']}, its norms and first stages held still", "Apache-2.0"
    yield f"{plan['names']:,} readings of names: invented ones, and japanese-personal-name-dataset's where it was there", "MIT"


def write(told: Mapping[str, object], folder: Path) -> None:
    """card.json and CARD.md."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "card.json").write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")
    (folder / "CARD.md").write_text("\n".join(_lines(json.loads(json.dumps(told)))) + "\n", "utf-8")


def _lines(told: dict[str, dict[str, object]]) -> list[str]:
    """The card in Markdown."""
    run = told["run"]
    lines = [
        f"# Reader of numbers, dates and katakana, recipe {told['recipe_version']}", "",
        f"{run['strips']:,} strips in {run['steps']:,} steps, {run['minutes']} minutes, seed {run['seed']}.", "",
        "## Figures", "", "| question | right | asked |", "|---|--:|--:|",
        *(f"| {question} | {mark['right']} | {mark['asked']} |" for question, mark in _rows(told["figures"])), "",
        "## Limits", "", *(f"- {limit}" for limit in told["limits"]), "",
        "## Learnt from", "", *(f"- {d['source']}: {d['licence']}" for d in _list(told["data"])), "",
        "| face | source | licence |", "|---|---|---|",
        *(f"| {f['name']} | {f.get('source', '')} | {f.get('licence', '')} |" for f in _list(told["faces"])), "",
        "## Files", "", *(f"- `{name}` {file['bytes']} bytes, sha256 `{file['sha256']}`" for name, file in _rows(told["files"])),
    ]
    return [str(line) for line in lines]


def _rows(part: object) -> list[tuple[str, dict[str, object]]]:
    assert isinstance(part, dict)
    return list(part.items())


def _list(part: object) -> list[dict[str, object]]:
    assert isinstance(part, list)
    return part
