"""A night rehearsed tells what the night then does, and changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.flow.conftest import DAY, Clock, approved_batch, declared, lay
from tsuzuri import flow
from tsuzuri.flow import Line
from tsuzuri.forms import Forms, load_city
from tsuzuri.rules.rulebook import Rulebook
from tsuzuri.settings import REPO


@pytest.fixture
def full(line: Line) -> Line:
    """The line with all of the city's targets."""
    return replace(line, city=load_city(REPO / "pipelines"))


def lying(line: Line) -> dict[str, int]:
    """Every file of the house, its database's own apart, by name and size."""
    root = line.files.root.parent
    return {str(path.relative_to(root)): path.stat().st_size for path in sorted(root.rglob("*"))
            if path.is_file() and not path.name.startswith("store.db")}


def rows(line: Line) -> int:
    """How many rows all tables have."""
    from tsuzuri.store.tables import metadata

    with line.store.read() as look:
        return sum(int(look.connection.exec_driver_sql(f'SELECT count(*) FROM "{name}"').scalar() or 0) for name in metadata.tables)


def test_what_is_rehearsed_is_what_the_night_then_does(full: Line) -> None:
    approved_batch(full, 3)
    lay(full, "waits", declared(full))
    before = lying(full), rows(full)
    told = flow.rehearse(full, DAY)
    assert (lying(full), rows(full)) == before, "nothing is written"
    would = {one.target: one for one in told.would}
    done = {run.target: run for run in flow.nights(full, DAY)}
    assert would.keys() == done.keys()
    assert told.left_out == 0 and not told.amiss
    for name in ("benefits", "counts", "returned"):
        assert (would[name].count, would[name].amount) == (done[name].count, done[name].amount), name
    assert (would["benefits"].eligible, dict(would["benefits"].held)) == (done["benefits"].eligible, done["benefits"].held)
    assert [row[2] for row in would["benefits"].listed[1:]] == ["waits"]
    again = {one.target: one for one in flow.rehearse(full, DAY).would}["benefits"]
    assert (again.done, again.count, again.amount) == (True, 3, done["benefits"].amount), "what was written is told as it is"


def test_a_group_that_every_night_had_is_missed(line: Line, clock: Clock) -> None:
    for i in range(2):
        approved_batch(line, 2, f"n{i}")
        flow.night(line, DAY + timedelta(days=i))
        clock.on(days=1)
    day = DAY + timedelta(days=2)
    told = flow.rehearse(line, day)
    assert told.amiss and [(one.level, one.of, one.word) for one in told.would[0].amiss] == [("form", ("kodomo_seikyu",), "gone")]
    approved_batch(line, 3, "n2")
    (would,) = flow.rehearse(line, day).would
    assert not would.amiss and would.against is not None and would.against.business_date == day - timedelta(days=1)
    assert [(one.word, one.was.count, one.now.count) for one in would.moved] == [("changed", 2, 3)]
    (other,) = flow.rehearse(line, day, against=DAY).would
    assert other.against is not None and other.against.business_date == DAY


def test_claims_of_an_older_rulebook_are_counted_apart(line: Line) -> None:
    approved_batch(line, 2)
    (would,) = flow.rehearse(line, DAY).would
    assert [(one.count, one.current) for one in would.rules] == [(2, True)]
    forms = line.forms
    book = Rulebook(forms.rulebook.said, forms.rulebook.parts, "newer")
    newer = replace(line, forms=Forms({name: form.model_copy(update={"rulebook": book}) for name, form in forms.items()}))
    (would,) = flow.rehearse(newer, DAY).would
    assert [(one.count, one.current, one.since is not None) for one in would.rules] == [(2, False, True)]


def test_claims_that_no_target_would_take_are_found_by_another_count(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where an extraction condition dropped a group: 194 of 16,303."""
    approved_batch(line, 3)
    from tsuzuri.store.leaving import SeenLeaving
    asked = SeenLeaving.claims_due
    monkeypatch.setattr(SeenLeaving, "claims_due", lambda *words: list(asked(*words))[:-1])
    told = flow.rehearse(line, DAY)
    assert (told.left_out, told.amiss) == (1, True)


def test_the_folder_of_a_rehearsal_is_gone_behind_it(line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(aside))
    lay(line, "waits", declared(line))
    flow.rehearse(line, DAY)
    assert list(aside.iterdir()) == []
