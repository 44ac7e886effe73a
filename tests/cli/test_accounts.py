"""People and keys: made, listed, changed and stopped from the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import typer
from argon2 import PasswordHasher

from tests.cli.conftest import Tsuzuri
from tsuzuri.flow import Line
from tsuzuri.house import open_line
from tsuzuri.settings import Settings
from tsuzuri.store import accounts
from tsuzuri.store.accounts import Key, Role

GOOD, OTHER = "long enough for all", "another long enough"
Says = Callable[[str], None]


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Says:
    """What the operator types when asked for a password; hashing is at its cheapest."""
    monkeypatch.setenv("COLUMNS", "200")
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", lambda: cheap)
    accounts._nobody.cache_clear()
    return lambda password: monkeypatch.setattr(typer, "prompt", lambda *_, **__: password)


@pytest.fixture
def line(tsuzuri: Tsuzuri) -> Iterator[Line]:
    """The line that the commands work upon."""
    line = open_line(Settings())
    line.store.create()
    yield line
    line.store.close()


def test_a_person_is_added_with_a_role_and_a_ward(tsuzuri: Tsuzuri, line: Line, says: Says) -> None:
    for password, role, expected in (("short", "clerk", 2), (GOOD, "king", 2), (GOOD, "station", 2), (GOOD, "auditor", 0)):
        says(password)
        assert tsuzuri("user", "add", "sato", "--role", role, "--ward", "東区")[0] == expected
    sato = accounts.check_password(line.store, "sato", GOOD, line.clock())
    assert sato and (sato.role, sato.ward) == (Role.AUDITOR, "東区")
    assert tsuzuri("user", "add", "sato")[0] == 2


@pytest.mark.parametrize("what", ["user", "key"])
def test_a_ward_that_the_city_has_not_is_refused_with_those_it_has(tsuzuri: Tsuzuri, line: Line, says: Says, what: str) -> None:
    says(GOOD)
    code, _, err = tsuzuri(what, "add", "ito", "--ward", "東")
    assert code == 2 and "東区" in err
    assert "ito" not in tsuzuri(what, "list")[1]


def test_a_person_is_stopped_and_let_in_again_with_another_password(tsuzuri: Tsuzuri, line: Line, says: Says) -> None:
    says(GOOD)
    tsuzuri("user", "add", "sato")
    assert tsuzuri("user", "stop", "sato")[0] == 0
    assert accounts.check_password(line.store, "sato", GOOD, line.clock()) is None
    assert "stopped" in tsuzuri("user", "list")[1]
    says(OTHER)
    assert tsuzuri("user", "password", "sato")[0] == 0
    assert accounts.check_password(line.store, "sato", OTHER, line.clock())
    for word in ("stop", "password"):
        code, _, err = tsuzuri("user", word, "nobody")
        assert code == 2 and err.startswith("not_found: ")


def test_everybody_is_listed(tsuzuri: Tsuzuri, line: Line, says: Says) -> None:
    says(GOOD)
    tsuzuri("user", "add", "sato", "--ward", "東区")
    tsuzuri("user", "add", "[ito]", "--role", "supervisor")
    for _ in range(accounts.MAX_FAILURES):
        accounts.check_password(line.store, "sato", "wrong", line.clock())
    code, out, _ = tsuzuri("user", "list")
    rows = [[cell.strip() for cell in row.split("│")[1:-1]] for row in out.splitlines() if "│" in row]
    assert code == 0
    assert rows == [["[ito]", "supervisor", "every ward", "active"], ["sato", "clerk", "東区", "locked"]]


def test_a_key_is_made_listed_and_revoked(tsuzuri: Tsuzuri, line: Line, says: Says) -> None:
    code, station, _ = tsuzuri("key", "add", "EAST-1")
    assert code == 0
    _, office, _ = tsuzuri("key", "add", "clearing", "--role", "supervisor", "--ward", "東区")
    with line.store.read() as look:
        assert accounts.key_of(look, station.strip()) == Key("EAST-1", Role.STATION)
        assert accounts.key_of(look, office.strip()) == Key("clearing", Role.SUPERVISOR, "東区")
    assert tsuzuri("key", "add", "x", "--role", "king")[0] == 2
    assert tsuzuri("key", "revoke", "EAST-1")[:2] == (0, "1 revoked\n")
    code, _, err = tsuzuri("key", "revoke", "EAST-1")
    assert code == 2 and err.startswith("not_found: ")
    _, out, _ = tsuzuri("key", "list")
    told = {row.split("│")[1].strip(): row for row in out.splitlines() if "│" in row}
    assert "revoked" in told["EAST-1"] and "active" in told["clearing"] and "東区" in told["clearing"]
    assert station.strip() not in out
    with line.store.read() as look:
        assert accounts.key_of(look, station.strip()) is None


def test_the_keys_that_sign_receipts_are_told_and_renewed(tsuzuri: Tsuzuri) -> None:
    _, first, _ = tsuzuri("key", "receipts")
    code, both, _ = tsuzuri("key", "receipts", "--renew")
    assert code == 0 and both.splitlines()[0] == first.strip() and len(both.splitlines()) == 2
