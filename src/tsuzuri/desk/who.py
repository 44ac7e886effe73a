"""Who is at the desk: the session behind the cookie, its role, and the proof that our own page asked.

Every route names one of `Anyone`, `Editor`, `Judge`, `Overseer`, `CityOverseer`; a station's key opens none of them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from tsuzuri.desk import words
from tsuzuri.errors import NotAllowed, NotFound, NotKnown
from tsuzuri.flow import Line
from tsuzuri.store import accounts
from tsuzuri.store.accounts import Role
from tsuzuri.store.work import Worker

COOKIE = "tsuzuri_desk"
TOKEN_HEADER = "X-CSRF-Token"
SAFE = ("GET", "HEAD")
PEOPLE = (Role.CLERK, Role.ADJUDICATOR, Role.SUPERVISOR, Role.AUDITOR)


@dataclass(frozen=True)
class Who:
    """A person with a living session. `name` signs reviews and leases; `ward` None: every ward.

    `keys` are the person's own, act → chord.
    """

    id: str
    name: str
    role: Role
    ward: str | None
    csrf: str
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def role_word(self) -> str:
        """The role in Japanese."""
        return words.ROLES[self.role]

    @property
    def may_edit(self) -> bool:
        """Whether papers may be held, mended, approved and returned."""
        return self.role in (Role.CLERK, Role.ADJUDICATOR, Role.SUPERVISOR)

    @property
    def may_judge(self) -> bool:
        """Whether it may be said which of two who keyed differently is right."""
        return self.role in (Role.ADJUDICATOR, Role.SUPERVISOR)

    @property
    def may_oversee(self) -> bool:
        """Whether whole batches may be approved."""
        return self.role is Role.SUPERVISOR

    @property
    def may_see_nights(self) -> bool:
        """Whether the nights' files may be seen: they hold every ward's claims."""
        return self.may_oversee and self.ward is None

    @property
    def masked(self) -> bool:
        """Whether bank accounts are kept from this person: only those who must type them see them."""
        return not self.may_edit

    def must_see(self, ward: str) -> None:
        """Raises NotFound for another ward's paper: that it exists is not told either."""
        if self.ward is not None and self.ward != ward:
            raise NotFound("another ward's paper")


def worker_of(who: Who, mode: str = "sheet") -> Worker:
    """The person as one who asks for work."""
    return Worker(who.name, who.ward, mode, senior=who.may_oversee)


async def the_line(request: Request) -> Line:
    """The line this desk stands at; async, for a thread would cost more than the looking up."""
    line: Line = request.app.state.line
    return line


def from_here(request: Request) -> None:
    """Raises NotAllowed when a browser says that another site asked for the change."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise NotAllowed("a change asked for by another site", code="bad_token")
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed("a change asked for by another site", code="bad_token")


async def anyone(request: Request, line: Annotated[Line, Depends(the_line)]) -> Who:
    """A person of the desk, whatever the role; raises NotKnown. Changes must bring the session's token."""
    token = request.cookies.get(COOKIE, "")
    session = await run_in_threadpool(accounts.session, line.store, token, line.clock()) if token else None
    if session is None:
        raise NotKnown("no living session")
    if session.user.role not in PEOPLE:
        raise NotAllowed("no place at the desk")
    if request.method not in SAFE:
        from_here(request)
        if not secrets.compare_digest((await _token_of(request)).encode(), session.csrf.encode()):
            raise NotAllowed("the session's token is missing", code="bad_token")
    user = session.user
    return Who(user.id, user.name, user.role, user.ward, session.csrf, session.keys)


async def editor(who: Annotated[Who, Depends(anyone)]) -> Who:
    """A clerk or a supervisor; raises NotAllowed."""
    if not who.may_edit:
        raise NotAllowed("this role reads only")
    return who


async def judge(who: Annotated[Who, Depends(anyone)]) -> Who:
    """An adjudicator or a supervisor; raises NotAllowed."""
    if not who.may_judge:
        raise NotAllowed("this role does not judge")
    return who


async def overseer(who: Annotated[Who, Depends(anyone)]) -> Who:
    """A supervisor; raises NotAllowed."""
    if not who.may_oversee:
        raise NotAllowed("this role does not oversee")
    return who


async def city_overseer(who: Annotated[Who, Depends(overseer)]) -> Who:
    """A supervisor who is bound to no ward; raises NotAllowed."""
    if not who.may_see_nights:
        raise NotAllowed("this person oversees one ward only")
    return who


TheLine = Annotated[Line, Depends(the_line)]
Anyone = Annotated[Who, Depends(anyone)]
Editor = Annotated[Who, Depends(editor)]
Judge = Annotated[Who, Depends(judge)]
Overseer = Annotated[Who, Depends(overseer)]
CityOverseer = Annotated[Who, Depends(city_overseer)]


async def _token_of(request: Request) -> str:
    if TOKEN_HEADER in request.headers:
        return request.headers[TOKEN_HEADER]
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return str((await request.form()).get("csrf", ""))
    return ""
