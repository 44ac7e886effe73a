"""labels: which words on a page are a form's labels. Pure spelling and geometry.

Touches forms and rules; knows lines of text as phrases, no pixels. Millimetres on the paper, which lies straight.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tsuzuri.forms import Form
from tsuzuri.model import Box
from tsuzuri.rules import plain

ONE_WRONG, TWO_WRONG = 4, 7         # letters from which on a label may be misspelled by one, by two
APART = 1.5                         # of a line's height: a gap so wide parts two cells
SAME_ROW = 0.55                     # of the taller one's height: middles no farther apart stand in one row
NEXT, FAR = 2.5, 18.0               # heights between two pieces of a name; between a name and the 様 of its line
PIECE = 5                           # letters at most in such a piece
SEPARATORS = ":：;|｜・.,-ー=…→ 　[]【】「」()（）《》<>"
CLOSES = re.compile(r"[\d¥\\:：|｜(（\[【半]|[RHS]\d|[令今合][和利]|平成|No")     # what may follow a label within its line
# Readers take the one for the other in small print; only for holding words against labels, never for values.
_FOLDED = str.maketrans("收企介制剖忠珍楽益貴曰口H令白削清老", "収金合割割患診薬費費日日日合自剤請者")


@dataclass(frozen=True, slots=True)
class Phrase:
    """One line of text: its box, its letters, each letter's middle and how surely it was read (0–1)."""

    box: Box
    text: str
    middles: tuple[float, ...]
    sures: tuple[float, ...]

    @property
    def level(self) -> float:
        """How far down its middle stands."""
        return self.box[1] + self.box[3] / 2

    def span(self, start: int, end: int) -> Box:
        """The box of some of its letters."""
        x, y, w, h = self.box
        left = x if start == 0 else max((self.middles[start - 1] + self.middles[start]) / 2, self.middles[start] - 0.6 * h)
        last = end - 1
        right = x + w if end == len(self.text) else min((self.middles[last] + self.middles[end]) / 2, self.middles[last] + 0.6 * h)
        return (left, y, max(0.5, right - left), h)


@dataclass(frozen=True, slots=True)
class Hit:
    """A label found: of which field (None: it is no field's), how high on the field's list, where, and how alike (0–1)."""

    field: str | None
    rank: int
    phrase: int
    start: int
    end: int
    alike: float


def spelled_over(phrases: Sequence[Phrase], form: Form) -> list[Phrase]:
    """Phrases that stand in pieces on the paper: 古賀　弥生　様. What ends like a field's value, with what stands left of it."""
    endings = {word for spec in form.fields.values() for word in spec.drop if word in spec.like}
    whole = []
    for last in phrases:
        ending = next((word for word in endings if last.text.endswith(word)), None)
        reach = FAR if last.text == ending else NEXT
        while ending is not None and (before := _piece_before(last, phrases, reach)) is not None:
            last = _together(before, last)
            whole.append(last)
            reach = NEXT
    return whole


def _piece_before(phrase: Phrase, phrases: Sequence[Phrase], reach: float) -> Phrase | None:
    """The short piece of letters left of a phrase in its row, not farther than so many heights."""
    x, _, _, h = phrase.box
    near = [p for p in phrases if 0 <= x - (p.box[0] + p.box[2]) + 0.6 * h < (reach + 0.6) * h
            and abs(p.level - phrase.level) < SAME_ROW * h and p.box[3] < 1.6 * h]
    best = max(near, key=lambda p: p.box[0], default=None)
    return best if best and len(best.text) <= PIECE and not any(c.isdigit() or c in ":()" for c in best.text) else None


def _together(a: Phrase, b: Phrase) -> Phrase:
    (x, y, _, h), end = a.box, b.box[0] + b.box[2]
    return Phrase((x, min(y, b.box[1]), end - x, max(h, b.box[3])), a.text + b.text, a.middles + b.middles, a.sures + b.sures)


def hits(phrases: Sequence[Phrase], form: Form) -> list[Hit]:
    """All labels on the page, no two of them upon each other: the longer and the more alike come first."""
    known = _lexicon(form)
    found: list[Hit] = []
    for n, phrase in enumerate(phrases):
        taken: list[Hit] = []
        for hit in sorted(_hits_in(n, phrase, known), key=lambda hit: (-(hit.end - hit.start) * hit.alike, hit.rank)):
            if all(_beside_each_other(hit, other) or _says_as_well(hit, other) for other in taken):
                taken.append(hit)
        found += taken
    return found


def told_again(phrases: Sequence[Phrase], again: Sequence[tuple[int, Phrase]], form: Form) -> list[Phrase]:
    """The phrases, those replaced that were read again within the letters of labels and are now one, exactly and wholly.

    Half of its letters at least must be what was read freely: any word can be spelled with the letters of others.
    """
    told, known = list(phrases), _lexicon(form)
    for n, phrase in again:
        kept = Counter(fold(phrases[n].text)) & Counter(fold(phrase.text))
        whole = any(hit.alike == 1.0 and hit.start <= 1 and hit.end >= len(phrase.text) - 1 for hit in _hits_in(n, phrase, known))
        if whole and 2 * sum(kept.values()) >= len(fold(phrase.text)):
            told[n] = phrase
    return told


def letters_of(form: Form) -> str:
    """All letters that labels are spelled with, and what may stand about them."""
    words = [label for spec in form.fields.values() for label in spec.labels] + list(form.others)
    return "".join(sorted(set("".join(words)) | set("()（）:：")))


def _beside_each_other(a: Hit, b: Hit) -> bool:
    return a.end <= b.start or a.start >= b.end


def _says_as_well(a: Hit, b: Hit) -> bool:
    """Whether one label is two fields' at once."""
    return (a.start, a.end, a.alike) == (b.start, b.end, b.alike) and a.field != b.field and None not in (a.field, b.field)


def _lexicon(form: Form) -> list[tuple[str, str | None, int]]:
    """Every label, folded, with its field and rank; words that are no field's last."""
    known = [(fold(label), name, rank) for name, spec in form.fields.items() for rank, label in enumerate(spec.labels)]
    return known + [(fold(word), None, 0) for word in form.others]


def fold(text: str) -> str:
    """The text as it is held against labels: plain, without separators, look-alikes as one."""
    return "".join(c for c in plain(text).translate(_FOLDED) if c not in SEPARATORS)


def _hits_in(n: int, phrase: Phrase, known: Sequence[tuple[str, str | None, int]]) -> Iterator[Hit]:
    kept = [i for i, c in enumerate(phrase.text) if c not in SEPARATORS]
    folded = [phrase.text[i].translate(_FOLDED) for i in kept]
    starts = [k for k in range(len(kept)) if k == 0 or _begins(phrase, kept, k)]
    letters = Counter(folded)
    for label, field, rank in known:
        wrong = 0 if len(label) < ONE_WRONG else 1 if len(label) < TWO_WRONG else 2
        if sum((Counter(label) & letters).values()) < len(label) - wrong:
            continue
        for k in starts:
            best = min(((_distance(label, folded[k:k + size]), abs(size - len(label)), size)
                        for size in range(max(1, len(label) - wrong), len(label) + wrong + 1) if k + size <= len(folded)),
                       default=(9, 9, 0))
            if best[0] <= wrong and _ends(phrase, kept, k + best[2]):
                yield Hit(field, rank, n, kept[k], kept[k + best[2] - 1] + 1, 1 - best[0] / max(len(label), 1))


def _begins(phrase: Phrase, kept: Sequence[int], k: int) -> bool:
    """Whether a word may begin at the k-th letter: after a separator, a number, a bracket, or a wide gap."""
    before, here = kept[k - 1], kept[k]
    parted = here - before > 1 or phrase.middles[here] - phrase.middles[before] > APART * phrase.box[3]
    return parted or (not phrase.text[here].isdigit() and phrase.text[before] in "0123456789円点日%割分様)-")


def _ends(phrase: Phrase, kept: Sequence[int], k: int) -> bool:
    """Whether a label may end before the k-th letter."""
    if k >= len(kept):
        return True
    before, here = kept[k - 1], kept[k]
    parted = here - before > 1 or phrase.middles[here] - phrase.middles[before] > APART * phrase.box[3]
    return parted or bool(CLOSES.match(phrase.text, here))


def _distance(a: str, b: Sequence[str]) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]
