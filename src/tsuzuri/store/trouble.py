"""What a database says when it cannot, in the line's own words. Touches only errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from tsuzuri.errors import Refused, Stuck, WrongTurn

# SQLite's names and PostgreSQL's SQLSTATEs, by how they begin. "": a connection that broke or never was.
FULL = ("SQLITE_FULL", "53100")
BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "40", "55P03", "53300")
SILENT = ("SQLITE_CANTOPEN", "SQLITE_IOERR", "08", "53", "57P", "58")


@contextmanager
def translated() -> Iterator[None]:
    """Inside, a database's failures become Stuck (wait), WrongTurn (told twice) or Refused (unfit); our bugs stay bugs."""
    try:
        yield
    except exc.IntegrityError:
        # `from None`: a driver's text may repeat the whole row, and rows are citizens' data.
        raise WrongTurn("すでに登録されているか、対象が見つかりません。", code="already_told") from None
    except exc.DataError:
        # What a column cannot hold, as PostgreSQL no NUL: sent by somebody, for nothing of ours is such.
        raise Refused("保存できない文字か数値が含まれています。取り除いて送り直してください。",
                      code="not_storable") from None
    except exc.TimeoutError as error:
        raise _stuck(BUSY[0]) from error
    except exc.DBAPIError as error:
        code = _code(error)
        if code.startswith((*FULL, *BUSY, *SILENT)) or not code:
            raise _stuck(code) from error
        raise


def _code(error: exc.DBAPIError) -> str:
    told = getattr(error.orig, "sqlite_errorname", None) or getattr(error.orig, "sqlstate", None)
    # A driver that refuses without a word from a database is our bug, unless the connection is gone.
    silent = isinstance(error, exc.OperationalError) or error.connection_invalidated
    return str(told or ("" if silent else "?"))


def _stuck(code: str) -> Stuck:
    if code.startswith(FULL):
        return Stuck("データベースの保管領域がいっぱいです。空きを作ってください。", code="disk_full")
    if code.startswith(BUSY):
        return Stuck("データベースが混み合っています。しばらくして再試行してください。", code="database_busy")
    return Stuck("データベースが応答しません。しばらくして再試行してください。", code="database_unreachable")
