"""What a share that was counted is worth: the exact interval that it lies in. Touches nothing."""

from __future__ import annotations

import math
from collections.abc import Callable


def interval(wrong: int, n: int, miss: float = 0.05) -> tuple[float, float]:
    """Clopper and Pearson's interval for a share of which `wrong` of `n` was seen: 95 % of the time the truth lies within."""
    if not n:
        return 0.0, 1.0
    low = 0.0 if wrong == 0 else _solve(lambda p: 1 - _at_most(wrong - 1, n, p), miss / 2)
    high = 1.0 if wrong == n else _solve(lambda p: -_at_most(wrong, n, p), -miss / 2)
    return low, high


def _at_most(k: int, n: int, p: float) -> float:
    """P(at most k of n), each with chance p."""
    if p <= 0 or p >= 1:
        return float(p <= 0 or k >= n)
    logs = [math.lgamma(n + 1) - math.lgamma(i + 1) - math.lgamma(n - i + 1) + i * math.log(p) + (n - i) * math.log1p(-p)
            for i in range(k + 1)]
    return min(1.0, math.fsum(math.exp(one) for one in logs))


def _solve(rising: Callable[[float], float], goal: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < goal else (low, middle)
    return (low + high) / 2
