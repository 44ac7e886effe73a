"""A sheet is held against 受給者台帳 in the unit of work that binds it, before it is judged."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.flow.conftest import DAY, documents, page_of, picture
from tsuzuri import flow
from tsuzuri.flow import Brought, Line, reading
from tsuzuri.flow.reading import Sight
from tsuzuri.flow.recognising import recognised
from tsuzuri.model import CHOSEN, MET, Batch, Placement, Reading
from tsuzuri.rules.ledgers.people import load_people
from tsuzuri.rules.person import Sought

ROWS = """制度,受給者番号,宛名番号,氏名,氏名カナ,生年月日,有効開始日,有効終了日,記号,番号,他公費
01,0001230,P1,架空　花子,カクウ　ハナコ,2018-05-01,2024-12-01,,12,345,
01,0045674,P2,綴　太郎,ツヅリ　タロウ,2015-01-02,2024-12-01,,12,9,
"""
SAID = {"recipient_no": "0001280", "patient_name": "架空　花子", "patient_kana": "カクウ　ハナコ", "birth": "平成30年5月1日"}


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "recipients.csv"
    path.write_text(ROWS, "utf-8")
    return path


@pytest.fixture
def seeing(line: Line, monkeypatch: pytest.MonkeyPatch, at_their_word: None) -> Line:
    """The line upon which every page is the same claim, its number read unsurely."""
    form = line.forms["kodomo_seikyu"]

    def see(*_: object) -> Sight:
        readings = [Reading(name, SAID.get(name, ""), 0.95, "own", spec.area) for name, spec in form.fields.items()]
        unsure = [replace(said, confidence=0.5, others=(("0001230", 0.4),)) if said.field == "recipient_no" else said
                  for said in readings]
        return Sight(Placement(form.name, score=0.9), form, tuple(unsure))

    monkeypatch.setattr(reading, "see", see)
    return line


def test_a_sheet_is_told_by_the_ledger_and_its_reading_stays(seeing: Line, batch: Batch, ledger: Path) -> None:
    flow.import_ledger(seeing, Brought("recipients", whole=True, by="sato"), ledger)
    page = page_of(seeing, batch, 1, picture())
    flow.read_page(seeing, page.id)
    (document,) = documents(seeing, batch)
    number = document.fields["recipient_no"]
    assert (number.value, number.raw, number.reader) == ("0001230", "0001280", "own" + CHOSEN)
    assert document.fields["birth"].reader == "own" + MET and document.fields["birth"].confidence > 0.99
    shown = [(c.value, c.by) for c in document.candidates if c.field == "recipient_no"]
    assert shown[:2] == [("0001230", "ledger"), ("0001280", "readers")]
    with seeing.store.read() as look:
        (kept,) = [said for said in look.readings_of_page(page.id) if said.field == "recipient_no"]
    assert (kept.ink, kept.others) == ("0001280", (("0001230", 0.4),))


def test_without_a_ledger_a_sheet_stays_as_it_was_read(seeing: Line, batch: Batch) -> None:
    flow.read_page(seeing, page_of(seeing, batch, 1, picture()).id)
    (document,) = documents(seeing, batch)
    assert document.fields["recipient_no"].value == "0001280" and document.candidates == ()


def test_a_ledgers_file_tells_the_same_where_there_is_no_database(seeing: Line, batch: Batch, ledger: Path) -> None:
    flow.read_page(seeing, page_of(seeing, batch, 1, picture()).id)
    (document,) = documents(seeing, batch)
    people = load_people(ledger)
    assert recognised(document, seeing.forms, people).fields["recipient_no"].value == "0001230"
    (told,) = flow.read_file(_paper(ledger.parent), seeing.forms, {}, seeing.limits.caps, flow.Office(DAY, people))
    assert told[1].fields["recipient_no"].value == "0001230"
    assert flow.plain(told[1])["candidates"][0]["from"] == "ledger"


def test_a_ledgers_file_is_looked_up_as_the_database_is(line: Line, ledger: Path) -> None:
    flow.import_ledger(line, Brought("recipients", whole=True, by="sato"), ledger)
    people = load_people(ledger)
    for wanted in (
        Sought("01", frozenset({"0001230"})), Sought("", frozenset({"0045674", "12"})), Sought("02", frozenset({"0001230"})),
        Sought("01", births=frozenset({"2015-01-02"}), kanas=frozenset({"ツツリ　タロウ"})),
        Sought("01", births=frozenset({"2018-05-01"}), names=frozenset({"架空　花子"})),
        Sought("01", cards=frozenset({("12", "345"), ("12", "8")})), Sought(),
    ):
        with line.store.read() as look:
            assert people.alike([wanted]) == look.alike([wanted])


def _paper(folder: Path) -> Path:
    path = folder / "a.png"
    path.write_bytes(picture())
    return path
