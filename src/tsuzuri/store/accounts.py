"""Who may come in: people with a password and a session, machines with a key. Roles deny by default.

Nothing that opens a door is stored: passwords as argon2 hashes, session tokens and keys (256 random bits) as
sha256. Functions take a unit to write with, a look to read with.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy import delete, insert, select, update

from tsuzuri.errors import NotFound, Refused
from tsuzuri.store.engine import Store
from tsuzuri.store.rows import AnyRow
from tsuzuri.store.tables import keys, sessions, users
from tsuzuri.store.turns import turn
from tsuzuri.store.unit import Look, Unit
from tsuzuri.store.words import is_word

MAX_FAILURES = 5                        # wrong passwords in a row before the door stays shut …
LOCKED = timedelta(minutes=15)          # … for so long
IDLE = timedelta(minutes=30)            # a session that nobody used for so long is over
LONGEST = timedelta(hours=12)           # and none outlives a shift
SEEN_EVERY = timedelta(minutes=1)       # how exactly a session's last use is kept: not a write a click
PASSWORD_LENGTH = 12


class Role(StrEnum):
    """What one may do. Who has none of these may do nothing."""

    STATION = "station"          # sends batches, sees its own
    CLERK = "clerk"              # corrects, approves, returns
    ADJUDICATOR = "adjudicator"  # a clerk who also judges where two keyed differently
    SUPERVISOR = "supervisor"    # also approves in bulk, mends counts
    AUDITOR = "auditor"          # sees, changes nothing


@dataclass(frozen=True, slots=True)
class User:
    """A person at the desk. `ward` None: every ward."""

    id: str
    name: str
    role: Role
    ward: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A person who is here. `csrf` must come back with whatever changes something; `keys` are the person's own, act → chord."""

    user: User
    csrf: str
    keys: dict[str, str]


@dataclass(frozen=True, slots=True)
class Key:
    """A machine that is here, by the name its key was made for."""

    name: str
    role: Role
    ward: str | None = None


@dataclass(frozen=True, slots=True)
class UserLine:
    """A person in the list of all. `state`: active, stopped or locked."""

    user: User
    state: str


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key in the list of all, without what opens the door. `state`: active or revoked."""

    key: Key
    made_at: datetime
    state: str


def add_user(unit: Unit, name: str, password: str, role: str, now: datetime, ward: str | None = None) -> User:
    """A new person; raises Refused for a weak password, an unknown role, an unfit name or one that is taken."""
    user = User(f"us_{secrets.token_hex(10)}", _word(name), _role(role, people=True), _ward(ward))
    password_hash = _hashed(password)
    if unit.connection.scalar(select(users.c.id).where(users.c.name == name)) is not None:
        raise Refused("この名前はすでに使われています。別の名前にしてください。", code="name_taken")
    unit.connection.execute(insert(users).values(
        id=user.id, name=name, role=user.role.value, ward=ward, password_hash=password_hash,
        active=True, failures=0, created_at=now,
    ))
    return user


def any_user(look: Look) -> bool:
    """Whether anybody at all may log in."""
    return look.connection.scalar(select(users.c.id).where(users.c.active).limit(1)) is not None


def stop_user(unit: Unit, name: str) -> None:
    """The person may not come in any more, and is shown out; raises NotFound."""
    _change_user(unit, name, {"active": False})


def set_role(unit: Unit, name: str, role: str, ward: str | None) -> None:
    """Another role or ward; who is here has to come in anew. Raises NotFound, Refused for an unknown role."""
    _change_user(unit, name, {"role": _role(role, people=True).value, "ward": _ward(ward)})


def set_password(unit: Unit, name: str, password: str) -> None:
    """Another password: the person may come in with it, locked or stopped before; who came in with the old one is out.

    Raises NotFound, Refused for a weak one.
    """
    news = {"password_hash": _hashed(password), "active": True, "failures": 0, "locked_until": None}
    _change_user(unit, name, news)


def all_users(look: Look, now: datetime) -> list[UserLine]:
    """Everybody who may log in or once might, by name."""
    def state(row: AnyRow) -> str:
        if not row.active:
            return "stopped"
        return "locked" if row.locked_until is not None and row.locked_until > now else "active"

    return [UserLine(_user(row), state(row)) for row in look.connection.execute(select(users).order_by(users.c.name))]


def check_password(store: Store, name: str, password: str, now: datetime) -> User | None:
    """The person, if name and password are right and the door is not locked; else None, without saying which.

    Raises Stuck, and counts no failure, if too many ask at once. Opens units of its own: the failure is counted
    before the password is looked at, so that guesses made side by side count too, and hashing (tens of
    milliseconds) holds no lock.
    """
    if not is_word(name):       # nobody is called so, and not every database can be asked for it
        return None
    with turn():
        return _checked(store, name, password, now)


def _checked(store: Store, name: str, password: str, now: datetime) -> User | None:
    with store.unit() as unit:
        row = unit.connection.execute(select(users).where(users.c.name == name, users.c.active)).one_or_none()
        if row is not None and row.locked_until is not None and row.locked_until > now:
            row = None
        if row is not None:
            failures = row.failures + 1
            locked = {"locked_until": now + LOCKED, "failures": 0} if failures >= MAX_FAILURES else {}
            unit.connection.execute(update(users).where(users.c.id == row.id).values(
                {"failures": users.c.failures + 1, **locked}))
    if not _is_right(row.password_hash if row is not None else _nobody(), password) or row is None:
        return None
    with store.unit() as unit:
        unit.connection.execute(
            update(users).where(users.c.id == row.id).values(failures=0, locked_until=None))
    return _user(row)


def open_session(unit: Unit, user: User, now: datetime) -> str:
    """A new session's token: the only copy, for the person's cookie."""
    token = secrets.token_urlsafe(32)
    unit.connection.execute(insert(sessions).values(
        token_hash=_digest(token), user_id=user.id, csrf=secrets.token_urlsafe(24),
        opened_at=now, seen_at=now,
    ))
    unit.connection.execute(delete(sessions).where(sessions.c.opened_at < now - LONGEST))
    return token


def session(store: Store, token: str, now: datetime) -> Session | None:
    """Who this token belongs to, if the session still lives; using it keeps it alive."""
    mine = sessions.c.token_hash == _digest(token)
    with store.read() as look:
        found = select(users, sessions.c.csrf, sessions.c.opened_at, sessions.c.seen_at)
        found = found.join(sessions, sessions.c.user_id == users.c.id).where(mine, users.c.active)
        row = look.connection.execute(found).one_or_none()
    if row is None or now - row.seen_at > IDLE or now - row.opened_at > LONGEST:
        return None
    if now - row.seen_at > SEEN_EVERY:
        with store.unit() as unit:
            unit.connection.execute(update(sessions).where(mine).values(seen_at=now))
    return Session(_user(row), row.csrf, row.keys or {})


def save_keys(unit: Unit, user_id: str, own: dict[str, str]) -> None:
    """Keep which keys a person chose, act → chord, in the place of those before."""
    unit.connection.execute(update(users).where(users.c.id == user_id).values(keys=own))


def close_session(unit: Unit, token: str) -> None:
    """The session is over; an unknown one already was."""
    unit.connection.execute(delete(sessions).where(sessions.c.token_hash == _digest(token)))


def add_key(unit: Unit, name: str, role: str, now: datetime, ward: str | None = None) -> str:
    """A new key for a machine of that name: the only copy. A name may hold two while keys are changed."""
    key = f"tz_{secrets.token_urlsafe(32)}"
    unit.connection.execute(insert(keys).values(
        key_hash=_digest(key), name=_word(name), role=_role(role).value, ward=_ward(ward), created_at=now))
    return key


def add_station(unit: Unit, name: str, now: datetime) -> str:
    """A new key for a scanner station: the only copy."""
    return add_key(unit, name, Role.STATION, now)


def key_of(look: Look, key: str) -> Key | None:
    """Who this key was made for, unless it is revoked or unknown."""
    found = select(keys).where(keys.c.key_hash == _digest(key), keys.c.revoked_at.is_(None))
    row = look.connection.execute(found).one_or_none()
    return Key(row.name, Role(row.role), row.ward) if row is not None else None


def all_keys(look: Look) -> list[KeyLine]:
    """Every key that was ever made, by name and age."""
    found = select(keys).order_by(keys.c.name, keys.c.created_at)
    return [KeyLine(Key(row.name, Role(row.role), row.ward), row.created_at, "revoked" if row.revoked_at else "active")
            for row in look.connection.execute(found)]


def revoke_keys(unit: Unit, name: str, now: datetime) -> int:
    """All keys of that name are worth nothing from this moment; how many there were. Raises NotFound for none."""
    live = keys.c.name == name, keys.c.revoked_at.is_(None)
    many = unit.connection.execute(update(keys).where(*live).values(revoked_at=now)).rowcount
    if not many:
        raise NotFound(f"{name} の有効な API キーは見つかりません。")
    return many


def _change_user(unit: Unit, name: str, news: dict[str, object]) -> None:
    changed = update(users).where(users.c.name == name).values(news).returning(users.c.id)
    user_id = unit.connection.scalar(changed)
    if user_id is None:
        raise NotFound(f"担当者 {name} は見つかりません。")
    unit.connection.execute(delete(sessions).where(sessions.c.user_id == user_id))


def _word(name: str) -> str:
    if not is_word(name):
        raise Refused("名前は表示できる文字で64文字以内にしてください。", code="bad_name")
    return name


def _ward(ward: str | None) -> str | None:
    return _word(ward) if ward is not None else None


def _user(row: AnyRow) -> User:
    return User(row.id, row.name, Role(row.role), row.ward)


def _role(word: str, people: bool = False) -> Role:
    known = [role for role in Role if not people or role is not Role.STATION]
    if word not in known:
        raise Refused(f"there is no role {word!r}; known: {', '.join(known)}", code="no_such_role")
    return Role(word)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobody() -> str:
    """A hash to compare with when the name is unknown: an answer must take as long as for a known one."""
    return _hasher().hash(secrets.token_urlsafe(24))


def _hashed(password: str) -> str:
    if len(password) < PASSWORD_LENGTH:
        raise Refused(f"パスワードは{PASSWORD_LENGTH}文字以上にしてください。", code="weak_password")
    with turn():
        return _hasher().hash(password)


def _is_right(password_hash: str, password: str) -> bool:
    try:
        return _hasher().verify(password_hash, password)
    except VerificationError:
        return False
