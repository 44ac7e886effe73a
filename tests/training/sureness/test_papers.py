"""Papers to measure by: any beginning of their order serves, and what was read of them is kept, laid together, gone on from."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from tsuzuri.house import city_forms
from tsuzuri.settings import Settings
from tsuzuri.training.sureness.papers import FIRST_SEED, gather, jobs, kept


def test_a_beginning_of_the_order_has_every_form_and_no_paper_twice() -> None:
    forms = city_forms(Settings())
    begun = list(islice(jobs(forms), 120))
    drawn = {name for name, form in forms.items() if form.found in ("rules", "labels")}
    assert {name for name, _ in begun} == drawn and len(set(begun)) == 120
    assert begun[:40] == list(islice(jobs(forms), 40)) and min(seed for _, seed in begun) == FIRST_SEED


def test_what_was_read_is_kept_and_not_read_again(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    gather((0, 1), 1, tmp_path / "a.jsonl", lambda n, of: told.append((n, of)))
    gather((0, 1), 1, tmp_path / "a.jsonl", lambda n, of: told.append((n, of)))
    (sheet,) = kept([tmp_path / "a.jsonl"])
    assert told == [(1, 1)] and sheet.seed == FIRST_SEED
    first = {reading.field for reading in sheet.readings if reading.order == 1}
    assert first == set(sheet.truth) == set(city_forms(Settings())[sheet.form].fields)


def test_files_are_laid_together_and_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    line = '{"form": "little", "seed": %d, "truth": {"total": 3}, "readings": [["total", "3", 0.9, "own-1", 1, "whitened"]]}'
    (tmp_path / "a.jsonl").write_text(line % 1 + "\n" + line % 2 + "\n" + (line % 3)[:60], "utf-8")
    (tmp_path / "b.jsonl").write_text(line % 2 + "\n" + line % 4 + "\n", "utf-8")
    sheets = kept([tmp_path / "a.jsonl", tmp_path / "b.jsonl", tmp_path / "none.jsonl"])
    assert [sheet.seed for sheet in sheets] == [1, 2, 4]
    assert sheets[0].readings[0].ink == "3" and sheets[0].readings[0].marks == ("whitened",)
