"""read: a placed page becomes Readings, at least one a field. Touches image and engines; never the store, never a value.

All text of a sheet goes to each reader in one call. Marks (circles, ticks, seals) are seen by geometry, not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from tsuzuri.engines import Reader
from tsuzuri.forms import DITTO, FieldSpec, Form
from tsuzuri.image import Picture
from tsuzuri.image.alterations import crossed, ditto, stamped, struck, whitened
from tsuzuri.image.bend import Bend
from tsuzuri.image.clean import Cut, Sheet, cut, sheet
from tsuzuri.image.rules import Matrix, printed
from tsuzuri.model import RESCUED, STAINED, STAMPED, STRUCK, WHITENED, Box, Others, Placement, Reading
from tsuzuri.rules import KINDS, Unreadable, plausible
from tsuzuri.stages.keys import BACKING, OWN, Bit, Heard, Voice, ask, listen
from tsuzuri.stages.known import consulted
from tsuzuri.stages.marked import MARKS, THERE, answered, crossed_out, era_of, there
from tsuzuri.stages.sure import Evidence, enough, evidence, sureness, worth_asking

DIGITS = "0123456789"
FIRST_YEAR = "元"           # which a year's box may hold for 1
LAST = {"年": 64, "月": 12, "日": 31}      # 昭和 had 64 years
DITTO_SURE = 0.98
# Of 115 lines through a field two cover 0.93 to 0.96 of it, and what they cross is read less surely than 0.8; 106 cover more, read
# at 0.99 at the surest; seven are not seen. Of letters alone printed kanji without a gap cover 0.945, read at 0.96 and surer; a
# single digit may have a stroke as wide as itself.
STRUCK_PERHAPS, STRUCK_SHARE = 0.93, 0.96
LEGIBLE, PLAIN = 0.9, 0.995       # what is read so surely is not crossed out: by a line of the one sort, of the other
UNREAD = 0.3
MOST_OTHERS, LEAST_LIKELY = 5, 0.001      # of further spellings: five is what a clerk looks through


def read(picture: Picture, placement: Placement, form: Form, readers: Mapping[str, Reader]) -> tuple[Reading, ...]:
    """What every field of the form shows: order 1 is what counts, by the readers it names or by geometry; where several
    were asked, order 2 and up has what each of them said."""
    page, bits = crops(picture, placement, form)
    settled = {name: Reading(name, "", 0.0, "none", form.fields[name].area) for name in placement.astray}
    settled = {**{reading.field: reading for reading in _beside(page, form, bits)}, **settled}
    bits = [bit for bit in bits if bit.field not in settled]
    heard = consulted(bits, listen(bits, readers), form)
    found = [*settled.values(), *spelled(page, form, bits, heard, but=settled)]
    found = [_altered(page, form.fields[reading.field], reading) for reading in found]
    for reader_name, chosen in _second(form, bits, found).items():
        asked = list(zip(chosen, ask(readers[reader_name], chosen), strict=True))
        for name in dict.fromkeys(bit.field for bit in chosen):
            spec, theirs = form.fields[name], [(bit, voice) for bit, voice in asked if bit.field == name]
            found.append(_reading(name, spec, _whole(page, form, spec)(theirs), order=2))
    return tuple(found)


def crops(picture: Picture, placement: Placement, form: Form) -> tuple[Sheet, list[Bit]]:
    """The page laid on the form, and all that is to be read of it, field by field."""
    page = sheet(picture, placement.homography, _rules(form), Bend.of(placement.bend))
    return page, [bit for name in form.fields for bit in _bits(page, name, form)]


def spelled(page: Sheet, form: Form, bits: Sequence[Bit], heard: Sequence[Heard], but: Container[str] = ()) -> Iterator[Reading]:
    """What was heard of each bit, as readings of whole fields (`but` for these); marks are looked at here."""
    for name in (name for name in form.fields if name not in but):
        yield from _readings(page, name, form, [pair for pair in zip(bits, heard, strict=True) if pair[0].field == name])


def _beside(page: Sheet, form: Form, bits: Sequence[Bit]) -> Iterator[Reading]:
    """What tables have besides writing: rows that are crossed out, whose fields are not read, and 〃."""
    rows = list(_crossed_out(page, form))
    yield from rows
    void = form.void({reading.field: reading.ink == THERE for reading in rows})
    for name in void:
        yield _reading(name, form.fields[name], Voice(MARKS, "", 1.0))
    for bit in bits:
        if bit.field not in void and _repeats(bit):
            yield _reading(bit.field, form.fields[bit.field], Voice(MARKS, DITTO, DITTO_SURE))


def _altered(page: Sheet, spec: FieldSpec, reading: Reading) -> Reading:
    """A written field's reading with what was done to it. What is crossed out is no value: a person reads what counts."""
    if reading.order > 1 or not reading.ink or reading.reader == MARKS or spec.box is None:
        return reading
    share = struck(page, spec.box)
    if share > STRUCK_PERHAPS and reading.confidence < (PLAIN if share > STRUCK_SHARE else LEGIBLE):
        marks = (STRUCK, *((STAMPED,) if stamped(page, spec.box) else ()))
        return replace(reading, ink="", confidence=UNREAD, marks=marks)
    return replace(reading, marks=(WHITENED,)) if whitened(page, spec.box) else reading


def _crossed_out(page: Sheet, form: Form) -> Iterator[Reading]:
    """For every row that may be crossed out, whether it is, and whether it has its 訂正印."""
    for table, rows in form.rows.items():
        for i in range(1, rows.count + 1) if rows.void else ():
            name = f"{table}.{i}.{rows.void}"
            spec = form.fields[name]
            assert spec.box is not None
            ink, sure = crossed_out(crossed(page, spec.box))
            answers = [box for c in rows.fields for box in form.fields[f"{table}.{i}.{c}"].choices.values()] if ink == THERE else []
            marks = (STRUCK, *((STAMPED,) if stamped(page, spec.box, answers) else ())) if ink == THERE else ()
            yield replace(_reading(name, spec, Voice(MARKS, ink, sure)), marks=marks)


def _repeats(bit: Bit) -> bool:
    """Whether 〃 stands in a table's column."""
    return "." in bit.field and bit.cells is None and not bit.cut.blank and ditto(bit.cut.picture)


def _rules(form: Form) -> Matrix:
    rows: list[tuple[Box, int]] = []
    for spec in form.fields.values():
        rows += [(spec.box, spec.cells)] if spec.box and spec.cells else []
        rows += [(part.box, part.cells) for part in spec.parts if part.cells]
    return printed(form.print.frames, form.print.lines, form.print.faint, rows)


def _bits(page: Sheet, name: str, form: Form) -> Iterator[Bit]:
    spec = form.fields[name]
    kind = KINDS[spec.kind]
    first = spec.first or kind.reader
    if kind.reads == "date":
        cuts = [cut(page, part.box, part.cells) for part in spec.parts]
        alone = partial(_enough_alone, form, name, any(map(_stained, cuts)))
        for n, (part, crop) in enumerate(zip(spec.parts, cuts, strict=True)):
            alphabet, fits = (DIGITS if n else DIGITS + FIRST_YEAR), partial(_in_calendar, part.after)
            yield Bit(name, crop, alphabet, "numeric", first, part.cells, part.after, alone, fits)
    elif kind.reads == "text" and spec.box is not None:
        crop = cut(page, spec.box, spec.cells)
        alone = partial(_enough_alone, form, name, _stained(crop))
        fits, proves = partial(_parses, spec.kind), partial(_proven, spec.kind) if kind.checked else None
        family = "kana" if "ア" in (kind.alphabet or "") else "numeric"
        yield Bit(name, crop, kind.alphabet, family, first, spec.cells, "", alone, fits, proves)


def _enough_alone(form: Form, name: str, stained: bool, score: float) -> bool:
    """Whether our reader's score alone lets the field pass; never where the form always wants the other key."""
    spec = form.fields[name]
    found = Evidence(OWN + STAINED if stained else OWN, score)
    return spec.second != BACKING and enough(form, name, sureness(spec, found), ink="…")


def _stained(crop: Cut) -> bool:
    return crop.sure < 1 and not crop.blank


def _in_calendar(after: str, ink: str) -> bool:
    """Whether a number can stand before 年, 月 or 日."""
    if ink == FIRST_YEAR:
        return after[:1] == "年"
    return bool(re.fullmatch(r"[0-9]{1,2}", ink)) and 1 <= int(ink) <= LAST.get(after[:1], 99)


def _parses(kind: str, ink: str) -> bool:
    try:
        KINDS[kind].parse(ink)
    except Unreadable:
        return False
    return True


def _proven(kind: str, ink: str) -> bool:
    return _parses(kind, ink) and plausible(kind, KINDS[kind].parse(ink))


def _second(form: Form, bits: list[Bit], found: Sequence[Reading]) -> dict[str, list[Bit]]:
    """Which further reader the form wants to hear about which crops: those of fields that are not sure enough to pass yet, and
    that its yes might let pass."""
    chosen: dict[str, list[Bit]] = {}
    for bit in bits:
        spec = form.fields[bit.field]
        if spec.second is None or (bit.first, spec.second) == (OWN, BACKING):
            continue
        said = [reading for reading in found if reading.field == bit.field]
        if said[0].ink and worth_asking(form, bit.field, evidence(said, spec), said[0].ink):
            chosen.setdefault(spec.second, []).append(bit)
    return chosen


def _readings(page: Sheet, name: str, form: Form, own: list[tuple[Bit, Heard]]) -> Iterator[Reading]:
    """What counts, and behind it, where several voices were heard, each of them."""
    spec = form.fields[name]
    reads = KINDS[spec.kind].reads
    if reads == "choice":
        yield _reading(name, spec, Voice(MARKS, *answered(page, spec, form)))
    elif reads in ("seal", "tick"):
        yield _reading(name, spec, Voice(MARKS, *there(page, spec, form)))
    else:
        joined = _whole(page, form, spec)
        counts = joined([(bit, heard.said) for bit, heard in own])
        yield _reading(name, spec, _told(counts) if any(_stained(bit.cut) for bit, _ in own) else counts)
        for n in range(max(len(heard.voices) for _, heard in own)):
            voices = [(bit, heard.voices[min(n, len(heard.voices) - 1)]) for bit, heard in own]
            if any(len(heard.voices) > 1 for _, heard in own):
                yield _reading(name, spec, joined(voices), order=2 + n)


def _told(voice: Voice) -> Voice:
    """The same, its stain told behind the readers' names."""
    bare = voice.reader.removesuffix(RESCUED)
    return replace(voice, reader=bare + STAINED + voice.reader[len(bare):])


def _reading(name: str, spec: FieldSpec, voice: Voice, order: int = 1) -> Reading:
    others = _others(voice) if order == 1 and voice.text else ()
    return Reading(name, voice.text, round(voice.sure, 6), voice.reader, spec.area, order=order, others=others)


def _others(voice: Voice) -> Others:
    """What else may stand there, the likeliest first; what next to nothing speaks for is not kept."""
    held = sorted(((text, p) for text, p in voice.spellings.items() if text not in ("", voice.text)), key=lambda one: -one[1])
    return tuple((text, round(p, 6)) for text, p in held[:MOST_OTHERS] if p > LEAST_LIKELY)


def _whole(page: Sheet, form: Form, spec: FieldSpec) -> Callable[[list[tuple[Bit, Voice]]], Voice]:
    return partial(_date, page, form, spec) if KINDS[spec.kind].reads == "date" else _joined


def _joined(own: list[tuple[Bit, Voice]]) -> Voice:
    """The bits of a field in order, each with what is printed behind it, and the product of how sure they are."""
    text, sure, spellings = "", 1.0, {"": 1.0}
    for bit, voice in own:
        text += voice.text + bit.after
        sure *= voice.sure
        held = voice.spellings or {voice.text: voice.sure}
        each = sorted(((a + b + bit.after, p * q) for a, p in spellings.items() for b, q in held.items()), key=lambda one: -one[1])
        spellings = dict(each[:MOST_OTHERS + 1])
    # Of several boxes some may be empty, and so have no second voice: the longest name has all who spoke.
    return Voice(max((voice.reader for _, voice in own), key=len), text, sure, spellings)


def _date(page: Sheet, form: Form, spec: FieldSpec, own: list[tuple[Bit, Voice]]) -> Voice:
    """Era word, digits and printed words as one text; "" when neither a digit is written nor an era circled."""
    joined = _joined(own)
    eras = spec.era if isinstance(spec.era, dict) else {}
    era, era_sure = era_of(page, eras, form) if eras else (spec.era or "", 1.0)
    written = any(voice.text for _, voice in own) or bool(eras and era)
    held = {f"{era}{text}": p for text, p in joined.spellings.items()}
    return Voice(joined.reader, f"{era}{joined.text}" if written else "", joined.sure * era_sure, held)
