"""places: what stands where the values of found labels belong, and which of it is whose. Pure geometry.

Touches forms, rules and labels; no pixels. Millimetres on the paper, which lies straight.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tsuzuri.forms import FieldSpec, Form
from tsuzuri.model import Box
from tsuzuri.rules import numeric, spots
from tsuzuri.stages.labels import APART, SAME_ROW, SEPARATORS, Hit, Phrase, fold

RIVAL = 0.08                        # of a score: what comes so near to the best makes it doubtful
LIKE = 0.78                         # of what is known by its ending alone
RANK_STEP, RANK_MOST = 0.02, 0.24   # what each place down the list of labels costs, and all of them together
ROWS_BELOW = 4.0                    # heights below a label within which its value begins


@dataclass(frozen=True, slots=True)
class Value:
    """What may be a field's value: letters of a phrase, and how well (0–1) it stands there. `hit` None: known by itself."""

    field: str
    phrase: int
    start: int
    end: int
    score: float
    hit: Hit | None


def values(phrases: Sequence[Phrase], found: Sequence[Hit], form: Form) -> list[Value]:
    """Everything that may be some field's value, the best first."""
    page = _Page(phrases, found, form.others)
    every: list[Value] = []
    for hit in found:
        if hit.field is not None:
            every += _beside(page, hit, form.fields[hit.field])
    for name, spec in form.fields.items():
        every += _unlabelled(page, name, spec)
    return sorted(every, key=lambda value: (-value.score, value.start - value.end))


class _Page:
    """The phrases with what is label on them: which letters are free."""

    def __init__(self, phrases: Sequence[Phrase], found: Sequence[Hit], others: Sequence[str]) -> None:
        self.phrases = phrases
        self._others = tuple(fold(word) for word in others)
        self._usual = sorted(phrase.box[3] for phrase in phrases)[len(phrases) // 2] if phrases else 1.0
        self.labels: dict[int, list[tuple[int, int]]] = {}
        for hit in found:
            self.labels.setdefault(hit.phrase, []).append((hit.start, hit.end))

    def begins_otherwise(self, text: str) -> bool:
        """Whether a text begins with a word that is no label of ours, without a gap behind it: 但し診療代として."""
        return fold(text).startswith(self._others)

    def larger(self, n: int) -> float:
        """A little (at most 0.08) more for a phrase set larger than most: who issues a paper stands out on it."""
        return min(0.08, max(0.0, 0.1 * (self.phrases[n].box[3] / self._usual - 1)))

    def free(self, n: int, start: int = 0, end: int | None = None) -> tuple[int, int]:
        """The first run of letters of phrase `n` from `start` on that is no label; separators before it left out."""
        text = self.phrases[n].text
        stop = min([a for a, _ in self.labels.get(n, []) if a >= start] + [len(text) if end is None else end])
        while start < stop and text[start] in SEPARATORS:
            start += 1
        return start, stop

    def spoken_for(self, n: int, start: int) -> bool:
        """Whether a label stands right before these letters, in their line or at the end of the phrase left of them."""
        if any(b <= start for _, b in self.labels.get(n, [])):
            return True
        x, _, _, h = self.phrases[n].box
        left = [(p.box[0] + p.box[2], m) for m, p in enumerate(self.phrases)
                if p.box[0] + p.box[2] < x + h and abs(p.level - self.phrases[n].level) < SAME_ROW * max(h, p.box[3]) and m != n]
        if not left:
            return False
        end, m = max(left)
        return x - end < 8 * h and any(b >= len(self.phrases[m].text) - 1 for _, b in self.labels.get(m, []))

    def headed(self, n: int) -> bool:
        """Whether a label stands right above phrase `n`, as over a table's column."""
        x, y, w, h = self.phrases[n].box
        return any(self.labels.get(m) and 0 < y - p.box[1] < 2.5 * h and p.box[0] < x + w and p.box[0] + p.box[2] > x
                   and max(b for _, b in self.labels[m]) >= len(p.text) - 1 for m, p in enumerate(self.phrases))

    def starts_with_label(self, n: int) -> bool:
        """Whether phrase `n` begins with a label."""
        return any(a <= 1 for a, _ in self.labels.get(n, []))


def _beside(page: _Page, hit: Hit, spec: FieldSpec) -> Iterator[Value]:
    """Values of a label: behind it in its line, right of it, below it."""
    worth = hit.alike * (1 - min(RANK_MOST, RANK_STEP * hit.rank))
    label = page.phrases[hit.phrase].span(hit.start, hit.end)
    behind = page.free(hit.phrase, hit.end)
    if spec.side != "below":
        yield from _fitting(page, hit, spec, (hit.phrase, *behind), worth)
        yield from _right_of(page, hit, spec, label, worth)
    if spec.side != "right" and behind[0] >= behind[1]:
        yield from _below(page, hit, spec, label, worth)


def _fitting(page: _Page, hit: Hit | None, spec: FieldSpec, part: tuple[int, int, int], worth: float,
             name: str = "") -> Iterator[Value]:
    """The part's spots that look like the field's kind, picked as it says."""
    n, start, end = part
    text = page.phrases[n].text[start:end]
    field = hit.field if hit and hit.field else name
    seen = spots(spec.kind, text, spec.words)
    if seen:
        a, b = seen[0] if spec.pick == "first" else seen[-1]
        yield Value(field, n, start + a, start + _cropped(text[a:b], spec.drop, a, b), worth * _telling(spec.kind, text[a:b]), hit)
    elif numeric(spec.kind) and sum(c.isdigit() for c in text) * 3 >= len(text) > 0:
        yield Value(field, n, start, end, worth * 0.7, hit)        # badly read: the field's own letters may tell it


def _cropped(text: str, drop: Sequence[str], a: int, b: int) -> int:
    """Where the value ends: before the endings that are no part of it."""
    for word in drop:
        at = text.find(word)
        if at > 0:
            return a + at
    return b


def _telling(kind: str, ink: str) -> float:
    """How much the ink itself speaks for its kind: an amount with ¥, 円 or a comma is more than a bare number."""
    if kind == "yen":
        return 1.0 if re.search(r"[¥\\,円]", ink) else 0.95
    return 1.0 if kind != "int" or "点" in ink else 0.97


def _right_of(page: _Page, hit: Hit, spec: FieldSpec, label: Box, worth: float) -> Iterator[Value]:
    x, y, w, h = label
    level, end = y + h / 2, x + w
    row = [(phrase.box[0], n) for n, phrase in enumerate(page.phrases) if n != hit.phrase
           and phrase.box[0] > end - 0.5 * h and abs(phrase.level - level) < SAME_ROW * max(h, phrase.box[3])]
    skipped = 0
    for left, n in sorted(row, key=lambda place: (place[0], -place[1]))[:4]:
        if page.starts_with_label(n) or skipped > 1:
            return
        near = 0.99 - min(0.2, max(0.0, left - end) / (h * 60)) - 0.12 * skipped
        some = list(_fitting(page, hit, spec, (n, *page.free(n)), worth * near))
        yield from some
        if some:
            return
        skipped += len(page.phrases[n].text) > 1       # a lone ¥ or 円 is none


def _below(page: _Page, hit: Hit, spec: FieldSpec, label: Box, worth: float) -> Iterator[Value]:
    x, y, w, h = label
    left, right = _column(page, hit, label)
    under = sorted((phrase.box[1] - (y + h), n) for n, phrase in enumerate(page.phrases)
                   if -0.4 * h < phrase.box[1] - (y + h) < ROWS_BELOW * h
                   and phrase.box[0] < right and phrase.box[0] + phrase.box[2] > left)
    for gap, n in under[:3]:
        part = _within(page.phrases[n], left, right)
        if part is None:
            continue
        start, end = page.free(n, *part)
        if start >= end or page.starts_with_label(n):
            return
        off = abs(page.phrases[n].span(start, end)[0] + page.phrases[n].span(start, end)[2] / 2 - (x + w / 2))
        near = 0.95 - min(0.15, max(0.0, gap) / (h * 20)) - min(0.1, off / (20 * h))
        some = list(_fitting(page, hit, spec, (n, start, end), worth * near))
        yield from some
        if some:
            return


def _within(phrase: Phrase, left: float, right: float) -> tuple[int, int] | None:
    """The letters that stand from `left` to `right`, and those that go on from them without a gap."""
    inside = [i for i, middle in enumerate(phrase.middles) if left <= middle <= right]
    if not inside:
        return None
    start, end, gap = inside[0], inside[-1] + 1, APART * phrase.box[3]
    while start > 0 and phrase.middles[start] - phrase.middles[start - 1] < gap:
        start -= 1
    while end < len(phrase.text) and phrase.middles[end] - phrase.middles[end - 1] < gap:
        end += 1
    return start, end


def _column(page: _Page, hit: Hit, label: Box) -> tuple[float, float]:
    """From where to where a label's column reaches: half way to what stands beside it in its row."""
    x, y, w, h = label
    level = y + h / 2
    lefts, rights = [x - 12 * h], [x + w + 12 * h]
    for n, phrase in enumerate(page.phrases):
        if abs(phrase.level - level) > SAME_ROW * max(h, phrase.box[3]):
            continue
        own = [phrase.span(a, b) for a, b in page.labels.get(n, [])] if n == hit.phrase else [phrase.box]
        for box in own:
            if box[0] + box[2] <= x + 0.1:
                lefts.append((box[0] + box[2] + x) / 2)
            elif box[0] >= x + w - 0.1:
                rights.append((x + w + box[0]) / 2)
    return max(lefts), min(rights)


def _unlabelled(page: _Page, name: str, spec: FieldSpec) -> Iterator[Value]:
    """Values known by their ending (様, 病院) or, if the form says so, by their kind's shape."""
    for n, phrase in enumerate(page.phrases):
        for start, end in _free_runs(page, n):
            text = phrase.text[start:end]
            if page.spoken_for(n, start) or (spec.alone and page.headed(n)):
                continue
            ending = next((word for word in spec.like if text.rstrip("印㊞").endswith(word) and len(text) > len(word) + 1), None)
            if ending is not None and not page.begins_otherwise(text):
                yield from _fitting(page, None, spec, (n, start, end), LIKE + page.larger(n), name)
            elif spec.alone:
                some = spots(spec.kind, text)
                if some:
                    a, b = some[0]
                    yield Value(name, n, start + a, start + b, 0.8, None)


def _free_runs(page: _Page, n: int) -> Iterator[tuple[int, int]]:
    at = 0
    for a, b in [*sorted(page.labels.get(n, [])), (len(page.phrases[n].text), len(page.phrases[n].text))]:
        start, stop = page.free(n, at, a)
        if start < stop:
            yield start, stop
        at = b


def assigned(every: Sequence[Value]) -> dict[str, Value]:
    """For each field found, its best value that no other label's field has taken; `every` has the best first."""
    found: dict[str, Value] = {}
    for value in every:
        if value.field not in found and not any(_contested(value, other) for other in found.values()):
            found[value.field] = value
    return found


def _contested(a: Value, b: Value) -> bool:
    """Whether two fields want the same letters; one label may tell several fields (a period its first and last day)."""
    together = a.hit is not None and b.hit is not None and (a.hit.phrase, a.hit.start) == (b.hit.phrase, b.hit.start)
    return not together and a.phrase == b.phrase and a.start < b.end and b.start < a.end


def doubt(value: Value, every: Sequence[Value], phrases: Sequence[Phrase]) -> float:
    """How far (0–1) other ink speaks against this being the field's value: something else that stands nearly as well."""
    ink = phrases[value.phrase].text[value.start:value.end]
    others = [v.score for v in every if v.field == value.field and phrases[v.phrase].text[v.start:v.end] != ink]
    close = value.score - max(others, default=0.0)
    return 0.0 if close >= RIVAL else 0.5 * (1 - max(0.0, close) / RIVAL)
