"""What readings are worth, alone and together: measured, by what is read. Touches one data file.

A reader's own confidence is a ranking, not a probability. models/calibration.json, which `make calibrate` writes, has

- `families`: for each family of our reader (numeric, kana) a line through the log-odds of it alone (`slope`, `shift`), and
  how much each voice weighs where several were asked: what is a reading's *score*;
- `wider`: for each group of kinds the more general one, which speaks where of the group itself too little was seen;
- `worth`: for each group, and for each constellation of readers heard, P(right) by score;
- `seconds`: how much an independent reader's yes or no changes the odds;
- `slips`: how often a wrong value passes a check, by the check's parameter that it is given as;
- `passing`: for each group how many fields pass, how many of them wrongly, and which share of such fields is reckoned to be
  wrong, if so much sureness is demanded.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "models" / "calibration.json"
EDGE = 1e-6            # a certainty is cut to this before its log-odds are taken
UNSAID = 1e-4          # what a voice grants a spelling that it did not name
UNPROVEN = 0.01        # so much at most is worth what nothing like it was measured of: it passes by proofs alone
WORST = 10             # so many times as likely to be wrong as those that pass together may be: a reading that nobody passes with
NEVER = 1.0            # more than any reading is worth: of such fields too few were measured to prove the target

@dataclass(frozen=True, slots=True)
class Passing:
    """Of `n` measured fields the share that passes, and of those the share that is reckoned to be wrong."""

    share: float
    wrong: float
    n: int


Spellings = Mapping[str, float]      # what a voice holds possible, and its probabilities


def chance(family: str, confidence: float) -> float:
    """The score (0–1) of our reader's reading of that family; the confidence itself where nothing was measured."""
    fit = _told()["families"].get(family)
    return confidence if fit is None else _share(fit["slope"] * log_odds(confidence) + fit["shift"])


def pooled(family: str, voices: Mapping[str, Spellings], among: Sequence[str]) -> dict[str, float]:
    """The score of each spelling of `among`, the best first; they sum to less than 1: the truth may be none of them.

    A spelling's weight is the weighted sum of the logarithms of what each voice grants it; weights become shares as in a
    softmax, beside a fixed share for "none of these". Voices: own, boxes (our reader, box by box), ppocr.
    """
    fit = _told()["families"][family]
    weights = {
        text: sum(fit["weights"][name] * math.log(max(spelled.get(text, 0.0), UNSAID)) for name, spelled in voices.items())
        for text in among
    }
    raised = {text: math.exp(weight) for text, weight in sorted(weights.items(), key=lambda item: -item[1])}
    total = sum(raised.values()) + math.exp(fit["none"])
    return {text: share / total for text, share in raised.items()}


def worth(group: str, heard: str, score: float) -> float:
    """P(right), 0–1, of a reading of that group by those heard.

    Where that was never measured: of those in the group that share a reader with it the least; of strangers next to nothing,
    however sure they are of themselves.
    """
    of = _told()["worth"]
    measured = next((of[name][heard] for name in _wider(group) if heard in of.get(name, {})), None)
    if measured is not None:
        return _read_off(measured["curve"], score)
    voices = set(heard.split(" ")[0].split("+"))
    like = [cell["curve"] for name in _wider(group) for who, cell in of.get(name, {}).items()
            if voices & set(who.split(" ")[0].split("+")) - {"stain", "check"}]
    return min((_read_off(curve, score) for curve in like), default=min(score, UNPROVEN))


def after_second(group: str, says: str, sure: float) -> float:
    """P(right) once an independent reader `says` so ("tesseract agrees"); unchanged where that was never measured."""
    odds = _odds(group, says)
    return sure if odds is None else min(_share(log_odds(sure) + math.log(odds)), 1 - EDGE)


def heard_of(group: str, says: str) -> bool:
    """Whether it was measured what an independent reader's saying so is worth."""
    return _odds(group, says) is not None


def _odds(group: str, says: str) -> float | None:
    of = _told()["seconds"]
    return next((float(of[name][says]["odds"]) for name in _wider(group) if says in of.get(name, {})), None)


def slip(check: str, place: str) -> float:
    """How often (0–1) a wrong value given to that check as that parameter passes it; 1 where it proves nothing."""
    return float(_told()["slips"].get(f"{check} {place}", {}).get("slip", 1.0))


def demanded(group: str, target: float) -> float:
    """How sure a field of the group must be to pass, if `target` of those that pass are to be right; at most NEVER.

    The least sureness above which so few are reckoned to be wrong, but none that is WORST times as likely to be wrong as all of
    them may be: easy fields do not pay for one that nobody could read. The target itself where nothing like the group was ever
    measured. Target 0: nobody is ever asked.
    """
    if target <= 0:
        return 0.0
    of = _told()["passing"]
    curve = next((of[name] for name in _wider(group) if name in of), None)
    if curve is None:
        return target
    least = min((sure for sure, _, _, wrong in curve if wrong <= 1 - target), default=NEVER)
    return max(least, 1 - WORST * (1 - target))


def passes(group: str, target: float) -> Passing:
    """What the measured papers say of such fields under that target."""
    of = _told()["passing"]
    curve: Sequence[tuple[float, int, int, float]] = next((of[name] for name in _wider(group) if name in of), [])
    if not curve:
        return Passing(float(target <= 0), 0.0, 0)
    least, n = demanded(group, target), curve[-1][1]
    passed, wrong = next(((many, share) for sure, many, _, share in reversed(curve) if sure >= least), (0, 0.0))
    return Passing(passed / n if n else 0.0, wrong if passed else 0.0, n)


def _wider(group: str) -> list[str]:
    """The group and whatever is more general, the nearest first."""
    chain = [group]
    while (more := _told()["wider"].get(chain[-1])) is not None:
        chain.append(more)
    return chain


def _read_off(curve: Sequence[tuple[float, float]], score: float) -> float:
    return _share(along([(log_odds(x), log_odds(y)) for x, y in curve], log_odds(score)))


def log_odds(share: float) -> float:
    """log(p / (1 − p)), of a share cut to what can be told from certainty."""
    kept = min(max(share, EDGE), 1 - EDGE)
    return math.log(kept / (1 - kept))


def _share(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))


def along(curve: Sequence[tuple[float, float]], x: float) -> float:
    """The curve's height at x: straight between its points, level before the first and after the last."""
    at = bisect_right([point[0] for point in curve], x)
    if at in (0, len(curve)):
        return curve[min(at, len(curve) - 1)][1]
    (x0, y0), (x1, y1) = curve[at - 1], curve[at]
    return y0 + (y1 - y0) * (x - x0) / (x1 - x0)


def use(measured: Mapping[str, Any] | None) -> None:
    """Lets these measurements count in this process; None: the file's, as always."""
    _measured.clear()
    _measured.update({**UNMEASURED, **measured} if measured else {})


UNMEASURED: Mapping[str, Mapping[str, Any]] = {"wider": {}, "worth": {}, "seconds": {}, "slips": {}, "passing": {}}
_measured: dict[str, Any] = {}


def _told() -> Mapping[str, Any]:
    if not _measured:
        _measured.update({**UNMEASURED, **json.loads(FILE.read_text("utf-8"))})
    return _measured
