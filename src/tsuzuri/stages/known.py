"""known: what lists of names, towns, banks and institutions make of what was heard. Touches the lists and what readers said.

A name and its katakana that the lists hold for one name prove each other; where a reader was in doubt between spellings, the
one that is a name counts. An address gets its town as the post spells it. A bank's or institution's code, name and address
prove one another if the list has them as one's. What each reader said is kept beside, as ever.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tsuzuri.forms import Form
from tsuzuri.rules import parses
from tsuzuri.rules.lists import Listed, as_entered, as_listed, banks, branches, in_town, mended
from tsuzuri.stages.keys import Bit, Heard, Voice

NAMES, TOWNS, LISTED = "names", "towns", "listed"      # voices: lists, as they stand behind the readers' beside a reading
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
    for name in sorted((name for name in places if form.fields[name].listed), key=lambda name: form.fields[name].within or ""):
        if listed := _list(form, name, after, places):
            _entry(after, {word: places[field] for word, field in _fields(form, name).items() if field in places}, listed)
    return after


def _fields(form: Form, name: str) -> dict[str, str]:
    """What an entry of a list has → the field of the paper that has it."""
    spec = form.fields[name]
    return {"name": name, **{word: field for word, field in (("code", spec.code), ("address", spec.address)) if field}}


def _list(form: Form, name: str, heard: Sequence[Heard], places: Mapping[str, int]) -> Listed | None:
    """The list that has the field's name; of branches those of the bank that the paper names, None if it names none surely."""
    spec = form.fields[name]
    if spec.listed == "institutions":
        return form.institutions
    if spec.listed == "banks":
        return banks()
    assert spec.within is not None
    named = {word: _possible(heard[places[field]]) for word, field in _fields(form, spec.within).items() if field in places}
    bank = as_entered({word: said for word, said in named.items() if any(said)}, banks())
    return branches(bank.entry.code) if bank else None


def _entry(heard: list[Heard], places: Mapping[str, int], listed: Listed) -> None:
    """One entry's fields: those that spell it prove each other; where the list chose, they are as sure as the choice was clear."""
    said = {word: _possible(heard[i]) for word, i in places.items() if heard[i].said.text}
    chosen = as_entered(said, listed)
    if chosen is None:
        return
    doubted = min(heard[places[word]].said.sure for word in chosen.spelled)
    proven = 1 - math.prod(1 - said[word][text] for word, text in chosen.spelled.items())
    for word, text in chosen.spelled.items():
        before = heard[places[word]]
        as_it_was = listed.fold(word, text) == listed.fold(word, before.said.text)
        if as_it_was and len(chosen.spelled) < 2:
            continue            # that there is such a name proves nothing
        sure = max(proven * chosen.sure, before.said.sure) if as_it_was else doubted * chosen.sure
        spelled = before.said.text if as_it_was else mended(text) if word == "address" else text
        heard[places[word]] = _told(before, LISTED, spelled, min(sure, SUREST))


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
