"""Which pages belong together, told from any part of a batch that is read so far; and what they say as one document."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.stages.bundled import FORMS, MOST, paper
from tsuzuri.forms import Forms
from tsuzuri.model import Act, Cut, Document, Field, Finding, Page, Severity, Step, Value
from tsuzuri.stages.bind import Bundle, Leaf, Part, bundles, compose, parts, places
from tsuzuri.stages.validate import validate

NOON = datetime(2025, 11, 7, 3, 0, tzinfo=UTC)
FORM_OF = {"A": "application", "r": "receipt", "C": "claim", "?": None}
FILES = 2        # pages a file, where a test does not say otherwise


def leaves(told: str) -> list[Leaf]:
    """One leaf a letter: A r C ? are read, _ is blank, | a separator, . not read yet, x not there yet, B bound for good."""
    return [_leaf(i, letter) for i, letter in enumerate(told)]


def _leaf(i: int, letter: str) -> Leaf:
    if letter == "x":
        return Leaf(None)
    step = {"_": Step.BLANK, "|": Step.SEPARATOR, ".": Step.RECEIVED, "B": Step.BOUND}.get(letter, Step.READ)
    page = Page(str(i), f"s{i // FILES}", "b", i % FILES + 1, NOON, step, form=FORM_OF.get(letter))
    return Leaf(page, i // FILES + 1)


def shown(told: str, cut: Cut = Cut.BY_FORM, count: int = 1) -> str:
    """The bundles as letters, those that may grow with a plus."""
    return " ".join(_letters(told, bundle) for bundle in bundles(leaves(told), FORMS, cut, count))


def _letters(told: str, bundle: Bundle) -> str:
    return "".join(told[int(page.id)] for page in bundle.pages) + ("" if bundle.whole else "+")


@pytest.mark.parametrize(("told", "bound"), [
    ("ArrAr", "Arr Ar"),
    ("ArrC", "Arr C"),
    ("CrAr", "C r Ar"),             # a claim takes no receipt
    ("rAr", "r Ar"),
    ("A_r_r", "Arr"),               # the backs of duplex scans
    ("Ar|r", "Ar r"),
    ("A?r", "A ? r"),               # nobody knows what lies between
    ("Ar.r", "Ar+"),                # whose the last one is, only the unread page will tell
    ("Ar.rAr", "Ar+ Ar"),
    ("A.C", "A+ C"),
    (".r", ""),
    ("Arx", "Ar+"),
    ("Cx", "C"),                    # what takes nothing waits for nobody
    ("?x", "?"),
    ("rx", "r"),
    ("Br", "r"),
    ("ABr", "A r"),
])
def test_a_page_belongs_to_the_paper_before_it_that_takes_it(told: str, bound: str) -> None:
    assert shown(told) == bound


@pytest.mark.parametrize(("cut", "count", "told", "bound"), [
    (Cut.EACH_FILE, 1, "ArAr", "Ar Ar"),
    (Cut.EACH_FILE, 1, "A?r?", "A? r?"),       # a file's pages belong together, whatever they are
    (Cut.EACH_FILE, 1, "AC", "A C"),           # but a claim is never hidden behind another paper
    (Cut.EACH_FILE, 1, "Ar.r", "Ar"),          # the next file cannot change this one
    (Cut.EACH_FILE, 1, "A.", "A+"),
    (Cut.SEPARATED, 1, "A?r|?r", "A?r ?r"),
    (Cut.SEPARATED, 1, "A?x", "A?+"),
    (Cut.SEPARATED, 1, "?A", "? A"),
    (Cut.BY_COUNT, 2, "ArrA", "Ar r A"),
    (Cut.BY_COUNT, 1, "Ar", "A r"),
    (Cut.BY_FORM, 1, "A?", "A ?"),
])
def test_a_batch_may_declare_what_ends_a_document(cut: Cut, count: int, told: str, bound: str) -> None:
    assert shown(told, cut, count) == bound


@given(told=st.text("ArC?_|", max_size=10), order=st.randoms(use_true_random=False), cut=st.sampled_from(Cut))
def test_in_whatever_order_pages_are_read_the_same_documents_come_of_it(told: str, order, cut: Cut) -> None:
    """Each page read is looked at with all the others; what is whole by then is bound for good."""
    whole, at_once = leaves(told), bundles(leaves(told), FORMS, cut, 2)
    now = [Leaf(replace(leaf.page, step=Step.RECEIVED, form=None), leaf.file) for leaf in whole]
    made: list[tuple[str, ...]] = []
    for i in order.sample(range(len(whole)), len(whole)):
        now[i] = whole[i]
        for bundle in bundles(now, FORMS, cut, 2):
            ids = tuple(page.id for page in bundle.pages)
            if bundle.whole:
                made.append(ids)
                for number in map(int, ids):
                    now[number] = Leaf(replace(now[number].page, step=Step.BOUND), now[number].file)
            elif bundle.pages[0].step is Step.READ:     # it shows at once, and waits
                leader = bundle.pages[0]
                now[int(leader.id)] = Leaf(replace(leader, step=Step.BOUND), now[int(leader.id)].file, waits=True)
    assert sorted(made) == sorted(tuple(page.id for page in bundle.pages) for bundle in at_once)


def _part(place: int, form: str | None, noted: tuple[Finding, ...] = (), **values: Value) -> Part:
    box = (20.0, 40.0, 60.0, 8.0)
    fields = {name: Field(value, 1.0, "" if value is None else str(value), "ppocr", box) for name, value in values.items()}
    return Part(Page(str(place), "s", "b", place, NOON, Step.READ, form=form, score=0.9), form, fields, noted)


def _bound(*read: Part) -> Document:
    document = compose(Document("d", "b", None, 0, date(2025, 11, 7)), read, FORMS)
    return validate(document, FORMS.of(document))


APPLICATION = _part(1, "application", applicant="架空　花子", paid_total=1500, receipts_count=2)
RECEIPTS = (_part(2, "receipt", clinic="架空医院", total=1000), _part(3, "receipt", clinic="架空薬局", total=500))


def test_an_application_with_its_receipts_is_one_document_that_adds_up() -> None:
    document = _bound(APPLICATION, *RECEIPTS)
    assert (document.form, document.page_count, document.step) == ("application", 3, Step.CLEAN)
    assert document.values["evidence.2.total"] == 500
    assert [document.fields[name].page for name in ("paid_total", "evidence.1.total", "evidence.2.total")] == [1, 2, 3]
    form = FORMS.of(document)
    assert form is not None and form.label("evidence.2.total") == "架空領収書2：totalの欄"
    assert form.nest(document.values)["evidence"] == [{"clinic": "架空医院", "total": 1000}, {"clinic": "架空薬局", "total": 500}]


def test_a_receipt_that_is_missing_or_wrong_is_found() -> None:
    assert {f.code for f in _bound(APPLICATION, RECEIPTS[0]).findings} == {"H22", "H23"}
    assert {f.code for f in _bound(APPLICATION).findings} == {"H22"}
    free = _part(3, "receipt", clinic="架空薬局", total=0)
    assert {(f.code, f.field, f.page) for f in _bound(APPLICATION, RECEIPTS[0], free).findings} == {
        ("H23", "paid_total", 1), ("V42", "evidence.2.total", 3)}      # the receipt's own rule holds for it


def test_a_receipt_on_which_nothing_could_be_read_is_there_all_the_same() -> None:
    empty = _part(3, "receipt", clinic=None, total=None)
    found = {(f.code, f.field) for f in _bound(APPLICATION, RECEIPTS[0], empty).findings}
    assert found >= {("H01", "evidence.2.total"), ("H01", "evidence.2.clinic"), ("H23", "paid_total")}


def test_a_receipt_alone_stands_before_a_person_and_makes_no_claim() -> None:
    document = _bound(RECEIPTS[0])
    assert [(f.code, f.severity) for f in document.findings] == [("H20", Severity.E)]
    assert "架空領収書" in document.findings[0].message


def test_pages_that_the_form_has_no_room_for_are_bound_and_shown_to_a_person() -> None:
    letter = _part(2, None, noted=(Finding("V02", Severity.E, Act.RESCAN, "読めません"),))
    many = [replace(RECEIPTS[0], page=replace(RECEIPTS[0].page, id=str(n), number=n)) for n in range(3, 4 + MOST)]
    document = _bound(APPLICATION, letter, *many)
    assert document.page_count == MOST + 3
    assert {(f.code, f.severity) for f in document.findings} >= {("V02", Severity.W), ("H21", Severity.W)}
    (unread,) = [f for f in document.findings if f.code == "H21"]
    assert f"2・{MOST + 3}枚目" in unread.message
    assert list(places(["application", None, *["receipt"] * 4], FORMS)) == [
        "", None, "evidence.1.", "evidence.2.", "evidence.3.", None]


def test_a_document_taken_apart_gives_back_what_each_page_said() -> None:
    differ = Finding("H41", Severity.E, Act.AMEND, "違う", "total", None, 1)
    second = replace(RECEIPTS[1], noted=(differ,))
    read = (APPLICATION, RECEIPTS[0], second)
    document = _bound(*read)
    assert "evidence.2.total" in {f.field for f in document.noted}
    assert parts(document, [part.page for part in read], FORMS.of(document)) == list(read)


DUPLEX = Forms({**FORMS, "two_sided": paper("claim", takes={"back": {"form": "overleaf", "most": 1, "overleaf": True}}),
                "overleaf": paper("receipt")})


def turned(told: str) -> str:
    """The bundles of a duplex scan, two sides a file: F a front, b a back, C a claim; the rest as ever."""
    forms = {"F": "two_sided", "b": "overleaf", "C": "claim", "r": "receipt"}
    laid = [replace(leaf, page=replace(leaf.page, form=forms.get(letter))) if leaf.page and letter in forms else leaf
            for leaf, letter in zip(leaves(told), told, strict=True)]
    return " ".join(_letters(told, bundle) for bundle in bundles(laid, DUPLEX))


@pytest.mark.parametrize(("told", "bound"), [
    ("FbFb", "Fb Fb"),
    ("bFbF", "Fb Fb"),
    ("FbbF", "Fb Fb"),              # the second sheet lay the other way up
    ("F_bF", "F Fb"),               # a blank back stays a blank page
    ("_FF_", "F F"),
    ("bC", "b C"),                  # a claim has no such back
    ("Cb", "C b"),
    (".F", "F+"), ("F.", "F+"),     # whichever side is read first waits for the other
    ("b.", ""), (".b", ""),
    ("FbbC", "Fbb C"),              # whose back that is, a person must say
])
def test_the_sides_of_a_duplex_sheet_are_one_whichever_was_scanned_first(told: str, bound: str) -> None:
    assert turned(told) == bound


def test_a_back_is_read_into_its_front_and_alone_it_says_so() -> None:
    front, back = (Part(Page(name, "s", "b", 1, NOON), form) for name, form in (("f", "two_sided"), ("b", "overleaf")))
    begun = Document("d", "b", None, 0, date(2025, 11, 7))
    whole = compose(begun, [front, replace(back, fields={"total": Field(1, 1.0, "1", "x")})], DUPLEX)
    assert whole.form == "two_sided" and whole.fields["back.1.total"].page == 2
    assert [finding.code for finding in compose(begun, [back], DUPLEX).noted] == ["H20"]
