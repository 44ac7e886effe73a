"""A strip before any accident: which glyph stands where, which lines and stamps cross it, what it must read as.

Touches texts and the glyph bank; NumPy only. Lengths are pixels of a strip twice as large as the network sees (96 high).
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
from numpy.typing import NDArray

from tsuzuri.training import texts
from tsuzuri.training.alphabet import DIGITS, FAMILIES, LABELS, Family
from tsuzuri.training.glyphs import EM, Bank
from tsuzuri.training.marks import Marks, marks
from tsuzuri.training.texts import MIDDLE, SHORT, WIDE, Text

Floats = NDArray[np.float32]

TALL = 96.0
WIDTHS = (32, 48, 72, 96, 160, 240, 320, 400)                    # of a strip at 48 high; a batch has one of them
WIDTH_SHARES = (0.07, 0.13, 0.06, 0.08, 0.19, 0.21, 0.18, 0.08)
MOST_GLYPHS = 26                                                 # of the text; neighbours and stamps come on top
TRIES = 12                                                       # texts drawn until one fits its strip
# Ink of a line of digits is 0.72 of the em high, of kana 0.85.
INK_HEIGHT: dict[Family, float] = {"numeric": 0.72, "kana": 0.85}


@dataclass(frozen=True, slots=True)
class Recipe:
    """How often what; shares are 0–1. `normalised`: the ink fills 55–75 % of the height with paper all round, as the reader
    crops it. `tight`: the ink touches the edges, as a careless crop has it. `pairs`: kana drawn from look-alikes.
    """

    numeric: float = 0.54
    kana: float = 0.36         # the rest are blanks
    hand: float = 0.80
    mixed_hand: float = 0.12   # every glyph from another face
    real_digits: float = 0.50  # of strings of digits; half as often in other numeric text
    boxed: float = 0.45        # of digits and amounts
    boxed_else: float = 0.12
    normalised: float = 0.35
    tight: float = 0.10
    pairs: float = 0.15
    blank_cells: float = 0.70  # of blanks: a strip of empty boxes
    specked_blanks: float = 0.85
    cuttings: float = 0.5      # of the batches, where the bank has what the line cut from papers


# For a network that goes on from an exported one: strips as the reader frames them, and more of what it mixes up.
REFRESHER = Recipe(numeric=0.46, kana=0.42, normalised=0.70, tight=0.03, pairs=0.30, cuttings=0.7)


@dataclass(frozen=True, slots=True)
class Traits:
    """How the whole strip was written: angles in degrees, `slant` dx per dy, `elastic` in pixels, `specks` 0–1 a share."""

    hand: bool
    skew: float
    slant: float
    elastic: float
    specks: float


@dataclass(frozen=True, slots=True)
class Strip:
    """One strip. `glyphs` (n, 8): row of the bank, x and y of the centre, widening, heightening, turn (degrees), lean, ink."""

    glyphs: Floats
    marks: Marks
    traits: Traits
    text: Text
    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Hand:
    """Who writes a strip: faces (more than one where they mix), and whether digits are real ones."""

    faces: tuple[int, ...]
    is_hand: bool
    real: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """One character to place: its row of the bank (None for a gap) and its advance in ems."""

    character: str
    row: int | None
    advance: float
    real: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row of pieces with its measures: em height, spread, pitch of cells (in ems, 0 without cells), tracking in ems."""

    pieces: tuple[Piece, ...]
    hand: Hand
    em: float
    spread: float
    pitch: float
    tracking: float


def strip(chance: Random, bank: Bank, recipe: Recipe, width: int) -> Strip:
    """One strip of `width` pixels (at 48 high)."""
    text, line = _written(chance, bank, recipe, width)
    glyphs: list[list[float]] = []
    labels: list[int] = []
    cells: tuple[float, ...] = ()
    if line:
        left = _left(chance, line, 2 * width)
        glyphs, labels = _placed(chance, line, text, (left, 2 * width))
        _keep_in(glyphs, 0.2 * line.em, 2.0 * width)
        if line.pitch:
            step = line.em * line.pitch
            cells = tuple(left + step * i for i in range(len(line.pieces) + 1))
    elif chance.random() < recipe.blank_cells:
        cells = _empty_cells(chance, 2.0 * width)
    drawn = marks(chance, 2.0 * width, cells, len(bank.images))
    everything = np.array([*glyphs, *drawn.glyphs], np.float32).reshape(-1, 8)
    specks = 0.25 if line else recipe.specked_blanks
    traits = _traits(chance, text, line.hand.is_hand if line else True, specks)
    return Strip(everything, drawn, traits, text, tuple(labels))


def _traits(chance: Random, text: Text, hand: bool, specks: float) -> Traits:
    skew = chance.uniform(-2, 2) if chance.random() < 0.6 else 0.0
    slant = chance.uniform(-0.15, 0.25) if hand and chance.random() < 0.5 else 0.0
    # Fonts do not show how hands bend katakana; twice the pull on its strokes comes nearer.
    most = (5.0 if text.family == "kana" else 3.5) * (chance.random() < 0.6) * hand
    return Traits(hand, skew, slant, chance.random() * most, specks)


def _written(chance: Random, bank: Bank, recipe: Recipe, width: int) -> tuple[Text, Line | None]:
    draw = chance.random()
    if draw < recipe.numeric + recipe.kana:
        for _ in range(TRIES):
            is_numeric = draw < recipe.numeric
            text = texts.numeric(chance, width) if is_numeric else texts.kana(chance, width, recipe.pairs)
            hand = _hand(chance, bank, recipe, text)
            line = _set(chance, bank, recipe, (text, hand), width) if hand else None
            if line:
                return text, line
    return Text("", chance.choice(FAMILIES), "blank"), None


def _hand(chance: Random, bank: Bank, recipe: Recipe, text: Text) -> Hand | None:
    """Who can write the text, or None where the faces drawn cannot."""
    share = recipe.real_digits * (1.0 if text.kind == "digits" else 0.5)
    real = any(bank.digits) and text.family == "numeric" and chance.random() < share
    is_hand = real or chance.random() < recipe.hand      # the signs beside real digits come from a hand
    needed = [LABELS[c] for c in text.ink if c not in (" ", WIDE) and not (real and c in DIGITS)]
    candidates = [f for f, hand in enumerate(bank.hand) if hand == is_hand]
    able = [f for f in chance.sample(candidates, min(14, len(candidates))) if bank.can_write(f, needed)]
    if not able:
        return None
    mixed = is_hand and chance.random() < recipe.mixed_hand
    return Hand(tuple(able) if mixed else (able[0],), is_hand, real)


def _set(chance: Random, bank: Bank, recipe: Recipe, written: tuple[Text, Hand], width: int) -> Line | None:
    """The text as a line that fits its strip, or None where it would be too small or lost in it."""
    text, hand = written
    boxed = WIDE not in text.ink and chance.random() < (
        recipe.boxed if text.kind in {"digits", "amount"} else recipe.boxed_else
    )
    pieces = tuple(_piece(chance, bank, hand, c, chance.uniform(0.25, 1.0)) for c in text.ink[:MOST_GLYPHS])
    tracking = chance.uniform(-0.04, 0.14) if hand.is_hand else chance.choice((0.0, 0.0, 0.05, 0.12, 0.3))
    if chance.random() < 0.08:
        tracking += chance.uniform(0.1, 0.5)
    pitch = chance.uniform(0.75, 1.7) if boxed else 0.0
    ems = pitch * len(pieces) if boxed else sum(p.advance + tracking for p in pieces)
    em = _em(chance, recipe, text, ems, 2.0 * width) if ems > 0 and len(text.ink) <= MOST_GLYPHS else None
    return Line(pieces, hand, em, ems * em, pitch, tracking) if em else None


def _piece(chance: Random, bank: Bank, hand: Hand, character: str, gap: float) -> Piece:
    if character == WIDE:
        return Piece(character, None, gap)
    if character == " ":
        return Piece(character, None, chance.uniform(0.4, 1.1) * chance.choice((1, 1, 1.5)))
    if hand.real and character in DIGITS:
        return Piece(character, chance.choice(bank.digits[int(character)]), 0.62 + chance.uniform(-0.06, 0.12), real=True)
    row = bank.rows[chance.choice(hand.faces), LABELS[character]]
    return Piece(character, row, float(bank.advances[row]) / EM)


def _em(chance: Random, recipe: Recipe, text: Text, ems: float, wide: float) -> float | None:
    """How large the em may be, in pixels, by what the crop leaves round the ink."""
    ink, narrow = INK_HEIGHT[text.family], wide <= 2 * SHORT
    draw = chance.random()
    if draw < recipe.tight:
        return min(TALL / ink * chance.uniform(0.9, 1.06), wide / ems * 1.04)
    if draw < recipe.tight + recipe.normalised:
        em = min(TALL / ink * chance.uniform(0.55, 0.75), wide * 0.92 / ems)
        return em if em >= 0.34 * TALL else None
    full = wide / ems * (chance.uniform(0.35, 1.12) if narrow else chance.uniform(0.55, 0.99))
    roomy = text.family == "kana" or chance.random() < 0.7
    most = TALL * (chance.uniform(0.62, 0.95) if roomy else chance.uniform(0.9, 1.3))
    least = TALL * (0.22 if narrow else 0.34)
    if full < least or (full > most and ems * most < 0.3 * wide and not narrow):
        return None
    return full if full <= most else chance.uniform(max(least, 0.4 * most) if narrow else least, most)


def _left(chance: Random, line: Line, wide: float) -> float:
    room = max(0.0, wide - line.spread)
    return chance.uniform(0, room) if chance.random() < 0.7 else room * chance.uniform(0, 0.15)


def _placed(
    chance: Random, line: Line, text: Text, place: tuple[float, float]
) -> tuple[list[list[float]], list[int]]:
    """The glyphs of a line, with the unsteadiness of its hand, and the classes that it must read as."""
    glyphs: list[list[float]] = []
    labels: list[int] = []
    em, (x, wide) = line.em, place
    shaky = chance.random() if line.hand.is_hand else 0.0
    slack = max(2.0, (TALL - em * (0.95 if text.family == "kana" else 0.76)) / 2)
    middle = TALL / 2 + chance.uniform(-1, 1) * slack * 0.95
    climb = chance.uniform(-0.08, 0.08) * em if line.hand.is_hand and chance.random() < 0.3 else 0.0
    small = chance.uniform(0.60, 0.93)      # real digits fill their picture more than set ones fill their em
    for i, piece in enumerate(line.pieces):
        advance = em * (line.pitch or piece.advance + line.tracking * (chance.uniform(0.2, 1.8) if shaky else 1))
        if piece.row is not None:
            off = chance.uniform(-0.12, 0.12) if line.pitch else 0.0
            y = middle + climb * (i / max(1, len(line.pieces) - 1) - 0.5) + (0.07 * shaky * chance.uniform(-1, 1) + off) * em
            size = em / EM * (small if piece.real else 1.0)
            shape = _shaken(chance, shaky, text.family, wide <= 2 * MIDDLE)
            at = (x + advance / 2 + off * advance, y)
            glyphs.append([piece.row, *at, size * shape[0], size * shape[1], shape[2], shape[3], 1.0])
        x += advance
    # A space is read in katakana alone, once, and never at the ends.
    ink = " ".join(text.ink.split()) if text.family == "kana" else text.ink.replace(WIDE, "").replace(" ", "")
    labels.extend(LABELS[c] for c in ink)
    return glyphs, labels


def _keep_in(glyphs: list[list[float]], margin: float, wide: float) -> None:
    """Draws a line together whose first or last glyph would be cut off: half a letter must not be learnt as a whole one."""
    places = [glyph[1] for glyph in glyphs]
    if not places or margin > wide / 2:
        return
    first, last = min(places), max(places)
    left, right = max(first, margin), min(last, wide - margin)
    shrunk = (right - left) / (last - first) if last > first else 1.0
    for glyph in glyphs:
        glyph[1] = left + (glyph[1] - first) * shrunk if last > first else min(max(first, margin), wide - margin)


def _shaken(chance: Random, shaky: float, family: Family, alone: bool) -> tuple[float, float, float, float]:
    """Widening, heightening, turn and lean of one glyph."""
    if not shaky:
        return 1.0, 1.0, 0.0, 0.0
    grown = 1 + (0.09 if family == "kana" else 0.15) * shaky * chance.uniform(-1, 1)
    aspect = chance.uniform(0.72, 1.3) if alone and family == "numeric" else chance.uniform(0.85, 1.15)
    return grown * aspect, grown, 7 * shaky * chance.uniform(-1, 1), 0.12 * shaky * chance.uniform(-1, 1)


def _empty_cells(chance: Random, wide: float) -> tuple[float, ...]:
    count = chance.randint(2, 9)
    pitch = wide / count
    start = chance.uniform(-0.5, 0.5) * pitch
    return tuple(start + i * pitch for i in range(count + 1))
