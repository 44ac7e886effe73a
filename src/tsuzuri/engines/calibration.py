"""How often a reader is right when it says it is so sure: measured, by reader and by what it reads. Touches one data file.

A reader's own confidence is a ranking, not a probability. models/calibration.json has, for each reader and family, a line
through log-odds (`slope`, `shift`) fitted on tuning papers, and the most that such a fit may promise.
"""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "models" / "calibration.json"
EDGE = 1e-6            # a reader's certainty is cut to this before its log-odds are taken


def chance(reader: str, family: str, confidence: float) -> float:
    """P(right), 0–1, of a reading of that family; the confidence itself where nothing was measured."""
    fit = _fits().get(reader, {}).get(family)
    if fit is None:
        return confidence
    sure = min(max(confidence, EDGE), 1 - EDGE)
    odds = fit["slope"] * math.log(sure / (1 - sure)) + fit["shift"]
    return float(min(1 / (1 + math.exp(-odds)), fit["most"]))


def together(first: float, second: float, agree: bool) -> float:
    """P(the first is right) after a second reader said the same, or something else; both given as P(right).

    Two readers that are both wrong say the same in ALIKE of the cases.
    """
    both_wrong = (1 - first) * (1 - second)
    if agree:
        return first * second / (first * second + both_wrong * alike())
    mine, theirs = first * (1 - second), second * (1 - first)
    return mine / (mine + theirs + both_wrong * (1 - alike()) + EDGE)


def alike() -> float:
    """How often two readers that are both wrong are wrong alike, measured."""
    return float(_data()["alike"])


@lru_cache(maxsize=1)
def _data() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    return told


def _fits() -> dict[str, dict[str, dict[str, float]]]:
    fits: dict[str, dict[str, dict[str, float]]] = _data()["fits"]
    return fits
