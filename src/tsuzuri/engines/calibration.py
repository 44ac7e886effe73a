"""What readers' confidences are worth, alone and together: measured, by what is read. Touches one data file.

A reader's own confidence is a ranking, not a probability. models/calibration.json has, for each family (numeric, kana), a
line through the log-odds of our reader alone (`slope`, `shift`), and how much each voice weighs where several were asked.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "models" / "calibration.json"
EDGE = 1e-6            # a reader's certainty is cut to this before its log-odds are taken
UNSAID = 1e-4          # what a voice grants a spelling that it did not name

Spellings = Mapping[str, float]      # what a voice holds possible, and its probabilities


def chance(family: str, confidence: float) -> float:
    """P(right), 0–1, of our reader's reading of that family; the confidence itself where nothing was measured."""
    fit = _families().get(family)
    if fit is None:
        return confidence
    sure = min(max(confidence, EDGE), 1 - EDGE)
    return 1 / (1 + math.exp(-fit["slope"] * math.log(sure / (1 - sure)) - fit["shift"]))


def pooled(family: str, voices: Mapping[str, Spellings], among: Sequence[str]) -> dict[str, float]:
    """P(right) of each spelling of `among`, the likeliest first; they sum to less than 1: the truth may be none of them.

    A spelling's score is the weighted sum of the logarithms of what each voice grants it; scores become shares as in a
    softmax, beside a fixed share for "none of these". Voices: own, boxes (our reader, box by box), ppocr.
    """
    fit = _families()[family]
    scores = {
        text: sum(fit["weights"][name] * math.log(max(spelled.get(text, 0.0), UNSAID)) for name, spelled in voices.items())
        for text in among
    }
    raised = {text: math.exp(score) for text, score in sorted(scores.items(), key=lambda item: -item[1])}
    total = sum(raised.values()) + math.exp(fit["none"])
    return {text: share / total for text, share in raised.items()}


@lru_cache(maxsize=1)
def _families() -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = json.loads(FILE.read_text("utf-8"))["families"]
    return told
