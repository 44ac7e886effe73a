"""Who may come in, and who may not any more."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from tsuzuri.errors import NotFound, Refused, Stuck
from tsuzuri.store import Store, accounts, turns
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
    ("", GOOD, "clerk", "bad_name"),
    ("mo\x00ri", GOOD, "clerk", "bad_name"),
    ("m" * 65, GOOD, "clerk", "bad_name"),
])
def test_a_person_needs_a_name_a_role_and_a_long_password(store, papers, sato, name, password, role, code) -> None:
    with pytest.raises(Refused) as told, store.unit() as unit:
        accounts.add_user(unit, name, password, role, papers.noon)
    assert told.value.code == code


def test_a_key_names_its_station_until_it_is_revoked(store: Store, papers) -> None:
    with store.unit() as unit:
        old, new = accounts.add_station(unit, "EAST-1", papers.noon), accounts.add_station(unit, "EAST-1", papers.noon)
        other = accounts.add_key(unit, "clearing", "supervisor", papers.noon, ward="東区")
        assert accounts.key_of(unit, old) == accounts.key_of(unit, new) == Key("EAST-1", Role.STATION)
        assert accounts.key_of(unit, other) == Key("clearing", Role.SUPERVISOR, "東区")
        assert accounts.revoke_keys(unit, "EAST-1", papers.noon) == 2
        assert accounts.key_of(unit, old) is None
        assert [(told.key.name, told.state, told.made_at) for told in accounts.all_keys(unit)] == [
            ("EAST-1", "revoked", papers.noon), ("EAST-1", "revoked", papers.noon), ("clearing", "active", papers.noon)]
        for name in ("EAST-1", "nobody"):
            with pytest.raises(NotFound):
                accounts.revoke_keys(unit, name, papers.noon)
        assert accounts.key_of(unit, "tz_guess") is None


def test_nothing_that_opens_a_door_is_stored(store: Store, papers, sato) -> None:
    with store.unit() as unit:
        key = accounts.add_station(unit, "EAST-1", papers.noon)
        token = accounts.open_session(unit, sato, papers.noon)
        rows = [str(row) for table in (users, sessions, keys) for row in unit.connection.execute(select(table))]
    for secret in (GOOD, key, token):
        assert all(secret not in row for row in rows)


class Slow:
    """A hasher that takes until it is let go, and knows how many passwords it had in hand at once."""

    def __init__(self) -> None:
        self.go, self.begun, self.lock = threading.Event(), threading.Semaphore(0), threading.Lock()
        self.now = self.most = 0

    def verify(self, password_hash: str, password: str) -> bool:
        """Right, in its time."""
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        self.begun.release()
        assert self.go.wait(10)
        with self.lock:
            self.now -= 1
        return True


@pytest.fixture
def slow(sato, monkeypatch: pytest.MonkeyPatch) -> Slow:
    hasher = Slow()
    monkeypatch.setattr(accounts, "_hasher", lambda: hasher)
    monkeypatch.setattr(accounts, "_nobody", lambda: "")
    return hasher


def test_a_crowd_at_the_door_is_let_in_two_by_two(store: Store, papers, sato, slow: Slow) -> None:
    with ThreadPoolExecutor(8) as crowd:
        asked = [crowd.submit(accounts.check_password, store, "sato", GOOD, papers.noon) for _ in range(4)]
        for _ in range(2):
            assert slow.begun.acquire(timeout=10)
        assert not slow.begun.acquire(timeout=0.1)
        slow.go.set()
        assert [one.result() for one in asked] == [sato] * 4
    assert slow.most == 2


def test_who_waits_too_long_at_the_door_is_told_so_and_no_failure_is_counted(store, papers, sato, slow, monkeypatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_WAIT_S", 0.01)
    with ThreadPoolExecutor(2) as crowd:
        asked = [crowd.submit(accounts.check_password, store, "nobody", GOOD, papers.noon) for _ in range(2)]
        for _ in range(2):
            assert slow.begun.acquire(timeout=10)
        for _ in range(accounts.MAX_FAILURES):
            with pytest.raises(Stuck) as told:
                accounts.check_password(store, "sato", GOOD, papers.noon)
            assert (told.value.code, told.value.status) == ("login_busy", 503) and "混み合っています" in told.value.message
        slow.go.set()
        assert [one.result() for one in asked] == [None, None]
    assert accounts.check_password(store, "sato", GOOD, papers.noon) == sato


def test_a_long_queue_at_the_door_is_not_joined(store, papers, slow, monkeypatch) -> None:
    monkeypatch.setattr(turns, "WAITING", threading.BoundedSemaphore(1))
    with ThreadPoolExecutor(1) as crowd:
        first = crowd.submit(accounts.check_password, store, "sato", GOOD, papers.noon)
        assert slow.begun.acquire(timeout=10)
        with pytest.raises(Stuck):
            accounts.check_password(store, "sato", GOOD, papers.noon)
        slow.go.set()
        assert first.result()


def test_a_name_that_nobody_can_have_opens_nothing(store: Store, papers) -> None:
    assert accounts.check_password(store, "sa\x00to", GOOD, papers.noon) is None


def test_another_password_unlocks_lets_in_again_and_shows_out(store: Store, papers, sato) -> None:
    other = "another long password"
    for _ in range(accounts.MAX_FAILURES):
        accounts.check_password(store, "sato", "wrong", papers.noon)
    with store.unit() as unit:
        assert [(told.user, told.state) for told in accounts.all_users(unit, papers.noon)] == [(sato, "locked")]
        token = accounts.open_session(unit, sato, papers.noon)
        accounts.set_password(unit, "sato", other)
        assert [told.state for told in accounts.all_users(unit, papers.noon)] == ["active"]
    assert accounts.session(store, token, papers.noon) is None
    assert accounts.check_password(store, "sato", GOOD, papers.noon) is None
    assert accounts.check_password(store, "sato", other, papers.noon) == sato
    with store.unit() as unit:
        accounts.stop_user(unit, "sato")
        assert [told.state for told in accounts.all_users(unit, papers.noon)] == ["stopped"]
        accounts.set_password(unit, "sato", other)
        with pytest.raises(Refused):
            accounts.set_password(unit, "sato", "short")
        with pytest.raises(NotFound):
            accounts.set_password(unit, "nobody", other)
    assert accounts.check_password(store, "sato", other, papers.noon) == sato


def test_what_a_database_cannot_hold_is_the_senders_to_mend(store: Store, papers) -> None:
    if store.url.get_backend_name() == "sqlite":
        pytest.skip("SQLite holds it")
    with pytest.raises(Refused) as told, store.unit() as unit:
        unit.add_batch(papers.batch(box="KM\x00"))
    assert told.value.code == "not_storable"
