"""Several prints of one form: what an author may say of them, and what stops the start-up."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tsuzuri.errors import Misdeclared
from tsuzuri.forms import Form, Forms, load_forms
from tsuzuri.rules import CHECKS, Entry
from tsuzuri.settings import REPO
from tsuzuri.synth.stories import BUSINESS_DATE

NEW, OLD = "kodomo_seikyu", "kodomo_seikyu_kyu"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The two prints alone."""
    for what in ("pipelines", "schemas"):
        shutil.copytree(REPO / what, tmp_path / what, ignore=lambda _, names: [
            name for name in names if not name.startswith("_") and name != "tables" and name.split(".")[0] not in (NEW, OLD)
            and not name.endswith(".csv")])
    return tmp_path


def loaded(folder: Path, *, said: str = "", instead: str = "") -> Forms:
    """The forms, once `said` in the older print's YAML is `instead`."""
    path = folder / "pipelines" / f"{OLD}.yaml"
    before = path.read_text("utf-8")
    assert said in before
    path.write_text(before.replace(said, instead), "utf-8")
    return load_forms(folder / "pipelines", folder / "schemas")


def test_an_older_print_has_the_same_fields_elsewhere_and_leaves_as_the_present_one(forms: Forms) -> None:
    new, old = forms[NEW], forms[OLD]
    assert set(new.fields) == set(old.fields) and (old.leaves_as, new.leaves_as) == (NEW, NEW)
    assert (new.called, old.called) == ("こども医療費請求書", "こども医療費請求書（旧様式）")
    assert forms.prints(NEW) == [NEW, OLD] and forms.prints(OLD) == []
    down = {name: round(old.fields[name].area[1] - new.fields[name].area[1], 1) for name in new.fields}
    assert (down["service_ym"], down["inst_code"], down["birth"], down["inout"], down["amount"]) == (0, -131.5, 71.5, 71, 71)
    assert len(new.print.lines) == len(old.print.lines) and new.print.lines != old.print.lines


@pytest.mark.parametrize(("said", "instead", "told"), [
    ("version_of: kodomo_seikyu", "version_of: kodomo_seikyo", "version_of: 'kodomo_seikyo'"),
    ("day: claim_date", "day: claim_day", "did you mean 'claim_date'"),
    ("until: 2026-03-31", "till: 2026-03-31", "unknown word 'till'"),
    ("until: 2026-03-31", "since: 2026-04-01, until: 2026-03-31", "in both that order".replace("in both", "both in")),
    ("by: [0, 71]", "to: [0, 71]", "moved: each is"),
    ("in_use:", "export: {constants: {scheme: \"02\"}}\nin_use:", "export differs"),
])
def test_what_cannot_be_meant_stops_the_start_up_with_file_and_line(folder: Path, said: str, instead: str, told: str) -> None:
    with pytest.raises(Misdeclared, match=rf"{OLD}\.yaml:\d+: ") as stopped:
        loaded(folder, said=said, instead=instead)
    assert told in stopped.value.message


def test_a_field_that_the_present_print_has_not_would_leave_nowhere(folder: Path) -> None:
    schema = folder / "schemas" / f"{OLD}.json"
    schema.write_text(json.dumps({"extends": NEW, "properties": {"more": {"type": "string"}}}), "utf-8")
    with pytest.raises(Misdeclared, match="no field 'more'"):
        loaded(folder, said="in_use:", instead="fields: {more: {kind: text, box: [100, 280, 30, 8]}}\nin_use:")


@pytest.mark.parametrize(("day", "found"), [
    ("2026-03-31", []), ("2026-04-01", ["H37"]), ("2024-03-31", ["H37"]), ("2024-04-01", []), (None, [])])
def test_a_paper_written_outside_its_print_s_time_is_asked_about(day: str | None, found: list[str]) -> None:
    written = Entry("claim_date", "請求年月日", "wareki", day, day or "")
    told = list(CHECKS["in_use"](BUSINESS_DATE, day=written, since="2024-04-01", until="2026-03-31"))
    assert [finding.code for finding in told] == found
    assert all("令和6年4月1日から令和8年3月31日まで" in finding.message for finding in told)


def test_the_check_follows_from_the_form(forms: Forms) -> None:
    def named(form: Form) -> list[dict[str, str]]:
        return [check.of for check in form.checks if check.check == "in_use"]

    assert named(forms[OLD]) == [{"day": "$claim_date", "until": "2026-03-31"}] and named(forms[NEW]) == []
