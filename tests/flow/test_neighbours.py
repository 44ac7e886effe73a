"""A claim beside those before it: of two that are one the later waits, and nothing that comes later changes what was settled."""

from __future__ import annotations

import json
import random
import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, update

from tests.conftest import SAMPLES
from tests.flow.conftest import (
    DAY,
    approved_batch,
    claim_values,
    declared,
    lay,
    number_of,
    read_document,
    store_document,
    stored,
)
from tsuzuri import flow
from tsuzuri.errors import Refused, Stale, WrongTurn
from tsuzuri.flow import Line
from tsuzuri.flow.replay import Sum, replay
from tsuzuri.forms import Forms, asked, load_forms
from tsuzuri.model import Batch, Document, Step
from tsuzuri.settings import REPO
from tsuzuri.store import Look
from tsuzuri.store.facts_tables import facts, institution_months

ONE = number_of("one")


def judged(line: Line, batch: Batch, name: str, **changed: str) -> Document:
    """A claim of the same patient, judged by the line."""
    document = lay(line, name, batch, recipient_no=ONE, **changed)
    return flow.correct(line, name, document.version, {"remarks": "確認"}, "sato")


def codes(document: Document) -> set[str]:
    return {finding.code for finding in document.findings}


def test_of_two_claims_that_are_one_the_later_waits_and_the_first_leaves(line: Line, batch: Batch) -> None:
    first, second = judged(line, batch, "d1"), judged(line, batch, "d2")
    assert ("V46" in codes(first), "V46" in codes(second)) == (False, True)
    flow.approve(line, "d1", first.version, "sato")
    again = flow.correct(line, "d2", second.version, {"remarks": "再確認"}, "sato")
    (told,) = [finding for finding in again.findings if finding.code == "V46"]
    assert "d1" in told.message and again.blocked
    assert "V46" not in codes(stored(line, "d1")) and stored(line, "d1").step is Step.APPROVED


def test_a_paper_mended_last_is_not_paid_beside_one_of_the_same_claim_that_was_approved(line: Line, batch: Batch) -> None:
    misread = lay(line, "d1", batch, recipient_no=number_of("misread"))
    second = judged(line, batch, "d2")
    flow.approve(line, "d2", second.version, "sato")
    mended = flow.correct(line, "d1", misread.version, {"recipient_no": ONE}, "sato")
    assert "V46" in codes(mended) and mended.blocked
    with pytest.raises(WrongTurn):
        flow.approve(line, "d1", mended.version, "sato")


def test_a_paper_that_another_unit_of_work_stored_first_is_held_against_what_was_approved_meanwhile(
    line: Line, batch: Batch,
) -> None:
    first = judged(line, batch, "d1")                   # it had its number before d2 came, and was judged before d2 was seen
    second = lay(line, "d2", batch, recipient_no=number_of("two"))
    flow.approve(line, "d2", flow.correct(line, "d2", second.version, {"remarks": "確認"}, "sato").version, "sato")
    with line.unit() as unit:
        unit.connection.execute(update(facts).where(facts.c.document_id == "d2").values(recipient_no=ONE))
    assert first.step is Step.CLEAN and flow.approve_clean(line, "sato") == 0
    assert "V46" in codes(stored(line, "d1"))


@pytest.mark.parametrize("seed", range(3))
def test_whatever_people_do_the_rows_of_facts_say_what_the_documents_say(line: Line, batch: Batch, seed: int) -> None:
    dice, names = random.Random(seed), [f"d{i}" for i in range(4)]
    for name in names:
        judged(line, batch, name)
    acts = [
        lambda d: flow.correct(line, d.id, d.version, {"recipient_no": number_of(dice.choice("abc"))}, "sato"),
        lambda d: flow.correct(line, d.id, d.version, {"points": str(dice.randint(100, 900)), "inst_code": ""}, "sato"),
        lambda d: flow.give_back(line, d.id, d.version, "sato", "別人の分"),
        lambda d: flow.reopen(line, d.id, d.version, "sato"),
        lambda d: flow.approve(line, d.id, d.version, "sato"),
        lambda d: flow.name_form(line, d.id, d.version, dice.choice(["kodomo_seikyu", "kodomo_renki"]), "sato"),
    ]
    for _ in range(24):
        document = stored(line, dice.choice(names))
        with suppress(WrongTurn, Refused, Stale):
            dice.choice(acts)(document)
        _facts_follow(line, names)


def _facts_follow(line: Line, names: list[str]) -> None:
    with line.store.read() as look:
        for name in names:
            document = look.document(name)
            kept = look.connection.execute(select(facts).where(facts.c.document_id == name)).all()
            form = line.forms.of(document)
            said = [one for one in asked(form, document.values) if one.recipient_no or one.inst] if form else []
            assert sorted((row.row, row.recipient_no, row.inst, row.month, row.points) for row in kept) == sorted(
                (one.row, one.recipient_no, one.inst, one.month, one.points) for one in said)
            assert {row.standing for row in kept} <= {document.step is not Step.RETURNED}


def test_a_first_that_is_returned_stands_in_nobodys_way_but_is_told(line: Line, batch: Batch) -> None:
    first, second = judged(line, batch, "d1"), judged(line, batch, "d2")
    flow.give_back(line, "d1", first.version, "sato", "別人の分")
    again = flow.correct(line, "d2", second.version, {"remarks": "再確認"}, "sato")
    assert "V46" not in codes(again) and "V49" in codes(again)


def test_what_was_clean_when_it_was_read_is_held_when_the_same_came_before_it_unseen(line: Line, batch: Batch) -> None:
    lay(line, "d1", batch, recipient_no=ONE)
    clean = lay(line, "d2", batch, recipient_no=ONE)
    with line.unit() as unit:
        flow.judging.judge(line, unit, unit.document("d1"))
    with pytest.raises(Stale):
        flow.approve(line, "d2", clean.version, "sato")
    assert "V46" in codes(stored(line, "d2"))


def test_a_claim_stored_while_another_is_weighed_for_approval_is_seen_before_that_is_approved(
    line: Line, batch: Batch, monkeypatch: pytest.MonkeyPatch,
) -> None:
    lay(line, "d1", batch, recipient_no=ONE)
    clean = lay(line, "d2", batch, recipient_no=ONE)
    weigh = flow.desk.weigh

    def slowly(line: Line, look: Look, document: Document) -> flow.judging.Weighed:
        """Weighed, and before anything is written of it another unit of work stores the claim that it is one with."""
        weighed = weigh(line, look, document)
        with line.unit() as unit:
            flow.judging.judge(line, unit, unit.document("d1"))
        return weighed

    monkeypatch.setattr(flow.desk, "weigh", slowly)
    with pytest.raises(Stale):
        flow.approve(line, "d2", clean.version, "sato")
    assert "V46" in codes(stored(line, "d2")) and stored(line, "d2").step is Step.REVIEW


def test_what_judged_a_paper_stands_at_it_and_at_its_claim(line: Line, batch: Batch) -> None:
    first = judged(line, batch, "d1")
    (claim,) = flow.approve(line, "d1", first.version, "sato")
    book = line.forms.rulebook
    assert first.rulebook == claim.rulebook == book.version
    with line.store.read() as look:
        (used,) = look.rulebooks()
        assert (used.version, used.parts, used.first_used) == (book.version, dict(book.parts), line.clock())
        assert [one.rulebook for one in look.claims_due(DAY)] == [book.version]


def test_a_child_is_asked_for_once_a_year_on_one_paper_or_two(line: Line, batch: Batch) -> None:
    truth = json.loads((SAMPLES / "shugaku_enjo" / "a.truth.json").read_text("utf-8"))["fields"]
    for name, changed in (("s1", {}), ("s2", {"children.1.name": "高田　奏大"}), ("s3", {"year": 8})):
        document = store_document(line, read_document(line, name, batch, truth | changed, form="shugaku_enjo"))
        flow.correct(line, name, document.version, {"tel": "096-000-0000"}, "sato")
    found = {name: [f.field for f in stored(line, name).findings if f.code == "W12"] for name in ("s1", "s2", "s3")}
    assert found == {"s1": [], "s2": ["children.2.name", "children.3.name"], "s3": []}


def test_a_night_tells_what_is_usual(line: Line) -> None:
    approved_batch(line, 3)
    flow.nights(line, DAY)
    with line.store.read() as look:
        (row,) = look.connection.execute(select(institution_months)).all()
    assert (row.month, row.claims, row.amount) == (claim_values()["service_ym"], 3, 3 * int(str(claim_values()["amount"])))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Forms:
    """The city with a lower cap for pupils of junior high school, and one rule less."""
    folder = tmp_path_factory.mktemp("other")
    shutil.copytree(REPO / "pipelines", folder / "pipelines")
    shares = folder / "pipelines" / "tables" / "shares.csv"
    cap = "中学生以上,外来 訪問看護 施術,,"
    shares.write_text(shares.read_text("utf-8").replace(f"{cap}1200", f"{cap}1000"), "utf-8")
    (folder / "pipelines" / "_rules.yaml").write_text("V50: {active: false}\n", "utf-8")
    return load_forms(folder / "pipelines", REPO / "schemas")


def test_past_claims_under_other_rules_differ_in_findings_and_yen(line: Line, other: Forms) -> None:
    approved_batch(line, 3)
    told = Sum()
    found = list(replay(line, other, date(2025, 1, 1), DAY, told))
    assert [(one.document_id, one.lost, one.gained, one.yen) for one in found] == [
        (f"d{i}", (), ("V40:patient_paid",), 200) for i in range(3)]
    assert (told.documents, told.claims, told.gained, told.lost) == (3, 3, {"V40": 3}, {})
    assert told.then["01"] - told.now["01"] == 600
    assert stored(line, "d0").rulebook == line.forms.rulebook.version and stored(line, "d0").step is Step.APPROVED


def test_under_the_same_rules_nothing_differs_and_other_days_are_left_alone(line: Line, other: Forms) -> None:
    approved_batch(line, 2)
    told = Sum()
    assert list(replay(line, line.forms, DAY, DAY, told)) == [] and (told.documents, told.now) == (2, told.then)
    assert list(replay(line, other, date(2025, 1, 1), date(2025, 11, 6), empty := Sum())) == [] and empty.documents == 0


def test_a_form_that_the_other_folder_does_not_have_is_counted(line: Line) -> None:
    approved_batch(line, 1)
    told = Sum()
    assert list(replay(line, Forms({}), DAY, DAY, told)) == [] and told.unknown == 1


def test_a_batch_that_nobody_counts_is_told_as_the_city_wants(line: Line) -> None:
    said = replace(line.forms.rulebook, said={"V01": replace(next(iter(line.forms.rulebook.said.values())), active=False, of={})})
    quiet = replace(line, forms=Forms({name: form.model_copy(update={"rulebook": said}) for name, form in line.forms.items()}))
    assert [finding.code for finding in flow.close_batch(line, declared(line, 3).id).findings] == ["V01"]
    assert flow.close_batch(quiet, declared(line, 3).id).findings == ()
