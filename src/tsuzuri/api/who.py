"""Who asks: the machine behind a key, what its role opens, and whose papers it may know of."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from tsuzuri.errors import NotAllowed, NotFound, NotKnown
from tsuzuri.flow import Line
from tsuzuri.model import Batch
from tsuzuri.store import Look, accounts
from tsuzuri.store.accounts import Key, Role

_bearer = HTTPBearer(auto_error=False, description="An API key, made by `tsuzuri key add NAME`.")


async def the_line(request: Request) -> Line:      # async: a thread would cost more than it does
    """The line this application stands at."""
    line: Line = request.app.state.line
    return line


AtLine = Annotated[Line, Depends(the_line)]
Shown = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


class May:
    """A route's guard: lets in keys of the named roles and no others."""

    def __init__(self, *roles: Role) -> None:
        self.roles = frozenset(roles)

    def __call__(self, line: AtLine, shown: Shown) -> Key:
        """The key's owner; raises NotKnown without a living key, NotAllowed for another role's."""
        with line.store.read() as look:
            return self.owner(look, shown)

    def owner(self, look: Look, shown: HTTPAuthorizationCredentials | None) -> Key:
        """The same, in a look that goes on."""
        if shown is None:
            raise NotKnown("API キーがありません。Authorization: Bearer で送ってください。")
        key = accounts.key_of(look, shown.credentials)
        if key is None:
            raise NotKnown("API キーが無効です。管理者に新しいキーを求めてください。")
        if key.role not in self.roles:
            raise NotAllowed("このキーの役割では、この操作はできません。")
        return key


def _its_own(batch_id: str, line: AtLine, shown: Shown) -> Key:
    """A station that sends into a batch of its own; raises NotFound for one of which it may not know."""
    with line.store.read() as look:
        key = May(Role.STATION).owner(look, shown)
        must_see(key, look.batch(batch_id))
        return key


Station = Annotated[Key, Depends(May(Role.STATION))]
ItsOwn = Annotated[Key, Depends(_its_own)]
Anyone = Annotated[Key, Depends(May(*Role))]
Office = Annotated[Key, Depends(May(Role.CLERK, Role.SUPERVISOR, Role.AUDITOR))]
Keyer = Annotated[Key, Depends(May(Role.CLERK, Role.SUPERVISOR))]
Supervisor = Annotated[Key, Depends(May(Role.SUPERVISOR))]


def must_see(key: Key, batch: Batch) -> Batch:
    """The batch, unless it is another station's or another ward's: that it exists is not told either."""
    stranger = key.role is Role.STATION and key.name != batch.station
    if stranger or (key.ward is not None and key.ward != batch.ward):
        raise NotFound(f"バッチ {batch.id} は見つかりません。")
    return batch
