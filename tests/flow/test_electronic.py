"""Electronic receipts on the line: imported whole or not at all, judged, approved and exported like paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.flow.conftest import balanced, stored
from tests.uke.files import CHILD, DENTAL, MEDICAL, OPENER, PHARMACY, REAL, changed, packed
from tsuzuri import flow
from tsuzuri.errors import NotFound, WrongTurn
from tsuzuri.flow import Imported, Line, electronic
from tsuzuri.forms import Forms
from tsuzuri.model import Document, Step
from tsuzuri.rules.tables import Scheme, Tables
from tsuzuri.store import queries
from tsuzuri.store.electronic_tables import files, receipts


def take(line: Line, folder: Path, content: bytes, name: str = "RECEIPTC.UKE") -> Imported:
    """The file imported."""
    path = folder / name
    path.write_bytes(content)
    return flow.import_receipts(line, [path], "sato")


def documents(line: Line, done: Imported) -> list[Document]:
    """What the file became."""
    assert done.file is not None
    with line.store.read() as look:
        return look.documents_of_batch(done.file.batch_id)


def nothing_kept(line: Line) -> bool:
    """Whether no row of any file, receipt, document or batch is there."""
    with line.store.read() as look:
        rows = [look.connection.execute(table.select()).all() for table in (files, receipts)]
        return rows == [[], []] and not queries.batch_list(look) and not look.clean_documents()


def in_chiba(line: Line) -> Line:
    """The line of a city in another prefecture, whose law number is another one."""
    scheme = Scheme(valid_from="2020-01-01", source="illustrative", scheme="01", name="子ども", laws=("83",), rank=1)
    changed = {"tables": Tables({Scheme: (scheme,)}), "city": "121002"}
    return replace(line, forms=Forms({name: form.model_copy(update=changed) for name, form in line.forms.items()}))


def test_a_receipt_becomes_a_claim_like_any_paper(line: Line, tmp_path: Path) -> None:
    done = take(line, tmp_path, packed(MEDICAL))
    child, parent = documents(line, done)
    assert done.file is not None and (done.file.receipts, done.file.documents, done.file.known) == (2, 2, 0)
    assert (child.form, child.step, child.findings, child.page_count) == ("kodomo_rezept", Step.CLEAN, (), 0)
    said = child.values
    assert (said["recipient_no"], said["payer_no"], said["inst_code"]) == ("0001230", "88430012", "4310100013")
    assert (said["service_ym"], said["inout"], said["days"], said["ratio"]) == ("2025-10", "外来", 2, "2割")
    assert (said["points"], said["copay"], said["patient_paid"], said["amount"]) == (561, 1122, 700, 422)
    said = parent.values
    assert (parent.form, said["copay"], said["patient_paid"], said["amount"]) == ("hitorioya_rezept", 405, 135, 270)
    assert {field.reader for field in child.fields.values()} == {"uke"} and {f.confidence for f in child.fields.values()} == {1.0}
    assert flow.approve_clean(line, "sato") == 2
    (run,) = flow.nights(line, line.today())
    assert (run.count, run.amount, run.points) == (2, 692, 696)
    assert Path(run.path).read_bytes().decode("cp932").count("\n2") == 2
    assert balanced(line)


def test_what_a_dental_clinic_and_a_pharmacy_claim_is_theirs(line: Line, tmp_path: Path) -> None:
    (tooth,) = documents(line, take(line, tmp_path, packed(DENTAL), "RECEIPTD.UKE"))
    (drug,) = documents(line, take(line, tmp_path, packed(PHARMACY), "RECEIPTY.UKE"))
    said = tooth.values
    assert (said["inout"], said["points"], said["amount"], said["inst_tel"]) == ("歯科", 336, 672, "0960000001")
    assert (drug.values["inout"], drug.values["patient_paid"], drug.values["rx_inst"]) == ("調剤", 0, "4310100013")
    assert tooth.step is drug.step is Step.CLEAN


def test_the_same_file_again_changes_nothing(line: Line, tmp_path: Path) -> None:
    first = take(line, tmp_path, packed(MEDICAL))
    again = take(line, tmp_path, packed(MEDICAL), "copy.UKE")
    assert again.again and again.file == first.file and len(documents(line, first)) == 2


def test_a_receipt_that_came_before_is_not_loaded_twice(line: Line, tmp_path: Path) -> None:
    take(line, tmp_path, packed((OPENER, *CHILD, "GO,2,561,99")))
    more = take(line, tmp_path, packed(MEDICAL))
    assert more.file is not None and (more.file.receipts, more.file.known, more.file.documents) == (2, 1, 1)


def test_the_same_receipt_with_another_content_refuses_its_file(line: Line, tmp_path: Path) -> None:
    take(line, tmp_path, packed((OPENER, *CHILD, "GO,2,561,99")))
    other = take(line, tmp_path, packed(changed(MEDICAL, ("561,700", "561,600"))))
    assert other.file is None and (other.faults[0].code, other.faults[0].line) == ("U116", 2)
    with line.store.read() as look:
        assert len(look.electronic_files()) == 1 and len(queries.batch_list(look)) == 1


def test_a_file_that_is_still_being_written_is_not_taken(line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep = electronic._keep

    def late(line: Line, volume: Path) -> str:
        with volume.open("ab") as out:
            out.write(packed(DENTAL))
        return keep(line, volume)

    monkeypatch.setattr(electronic, "_keep", late)
    with pytest.raises(WrongTurn, match="途中でファイルが変わりました"):
        take(line, tmp_path, packed(MEDICAL))
    assert nothing_kept(line)


SPOILT = {
    "a point of the insurer": packed(changed(MEDICAL, ("９０１,2,561", "９０１,2,562"))),
    "cut in the middle": packed(MEDICAL)[:600],
    "UTF-8": packed(MEDICAL).decode("cp932").encode(),
    "10 MB in a field": packed((*MEDICAL[:-1], "SJ,01," + "痛" * 5_000_000, MEDICAL[-1])),
    "empty": b"",
    "a ZIP": b"PK\x03\x04" + packed(MEDICAL),
    "HTML": b"<html></html>",
    "the same number twice": packed((OPENER, *CHILD, *changed(CHILD, ("561,700", "561,600")), "GO,4,1122,99")),
}


@pytest.mark.parametrize("what", SPOILT)
def test_a_spoilt_file_is_refused_with_a_reason_and_nothing_of_it_is_kept(line: Line, tmp_path: Path, what: str) -> None:
    done = take(line, tmp_path, SPOILT[what])
    assert done.file is None and any(fault.band == "L1" and fault.message for fault in done.faults)
    assert nothing_kept(line)


def test_a_point_of_a_detail_lets_the_file_in_and_stops_its_claim(line: Line, tmp_path: Path) -> None:
    child, parent = documents(line, take(line, tmp_path, packed(changed(MEDICAL, ("000110,,561", "000110,,562")))))
    assert [finding.code for finding in child.findings] == ["V59"] and "3行目の6項目め" in child.findings[0].message
    assert child.blocked and parent.step is Step.CLEAN
    returned = flow.give_back(line, child.id, child.version, "sato", "明細の点数が合計と合わない")
    assert returned.step is Step.RETURNED and balanced(line)


def test_another_prefectures_programme_is_kept_counted_and_makes_no_claim(line: Line, tmp_path: Path) -> None:
    done = take(line, tmp_path, packed(changed(MEDICAL, ("88430012", "88130018"))))
    assert done.file is not None and (done.file.receipts, done.file.documents, done.counts) == (2, 1, {"U408": 1})
    with line.store.read() as look:
        kept = list(look.receipts_of_file(done.file.id))
    assert [(receipt.payer_no, receipt.document_id is None) for receipt in kept] == [("88130018", True), ("81430019", False)]
    assert kept[0].records.split("\n")[0].startswith("RE,1,1124") and kept[0].first_line == 2


def test_a_claim_that_came_back_is_told_and_does_not_wait_for_it(line: Line, tmp_path: Path) -> None:
    again = changed(MEDICAL, ("20220510" + "," * 12, "20220510" + "," * 12 + "4310100000001"))
    child = documents(line, take(line, tmp_path, packed(again)))[0]
    assert [(finding.code, finding.severity.value) for finding in child.findings] == [("V61", "I")] and child.step is Step.CLEAN


def test_what_others_pay_first_is_taken_off(line: Line, tmp_path: Path) -> None:
    """精神通院 leaves the patient a tenth; the city bears what is left of it over 600 yen."""
    first = "KO,21430013,0001230,,2,561,561,,,,,"
    lines = changed(MEDICAL, ("KO,88430012,0001230,,2,561,700", f"{first}\nKO,88430012,0001230,,2,561,500"),
                    ("SI,11,2,", "SI,11,4,"), ("1124,", "1134,"), ("GO,4", "GO,5"))
    said = documents(line, take(line, tmp_path, packed(lines)))[0].values
    assert (said["copay"], said["other_public"], said["patient_paid"], said["amount"]) == (1122, 561, 500, 61)


def test_what_the_insurer_bears_beyond_the_limit_is_taken_off(line: Line, tmp_path: Path) -> None:
    lines = changed(MEDICAL, ("９０１,2,561,,,,,,,,,", "９０１,2,561,,,,,,1000,,,"))
    said = documents(line, take(line, tmp_path, packed(lines)))[0].values
    assert (said["copay"], said["kougaku_amt"], said["amount"]) == (1122, 122, 300)


def test_no_paper_is_bound_to_it_and_no_form_is_chosen_for_it(line: Line, tmp_path: Path) -> None:
    child = documents(line, take(line, tmp_path, packed(MEDICAL)))[0]
    with pytest.raises(WrongTurn, match="綴じられません"):
        flow.join_previous(line, child.id, child.version, "sato")
    with pytest.raises(WrongTurn, match="変更できません"):
        flow.name_form(line, child.id, child.version, "kodomo_seikyu", "sato")
    with pytest.raises(NotFound):
        flow.name_form(line, child.id, child.version, "kodomo_rezept", "sato")
    assert stored(line, child.id) == child


def test_volumes_come_in_together_or_not_at_all(line: Line, tmp_path: Path) -> None:
    first, second = tmp_path / "1.UKE", tmp_path / "2.UKE"
    first.write_bytes(packed((OPENER, *CHILD, "GO,2,561,00")))
    second.write_bytes(packed((OPENER.replace(",00,", ",01,"), *changed(CHILD, ("RE,1,", "RE,2,")), "GO,4,1122,99")))
    assert flow.import_receipts(line, [first], "sato").file is None and nothing_kept(line)
    done = flow.import_receipts(line, [first, second], "sato")
    assert done.file is not None and done.file.receipts == 2
    with line.store.read() as look:
        assert [(receipt.volume, receipt.first_line) for receipt in look.receipts_of_file(done.file.id)] == [(0, 2), (1, 2)]


def test_a_real_file_of_75_receipts_comes_in_whole(line: Line, tmp_path: Path) -> None:
    """Its 59 subsidies are a programme of Chiba: in such a city each is a document."""
    if not REAL.is_file():
        pytest.skip(f"{REAL} is not here: material that the project did not write")
    there = in_chiba(line)
    done = take(there, tmp_path, REAL.read_bytes())
    assert done.file is not None and (done.file.records, done.file.receipts) == (636, 75)
    made = documents(there, done)
    assert len(made) == done.file.documents == 59 and {document.form for document in made} == {"kodomo_rezept"}
    assert sum(int(document.values["points"] or 0) for document in made) > 0
    assert balanced(there)
