"""The four ways to fail, named by who must act next. Touches nothing.

A fault of the *paper* is never an error: it is a `Finding` (model.findings), shown to a clerk.
Messages carry ids and advice, never ink: what a citizen wrote does not belong in a log.
"""

from __future__ import annotations


class TsuzuriError(Exception):
    """Root of all expected failures. `code` is stable; `status` is what HTTP answers; `retry` asks for another try."""

    code = "error"
    status = 500
    retry = False

    def __init__(self, message: str, *, code: str | None = None, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
        if code is not None:
            self.code = code


class Refused(TsuzuriError):
    """The sender must change what was sent; trying again as it is will not help."""

    code = "refused"
    status = 422


class NotFound(Refused):
    """There is no such thing, or the asker may not know of it."""

    code = "not_found"
    status = 404


class NotAllowed(Refused):
    """The asker is known, and may not do this."""

    code = "not_allowed"
    status = 403


class NotKnown(Refused):
    """The asker has not said who they are."""

    code = "not_authenticated"
    status = 401


class TooLarge(Refused):
    """More bytes, pixels or pages than one upload may bring."""

    code = "too_large"
    status = 413


class Misdeclared(TsuzuriError):
    """The author of a form must mend a YAML or schema file; raised at start-up, before any paper is touched."""

    code = "misdeclared"


class Stuck(TsuzuriError):
    """Nobody is to blame yet: a neighbour is silent, a disk is full. Wait and try again."""

    code = "stuck"
    status = 503
    retry = True


class WrongTurn(TsuzuriError):
    """A stale click, a second hand on the same paper, or a bug of ours: the move is not permitted from here."""

    code = "wrong_turn"
    status = 409


class Stale(WrongTurn):
    """Somebody saved first; `details` holds both values so that nothing is overwritten unseen."""

    code = "stale_version"


class Leased(WrongTurn):
    """Another clerk holds this paper just now."""

    code = "leased"
