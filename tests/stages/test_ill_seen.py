"""What speaks against a scan becomes findings: it blocks where nothing was read, and field by field where boxes lie astray."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tsuzuri.forms import Form, load_forms
from tsuzuri.image.quality import FAULTS
from tsuzuri.model import Act, Document, Field, Placement, Severity
from tsuzuri.settings import REPO
from tsuzuri.stages.ill_seen import ill_seen
from tsuzuri.stages.validate import validate
from tsuzuri.synth.stories import BUSINESS_DATE


@pytest.fixture(scope="module")
def form() -> Form:
    return load_forms(REPO / "pipelines", REPO / "schemas")["kodomo_seikyu"]


def test_a_field_that_lies_astray_has_one_finding_until_somebody_types_it(form: Form) -> None:
    noted = tuple(ill_seen(Placement(form.name, astray=("amount",)), form))
    empty = {name: Field(None, 0.0, "", "none") for name in form.fields}
    document = Document("d", "b", form.name, 1, BUSINESS_DATE, fields=empty, noted=noted)
    found = [finding for finding in validate(document, form).findings if finding.field == "amount"]
    assert [(finding.code, finding.act, finding.severity.blocks) for finding in found] == [("V02", Act.RESCAN, True)]
    assert "請求額" in found[0].message
    typed = replace(document, fields={**empty, "amount": Field(1200, 1.0, "1200", "person")})
    assert not any(finding.code == "V02" for finding in validate(typed, form).findings)


@pytest.mark.parametrize("word", sorted(FAULTS))
def test_an_unfit_scan_blocks_unless_its_form_was_known(form: Form, word: str) -> None:
    (known,) = ill_seen(Placement(form.name, fault=word), form)
    (nothing,) = ill_seen(Placement(None, fault=word), None)
    assert (known.severity, nothing.severity) == (Severity.W, Severity.E)
    assert known.message == nothing.message == FAULTS[word]
    document = Document("d", "b", None, 0, BUSINESS_DATE, noted=(nothing,))
    assert [finding.code for finding in validate(document, None).findings] == ["V02"]


def test_a_scan_that_is_fit_has_nothing_against_it(form: Form) -> None:
    assert not list(ill_seen(Placement(form.name), form)) and not list(ill_seen(Placement(None), None))
