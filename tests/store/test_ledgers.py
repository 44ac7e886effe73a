"""Ledgers in both databases: what a file changes, what was known when, and what stands beside a paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from tsuzuri.errors import WrongTurn
from tsuzuri.rules import Asked
from tsuzuri.rules.known import OPEN
from tsuzuri.rules.ledgers import LEDGERS, Entry, Faults, compare
from tsuzuri.rules.person import Sought
from tsuzuri.store import Store, ledgers
from tsuzuri.store.ledger_tables import LEDGER_TABLES, imports
from tsuzuri.store.ledgers import Import
from tsuzuri.store.tables import metadata

NOON = datetime(2025, 11, 7, 3, tzinfo=UTC)
DAY = date(2025, 11, 7)
PEOPLE = LEDGERS["recipients"]


def person(number: str, /, since: str = "2025-04-01", until: str = "", line: int = 2, *, gone: bool = False, **cells: str) -> Entry:
    told = {"scheme": "01", "recipient_no": number, "person": f"P{number}", "name": "綴　花子", "kana": "ツヅリ　ハナコ",
            "birth": "2020-04-01", **cells}
    return Entry(line, f"{told['scheme']} {number}", since, until, tuple(told.get(c.name, "") for c in PEOPLE.columns), gone)


def bring(store: Store, *entries: Entry, ledger: str = "recipients", day: date | None = DAY, at: datetime = NOON) -> Import:
    """Import these as a full file of that day, or (None) as a delta."""
    faults = Faults()
    with store.unit() as unit:
        last = ledgers.latest_import(unit, ledger)
        compared = compare(LEDGERS[ledger], entries, ledgers.standing(unit, LEDGERS[ledger]), day, faults)
        faults.refuse()
        counts = (compared.rows, compared.new, compared.changed, compared.gone, compared.unchanged, 0)
        told = Import(0, ledger, last.n if last else 0, "ab" * 32, day is not None, "a.csv", day or DAY, *counts, at, "sato")
        return ledgers.write_import(unit, told, compared, entries)


def test_a_full_file_says_what_is_new_changed_ended_and_the_same(store: Store) -> None:
    bring(store, person("0000018"), person("0000026"), person("0000034"))
    told = bring(store, person("0000018"), person("0000026", grade="1"), person("0000042"), at=NOON + timedelta(days=1))
    assert (told.new, told.changed, told.ended, told.unchanged) == (1, 1, 1, 1)
    with store.read() as look:
        assert ledgers.counts(look)["recipients"] == 4
        (ended,) = ledgers.as_of(look, "recipients", "01 0000034", "2025-11-06")
        assert ended.until == "2025-11-06" and not ledgers.as_of(look, "recipients", "01 0000034", "2025-11-07")
        assert ledgers.as_of(look, "recipients", "01 0000034", "2025-11-07", NOON), "yesterday nobody knew"
        assert [row.cells["grade"] for row in ledgers.history(look, "recipients", "0000026")] == ["1", ""]


def test_what_a_full_file_no_longer_has_ends_where_the_next_of_its_number_begins(store: Store) -> None:
    bring(store, person("0000018", "2020-04-01"))
    bring(store, person("0000018", "2025-10-01"), at=NOON + timedelta(days=1))
    with store.read() as look:
        (before,) = ledgers.as_of(look, "recipients", "01 0000018", "2025-09-30")
        assert before.until == "2025-09-30"


def test_a_delta_leaves_what_it_does_not_name_and_takes_back_what_it_says(store: Store) -> None:
    bring(store, person("0000018"), person("0000026"))
    told = bring(store, person("0000034"), person("0000026", gone=True), day=None, at=NOON + timedelta(hours=1))
    assert (told.new, told.ended) == (1, 1)
    with store.read() as look:
        assert all(ledgers.as_of(look, "recipients", f"01 {number}", "2025-11-07") for number in ("0000018", "0000034"))
        assert not ledgers.as_of(look, "recipients", "01 0000026", "2025-11-07")


def test_a_delta_that_would_overlap_what_stands_is_refused(store: Store) -> None:
    bring(store, person("0000018"))
    with pytest.raises(Exception, match="台帳にある行と重なります"):
        bring(store, person("0000018", "2025-10-01"), day=None)


def test_two_imports_told_from_one_state_are_not_both_written(store: Store) -> None:
    bring(store, person("0000018"))
    with pytest.raises(WrongTurn), store.unit() as unit:
        last = ledgers.latest_import(unit, "recipients")
        assert last is not None
        ledgers.write_import(unit, replace(last, n=0), compare(PEOPLE, (), {}, None, Faults()), ())


def test_beside_a_paper_stand_all_rows_of_its_people_its_institution_and_what_is_loaded(store: Store) -> None:
    asked = [Asked(recipient_no="0000026", inst_code="4310100013", insurer_no="01430016")]
    with store.read() as look:
        assert not look.known("d1", asked).loaded
    bring(store, person("0000018", until="2025-09-30", next_no="0000026", person="P1"), person("0000034"),
          person("0000026", "2025-10-01", person="P1", others="15,54", account_bank="0182"))
    code = ("4310100013", "架空クリニック", "1", *[""] * 11)
    bring(store, Entry(2, "4310100013", "", "", code), ledger="institutions")
    bring(store, Entry(2, "01430016", "", "", ("01430016", "架空けんぽ")), ledger="insurers")
    with store.read() as look:
        known = look.known("d1", asked)
        short = look.known("d1", [Asked(inst_code="0100013", payer_no="88430012")])
    assert known.loaded == {"recipients", "institutions", "insurers"}
    assert [r.recipient_no for r in known.recipients] == ["0000018", "0000026"]
    assert known.recipients[1].others == ("15", "54") and known.recipients[1].account.bank == "0182"
    assert known.institutions == short.institutions
    assert known.institutions[0].table == "1" and known.insurers[0].name == "架空けんぽ"


class Said(NamedTuple):
    """One import of a story: full or delta, and which spans of which number it names."""

    whole: bool
    rows: dict[tuple[str, str], tuple[str, str]]        # (number, since) → (until, grade)


NUMBERS = ("0000018", "0000026")
SPANS = (("2024-04-01", "2025-03-31"), ("2025-04-01", "2025-09-30"), ("2025-10-01", ""))
ROWS = st.dictionaries(st.tuples(st.sampled_from(NUMBERS), st.sampled_from(SPANS)), st.sampled_from("ab"), min_size=1, max_size=5)
STORY = st.lists(st.builds(lambda whole, rows: Said(whole, {(n, s): (u, grade) for (n, (s, u)), grade in rows.items()}),
                           st.booleans(), ROWS), min_size=1, max_size=5)


def told_plainly(state: dict[tuple[str, str], tuple[str, str]], said: Said, day: date) -> dict[tuple[str, str], tuple[str, str]]:
    """What is known after an import, told without a database."""
    if not said.whole:
        return state | said.rows
    after = dict(said.rows)
    for (number, since), (until, grade) in state.items():
        if (number, since) in after:
            continue
        last = min([until or OPEN, (day - timedelta(days=1)).isoformat()])
        if last >= since:
            after[number, since] = (last, grade)
    return after


@settings(max_examples=25, deadline=None)
@given(story=STORY)
def test_what_held_on_a_day_as_known_at_any_moment_can_always_be_told(story: list[Said]) -> None:
    store = Store("sqlite://")
    with store.unit() as unit:
        metadata.create_all(unit.connection, [imports, LEDGER_TABLES["recipients"]])
    state: dict[tuple[str, str], tuple[str, str]] = {}
    known = []
    for i, said in enumerate(story):
        at, day = NOON + timedelta(days=i), DAY + timedelta(days=i)
        entries = [person(n, s, until, grade=grade, line=j) for j, ((n, s), (until, grade)) in enumerate(said.rows.items())]
        bring(store, *entries, day=day if said.whole else None, at=at)
        state = told_plainly(state, said, day)
        known.append((at, state))
    with store.unit() as look:      # a database in memory has one connection alone
        for at, then in known:
            for number in NUMBERS:
                for day in ("2024-04-01", "2025-03-31", "2025-04-01", "2025-10-01", "2025-11-07", "2025-11-09", "2026-01-01"):
                    held = ledgers.as_of(look, "recipients", f"01 {number}", day, at)
                    found = {(number, h.since): (h.until, h.cells["grade"]) for h in held}
                    wanted = {k: v for k, v in then.items() if k[0] == number and k[1] <= day <= (v[0] or OPEN)}
                    assert found == wanted
    store.close()


def test_the_files_of_a_ledger_stay_in_its_log(store: Store) -> None:
    first = bring(store, person("0000018"))
    second = bring(store, person("0000026"), at=NOON + timedelta(days=1))
    with store.read() as look:
        assert ledgers.import_list(look, "recipients") == [second, first] and ledgers.latest_import(look, "banks") is None


def test_whom_a_paper_may_mean_is_found_by_number_by_birth_and_name_and_by_card(store: Store) -> None:
    bring(store, person("0000018"), person("0000026", birth="2019-01-01", symbol="あ", number="12"),
          person("0000034", kana="ベツジン　タロウ"), person("0000042", birth="2011-01-01"))

    def numbers(**wanted: frozenset[str] | frozenset[tuple[str, str]]) -> list[str]:
        with store.read() as look:
            return [row.recipient_no for row in look.alike([Sought("01", **wanted)])]  # type: ignore[arg-type]

    assert numbers(numbers=frozenset({"0000018", "9999995"})) == ["0000018"]
    assert numbers(births=frozenset({"2020-04-01"}), kanas=frozenset({"ツツリ　ハナコ"})) == ["0000018"]
    assert numbers(births=frozenset({"2020-04-01"}), names=frozenset({"綴　花子"})) == ["0000018", "0000034"]
    assert numbers(births=frozenset({"2020-04-01"})) == [], "a day of birth alone names nobody"
    assert numbers(cards=frozenset({("あ", "12"), ("い", "12")})) == ["0000026"]
    assert numbers() == []
    with store.read() as look:
        assert look.alike([Sought("02", frozenset({"0000018"}))]) == (), "of another scheme"


def test_the_look_up_of_people_reads_indexes_alone(store: Store) -> None:
    bring(store, person("0000018"))
    born, kana = frozenset({"2020-04-01"}), frozenset({"ツヅリ　ハナコ"})
    wanted = Sought("01", frozenset({"0000018"}), born, kana, cards=frozenset({("あ", "1")}))
    said: list[tuple[str, Any]] = []
    with store.read() as look:
        if look.connection.dialect.name != "sqlite":
            pytest.skip("a table of one row is read whole there")
        event.listen(look.connection, "before_cursor_execute", lambda c, cur, sql, given, *rest: said.append((sql, given)))
        look.alike([wanted])
        asked = [*said]
        plans = [str(row) for sql, given in asked for row in look.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given)]
    assert len(asked) == 4 and not [plan for plan in plans if "SCAN" in plan], plans
