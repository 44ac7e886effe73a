"""known: what lists of names and towns make of what was heard. Touches the lists and what readers said.

A name and its katakana that the lists hold for one name prove each other; where a reader was in doubt between spellings, the
one that is a name counts. An address gets its town as the post spells it. What each reader said is kept beside, as ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tsuzuri.forms import Form
from tsuzuri.rules import parses
from tsuzuri.rules.lists import as_listed, in_town, mended
from tsuzuri.stages.keys import Bit, Heard, Voice

NAMES, TOWNS = "names", "towns"      # voices: names of lists, as they stand behind the readers' beside a reading
SUREST = 0.9999


def consulted(bits: Sequence[Bit], heard: Sequence[Heard], form: Form) -> list[Heard]:
    """What was heard of each bit, the lists heard too where a field of the form names its neighbour or is an address."""
    after = list(heard)
    places = {bit.field: i for i, bit in enumerate(bits)}
    for name, i in places.items():
        spec = form.fields[name]
        if spec.kana in places:
            _name(after, i, places[spec.kana])
        if spec.kind == "address" and heard[i].said.text:
            postal = heard[places[spec.postal]].said.text if spec.postal in places else None
            _address(after, i, form.city, postal if postal and parses("postal", postal) else None)
    return after


def _name(heard: list[Heard], kanji: int, kana: int) -> None:
    written, read = heard[kanji].said, heard[kana].said
    if not written.text or not read.text:
        return
    named = as_listed(_possible(heard[kanji]), _possible(heard[kana]))
    if named is None:
        return
    # Written so in both fields, the one proves the other; where the lists chose, they are as sure as the choice was clear.
    # Which of 富 and 冨 it is, no kana proves.
    for i, text in ((kanji, named.kanji), (kana, named.kana)):
        before = heard[i].said
        if i == kanji and named.varied:
            continue
        as_it_was = "".join(text.split()) == "".join(before.text.split())
        sure = 1 - (1 - written.sure) * (1 - read.sure) if as_it_was else min(written.sure, read.sure)
        heard[i] = _told(heard[i], NAMES, text, min(sure * named.sure, SUREST))


def _possible(heard: Heard) -> dict[str, float]:
    """Every spelling that any voice holds possible; what counts is the likeliest."""
    found = {text: p for voice in heard.voices for text, p in voice.spellings.items() if text}
    return {**found, heard.said.text: max([heard.said.sure, *found.values()])}


def _address(heard: list[Heard], i: int, city: str, postal: str | None) -> None:
    possible = _possible(heard[i])
    meant = in_town(possible, city, postal)
    if meant != heard[i].said.text:
        share = sum(p for text, p in possible.items() if mended(text) == meant)
        heard[i] = _told(heard[i], TOWNS, meant, min(heard[i].said.sure, share))


def _told(heard: Heard, who: str, text: str, sure: float) -> Heard:
    """What a list says counts, beside the voices that were heard before."""
    said = replace(heard.said, text=text, sure=sure, reader=f"{heard.said.reader}+{who}")
    return Heard(said, (*heard.voices, Voice(who, text, sure)))
