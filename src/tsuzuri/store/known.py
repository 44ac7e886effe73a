"""What stands beside a paper: the rows of the ledgers that it names, and the claims that it may meet."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from tsuzuri.rules import NOTHING, Asked, Known


class SeenKnown:
    """What may be asked on behalf of a document that is being judged."""

    connection: Connection

    def known(self, document_id: str, said: Sequence[Asked]) -> Known:
        """Everything known beside the claims that a document says; the document's own claims are not among the earlier ones."""
        return NOTHING
