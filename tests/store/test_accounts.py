"""Who may come in, and who may not any more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from tsuzuri.errors import NotFound, Refused
from tsuzuri.store import Store, accounts
from tsuzuri.store.accounts import Key, Role
from tsuzuri.store.tables import keys, sessions, users

GOOD = "correct horse battery"


@pytest.fixture(autouse=True)
def quick_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 at its cheapest: what is tested is who comes in, not how long it takes."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", lambda: cheap)
    accounts._nobody.cache_clear()


@pytest.fixture
def sato(store: Store, papers) -> accounts.User:
    with store.unit() as unit:
        return accounts.add_user(unit, "sato", GOOD, "clerk", papers.noon, ward="東区")


def test_the_right_password_opens_and_a_wrong_one_does_not(store: Store, papers, sato) -> None:
    assert accounts.check_password(store, "sato", GOOD, papers.noon) == sato
    assert accounts.check_password(store, "sato", GOOD + "!", papers.noon) is None
    assert accounts.check_password(store, "nobody", GOOD, papers.noon) is None


def test_five_wrong_passwords_shut_the_door_for_a_quarter_of_an_hour(store: Store, papers, sato) -> None:
    for _ in range(accounts.MAX_FAILURES):
        assert accounts.check_password(store, "sato", "wrong", papers.noon) is None
    assert accounts.check_password(store, "sato", GOOD, papers.noon) is None
    assert accounts.check_password(store, "sato", GOOD, papers.noon + accounts.LOCKED) == sato


def test_a_right_password_wipes_out_the_wrong_ones(store: Store, papers, sato) -> None:
    for _ in range(3):
        for _ in range(accounts.MAX_FAILURES - 1):
            accounts.check_password(store, "sato", "wrong", papers.noon)
        assert accounts.check_password(store, "sato", GOOD, papers.noon) == sato


def test_a_session_lives_while_it_is_used_and_no_longer_than_a_shift(store: Store, papers, sato) -> None:
    with store.unit() as unit:
        token = accounts.open_session(unit, sato, papers.noon)
    now = papers.noon
    while now <= papers.noon + accounts.LONGEST:
        here = accounts.session(store, token, now)
        assert here is not None and here.user == sato and here.csrf
        now += accounts.IDLE
    assert accounts.session(store, token, now) is None


def test_an_idle_session_is_over(store: Store, papers, sato) -> None:
    with store.unit() as unit:
        token = accounts.open_session(unit, sato, papers.noon)
    assert accounts.session(store, token, papers.noon + accounts.IDLE + timedelta(seconds=1)) is None
    assert accounts.session(store, "no-such-token", papers.noon) is None


def test_logging_out_ends_the_session(store: Store, papers, sato) -> None:
    with store.unit() as unit:
        token = accounts.open_session(unit, sato, papers.noon)
        accounts.close_session(unit, token)
    assert accounts.session(store, token, papers.noon) is None


def test_a_person_who_is_stopped_is_shown_out_at_once(store: Store, papers, sato) -> None:
    with store.unit() as unit:
        assert accounts.any_user(unit)
        token = accounts.open_session(unit, sato, papers.noon)
        accounts.stop_user(unit, "sato")
        assert not accounts.any_user(unit)
        with pytest.raises(NotFound):
            accounts.stop_user(unit, "nobody")
    assert accounts.session(store, token, papers.noon) is None
    assert accounts.check_password(store, "sato", GOOD, papers.noon) is None


@pytest.mark.parametrize(("name", "password", "role", "code"), [
    ("mori", "short", "clerk", "weak_password"),
    ("mori", GOOD, "king", "no_such_role"),
    ("mori", GOOD, "station", "no_such_role"),
    ("sato", GOOD, "clerk", "name_taken"),
])
def test_a_person_needs_a_name_a_role_and_a_long_password(store, papers, sato, name, password, role, code) -> None:
    with pytest.raises(Refused) as told, store.unit() as unit:
        accounts.add_user(unit, name, password, role, papers.noon)
    assert told.value.code == code


def test_a_key_names_its_station_until_it_is_revoked(store: Store, papers) -> None:
    with store.unit() as unit:
        old, new = accounts.add_station(unit, "EAST-1", papers.noon), accounts.add_station(unit, "EAST-1", papers.noon)
        other = accounts.add_key(unit, "clearing", "supervisor", papers.noon, ward="東区")
        assert accounts.station_of(unit, old) == accounts.station_of(unit, new) == "EAST-1"
        assert accounts.station_of(unit, other) is None
        assert accounts.key_of(unit, other) == Key("clearing", Role.SUPERVISOR, "東区")
        assert accounts.revoke_keys(unit, "EAST-1", papers.noon) == 2
        assert accounts.station_of(unit, old) is None
        assert accounts.key_of(unit, "tz_guess") is None


def test_nothing_that_opens_a_door_is_stored(store: Store, papers, sato) -> None:
    with store.unit() as unit:
        key = accounts.add_station(unit, "EAST-1", papers.noon)
        token = accounts.open_session(unit, sato, papers.noon)
        rows = [str(row) for table in (users, sessions, keys) for row in unit.connection.execute(select(table))]
    for secret in (GOOD, key, token):
        assert all(secret not in row for row in rows)
