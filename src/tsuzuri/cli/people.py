"""The operators' words about people and keys: `tsuzuri user …`, `tsuzuri key …`. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from tsuzuri import flow
from tsuzuri.errors import NotAllowed
from tsuzuri.house import open_line
from tsuzuri.settings import Settings
from tsuzuri.store import Unit, accounts

user_app = typer.Typer(no_args_is_help=True, help="People at the desk.")
key_app = typer.Typer(no_args_is_help=True, help="API keys of scanner stations and other machines.")

Name = Annotated[str, typer.Argument(help="login name")]
KeyName = Annotated[str, typer.Argument(help="the machine's name, e.g. EAST-1")]
WardOption = Annotated[str | None, typer.Option("--ward", help="one ward only, e.g. 東区; default: every ward")]


def supervisor(line: flow.Line, by: str) -> str:
    """The name of a supervisor of the whole city, who proves by password to be there: what two people must do, nobody does for
    another. Raises NotAllowed."""
    person = accounts.check_password(line.store, by, typer.prompt(f"Password of {by}", hide_input=True), line.clock())
    if person is None or person.role is not accounts.Role.SUPERVISOR or person.ward is not None:
        raise NotAllowed("name and password of a supervisor of the whole city are needed", code="not_allowed")
    return person.name


@user_app.command("add")
def user_add(
    name: Name, ward: WardOption = None,
    role: Annotated[str, typer.Option(help="clerk, adjudicator, supervisor or auditor")] = "clerk",
) -> None:
    """Add a person; asks for a password of at least 12 characters."""
    _known(open_line(Settings()), ward)       # before anybody types a password twice
    password = _asked()
    with _unit() as (line, unit):
        accounts.add_user(unit, name, password, role, line.clock(), ward)
    typer.echo(f"{name} ({role}, {_ward(ward)}) may log in")


@user_app.command("password")
def user_password(name: Name) -> None:
    """Give a person another password; asks for it. Unlocks, lets in again who was stopped, and ends open sessions."""
    password = _asked()
    with _unit() as (_, unit):
        accounts.set_password(unit, name, password)
    typer.echo(f"{name} may log in with the new password")


@user_app.command("stop")
def user_stop(name: Name) -> None:
    """Let a person in no more, and show them out at once; `tsuzuri user password` lets them in again."""
    with _unit() as (_, unit):
        accounts.stop_user(unit, name)
    typer.echo(f"{name} may not log in any more")


@user_app.command("list")
def user_list() -> None:
    """Every person: role, ward, and whether they may log in."""
    table = Table("name", "role", "ward", "state")
    with _unit() as (line, unit):
        for told in accounts.all_users(unit, line.clock()):
            table.add_row(told.user.name, told.user.role.value, _ward(told.user.ward), told.state)
    Console().print(table, markup=False)


@key_app.command("add")
def key_add(
    name: KeyName, ward: WardOption = None,
    role: Annotated[str, typer.Option(help="station, clerk, supervisor or auditor")] = "station",
) -> None:
    """Make an API key for a scanner station or another machine; prints it once. A name may hold two, to change them."""
    with _unit() as (line, unit):
        key = accounts.add_key(unit, name, role, line.clock(), _known(line, ward))
    typer.echo(key)


@key_app.command("revoke")
def key_revoke(name: KeyName) -> None:
    """Make all keys of that name worthless, from this moment on."""
    with _unit() as (line, unit):
        many = accounts.revoke_keys(unit, name, line.clock())
    typer.echo(f"{many} revoked")


@key_app.command("list")
def key_list() -> None:
    """Every key by its machine's name: role, ward, since when, and whether it still opens. The keys are not shown."""
    table = Table("name", "role", "ward", "made", "state")
    with _unit() as (line, unit):
        for told in accounts.all_keys(unit):
            made = told.made_at.astimezone(line.zone).strftime("%Y-%m-%d %H:%M")
            table.add_row(told.key.name, told.key.role.value, _ward(told.key.ward), made, told.state)
    Console().print(table, markup=False)


@key_app.command("receipts")
def key_receipts(
    renew: Annotated[bool, typer.Option("--renew", help="a new key signs from now on, introduced by the old one")] = False,
) -> None:
    """The keys that sign receipts, oldest first; the last signs. Tell it to a station (`--pin`) before it speaks to us first."""
    seal = open_line(Settings()).seal
    if renew:
        seal.renew()
    for published in seal.published():
        typer.echo(published.key)


def _asked() -> str:
    return str(typer.prompt("password", hide_input=True, confirmation_prompt=True))


def _ward(ward: str | None) -> str:
    return ward or "every ward"


def _known(line: flow.Line, ward: str | None) -> str | None:
    if ward is not None and ward not in line.city.wards:
        raise typer.BadParameter(f"no ward {ward!r}; known: {', '.join(line.city.wards)}")
    return ward


@contextmanager
def _unit() -> Iterator[tuple[flow.Line, Unit]]:
    line = open_line(Settings())
    line.store.create()
    with line.unit() as unit:
        yield line, unit
