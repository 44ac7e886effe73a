"""How rightly marks are told: answers ticked, circled and left alone in every way, over the scan recipes.

    python tests/bench/marks.py [--n 60] [--tuning] [--misses]

Of each sheet all choices, ticks, seals and eras are looked at. What nobody can answer (half a circle, a ring round two words, a
mark beside its box) must be told as doubtful. Fresh seeds and shapes that nothing was tuned on, but with --tuning.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator

from tsuzuri.engines import Reader, open_readers
from tsuzuri.forms import Form, load_forms
from tsuzuri.image import Picture
from tsuzuri.rules import DOUBTFUL as UNCLEAR
from tsuzuri.rules import KINDS
from tsuzuri.settings import REPO
from tsuzuri.stages.align import align
from tsuzuri.stages.marked import answered, era_of, there
from tsuzuri.stages.read import crops
from tsuzuri.synth.answers import ALL, DOUBTFUL
from tsuzuri.synth.papers import Look, Paper, make_like

FORMS = ("kodomo_shinsei", "kodomo_seikyu", "kodomo_renki")
RECIPES = ("clean", "office", "archive", "poor", "fax", "office")
FIRST, FIRST_TUNING = 5_400_000, 31_000
Seen = tuple[str, str, str, str]      # the mark's way, what was meant, what was told, the field


def seen(paper: Paper, form: Form, readers: dict[str, Reader]) -> Iterator[Seen]:
    """Every mark of a sheet; nothing if the sheet was not placed."""
    placement = align(Picture(paper.picture), {form.name: form}, readers)
    if placement.form is None:
        return
    page, _ = crops(Picture(paper.picture), placement, form)
    passed = {*placement.astray, *form.void(paper.truth)}
    for name, spec in form.fields.items():
        reads, truth, way = KINDS[spec.kind].reads, paper.truth[name], paper.how[name].split(" ")[-1]
        if name in passed:
            continue
        if reads == "choice":
            yield way, str(truth or ""), answered(page, spec, form)[0], name
        elif reads in ("seal", "tick"):
            yield f"{reads} {way}".replace(" mark", ""), "1" if truth else "", there(page, spec, form)[0], name
        elif isinstance(spec.era, dict) and way != "blank" and (truth or way in DOUBTFUL):
            era = _era(str(truth)) if truth else ""
            yield way if way in ALL else "ring", era, era_of(page, spec.era, form)[0], name


def _era(iso: str) -> str:
    return "令和" if iso >= "2019-05-01" else "平成" if iso >= "1989-01-08" else "昭和"


def right(one: Seen) -> bool:
    """Whether what was told is what was meant; of what nobody can answer, that it was told as doubtful, or as several."""
    way, meant, told, _ = one
    return told.startswith(UNCLEAR) or "|" in told if way.split(" ")[-1] in DOUBTFUL else told == meant


def main() -> None:
    """Draw, look, and print a table."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--n", type=int, default=60)
    asked.add_argument("--tuning", action="store_true")
    asked.add_argument("--misses", action="store_true")
    given = asked.parse_args()
    forms, readers = load_forms(REPO / "pipelines", REPO / "schemas"), open_readers()
    n, good, silent = Counter[str](), Counter[str](), Counter[str]()
    for i in range(given.n):
        form, recipe = forms[FORMS[i % len(FORMS)]], RECIPES[i // len(FORMS) % len(RECIPES)]
        look = Look("hand", recipe, "tuning" if given.tuning else "test", ways=ALL)
        paper = make_like(form, (FIRST_TUNING if given.tuning else FIRST) + i, look)
        for one in seen(paper, form, readers):
            clear = one[0].split(" ")[-1] not in DOUBTFUL
            for group in (one[0], recipe, "all that is clear" if clear else "all that is doubtful"):
                n[group] += 1
                good[group] += right(one)
                silent[group] += not right(one) and not (one[2].startswith(UNCLEAR) or "|" in one[2])
            if given.misses and not right(one):
                print(form.name, paper.seed, recipe, *one)
    print(f"{'':22}{'n':>7}{'right':>7}{'share':>8}   wrong and not told as doubtful")
    for group in n:
        print(f"{group:22}{n[group]:7}{good[group]:7}{good[group] / n[group]:8.4f}   {silent[group]}")


if __name__ == "__main__":
    main()
