"""What stands beside a paper: the rows of the ledgers that it names, and the claims that it may meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from tsuzuri.rules import Asked, Known
from tsuzuri.store.entitled import SeenEntitled
from tsuzuri.store.facts import SeenFacts
from tsuzuri.store.tables import batches


class SeenKnown(SeenEntitled, SeenFacts):
    """What may be asked on behalf of a document that is being judged."""

    def ward_of(self, batch_id: str) -> str:
        """The ward that a batch came from; "" for none that there is."""
        return self.connection.scalar(select(batches.c.ward).where(batches.c.id == batch_id)) or ""

    def known(self, document_id: str, said: Sequence[Asked]) -> Known:
        """Everything known beside the claims that a document says; the document's own claims are not among the earlier ones."""
        known = self.entitled(said)
        numbers = {row.recipient_no for row in known.recipients}
        return replace(known, own=tuple(said), earlier=self.earlier(document_id, said, numbers),
                       usual=self.usual(document_id, said))
