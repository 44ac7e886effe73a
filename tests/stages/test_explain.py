"""How a document's claims are reckoned, as whoever asks is told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from tsuzuri.forms import Form, load_forms
from tsuzuri.model import Document, Field, Value
from tsuzuri.rules.known import Asked, Earlier, Known, Recipient
from tsuzuri.settings import REPO
from tsuzuri.stages.explain import accounts
from tsuzuri.stages.validate import validate

FORMS = load_forms(REPO / "pipelines", REPO / "schemas")


def _sample(name: str, **changed: Value) -> tuple[Document, Form]:
    truth = json.loads((REPO / "samples" / name / "a.truth.json").read_text("utf-8"))["fields"]
    said = {**truth, **changed}
    fields = {field: Field(value, 1.0, "" if value is None else str(value), "person") for field, value in said.items()}
    document = Document("dc_1", "bt_1", name, 1, date(2025, 10, 14), fields=fields)
    return document, FORMS.of(document) or FORMS[name]


@pytest.mark.parametrize("name", [name for name in FORMS if name.endswith(("_seikyu", "_sekotsu", "_renki", "_renki20"))])
def test_every_claim_of_a_sample_is_reckoned_as_it_is_claimed(name: str) -> None:
    document, form = _sample(name)
    told = accounts(document, form)
    assert told and all(account.fits for account in told)
    assert len(told) == (len(form.lines("patients", document.values)) if form.rows else 1)
    assert not [f for f in validate(document, form).findings if f.code in ("V40", "H36", "V39", "V20", "V21")]


def test_a_form_that_reckons_nothing_has_no_account() -> None:
    document, form = _sample("kodomo_shinsei")
    assert accounts(document, form) == []


def test_a_grade_in_the_ledger_leaves_one_way_and_a_wrong_share_is_found() -> None:
    document, form = _sample("jyudo_seikyu")
    number = str(document.values["recipient_no"])
    row = Recipient("03", number, "p1", "架空　太郎", "カクウ　タロウ", "1957-01-14", "2020-04-01", grade="身1級")
    [account] = accounts(document, form, Known(recipients=(row,)))
    assert [way.patient for way in account.found] == [0] and account.fits is False
    [found] = [f for f in validate(document, form, Known(recipients=(row,))).findings if f.code == "V40"]
    assert "0円のはず" in found.message and found.steps


def test_a_list_without_birth_dates_takes_them_from_the_ledger() -> None:
    document, form = _sample("kodomo_renki")
    number = str(document.values["patients.1.recipient_no"])
    row = Recipient("01", number, "p1", "架空　花子", "カクウ　ハナコ", "2024-06-01", "2024-06-01")
    told = accounts(document, form, Known(recipients=(row,)))
    assert [way.patient for way in told[0].found] == [0] and told[0].row == 1


def test_what_was_paid_earlier_in_the_month_leaves_less_to_pay() -> None:
    document, form = _sample("kodomo_seikyu")
    said = document.values
    ours = Asked(scheme="01", recipient_no=str(said["recipient_no"]), inst_code=str(said["inst_code"]),
                 month=str(said["service_ym"]), care=str(said["inout"]), copay=900, paid=300)
    known = Known(earlier=(Earlier(ours, "dc_0", "approved"),))
    [alone], [later] = accounts(document, form)[0].found, accounts(document, form, known)[0].found
    assert alone.patient - later.patient == 300 and not accounts(document, form, known)[0].fits
    returned = Known(earlier=(Earlier(ours, "dc_0", "returned"),))
    twice = Earlier(replace(ours, copay=int(said["copay"] or 0), paid=int(said["patient_paid"] or 0)), "dc_0", "approved")
    for other in (returned, Known(earlier=(twice,))):      # the same claim once more is a duplicate, no second visit
        assert accounts(document, form, other)[0].fits
