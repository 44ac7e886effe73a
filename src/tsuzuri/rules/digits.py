"""Check digits of the numbers that papers carry. Touches nothing.

One algorithm serves insurer, payer, recipient and institution numbers: modulus 10, weights 2 and 1 from the
right.
"""

from __future__ import annotations

from operator import ne

# In these prefectures (埼玉 千葉 東京 神奈川) an institution's check digit is reckoned over 郡市区 + 機関,
# six digits; elsewhere over all nine. One nationwide rule would reject a third or more of the country's real
# codes.
_SHORT_RULE = frozenset({"11", "12", "13", "14"})


def check_digit(body: str) -> int:
    """The digit that follows `body`: products by 2, 1, 2 … from the right, their digits summed, up to a ten.
    """
    total = 0
    for i, digit in enumerate(reversed(body)):
        product = int(digit) * (2 if i % 2 == 0 else 1)
        total += product // 10 + product % 10
    return -total % 10


def fits(number: str) -> bool:
    """Whether the last digit of `number` is the check digit of the others."""
    return check_digit(number[:-1]) == int(number[-1])


def institution_fits(code: str) -> bool:
    """Whether a 10-digit institution code fits its prefecture's rule; the short form of 7 cannot be judged:
    True.
    """
    if len(code) != 10:
        return True
    return fits(code[3:] if code[:2] in _SHORT_RULE else code)


def differing(a: str, b: str) -> int:
    """In how many digits two numbers differ; in all of them where one is longer."""
    return sum(map(ne, a, b)) if len(a) == len(b) else max(len(a), len(b))
