"""Which files rows name: a new column or table that does so belongs here, or the sweep takes its files for nobody's."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, true

from tsuzuri.store.delivery_tables import answers
from tsuzuri.store.electronic_tables import files
from tsuzuri.store.studio_tables import form_drafts
from tsuzuri.store.tables import pages, runs, scans

MANY = 500      # names a statement: old SQLites take 999 parameters
NAMING = ((scans.c.sha256, scans.c.masked.is_(None)), (scans.c.masked, true()), (pages.c.picture, true()),
          (form_drafts.c.picture, true()), (runs.c.held_list, true()), (answers.c.sha256, true()))


class SeenNamed:
    """What may be asked about files and the rows that need them."""

    connection: Connection

    def needs(self, sha256: str) -> bool:
        """Whether any row has its bytes or its picture in the file of that name."""
        return not self.unnamed([sha256])

    def unnamed(self, names: Sequence[str]) -> set[str]:
        """Those of these files that no row has its bytes or its picture in."""
        left = set(names)
        for some in (names[i:i + MANY] for i in range(0, len(names), MANY)):
            for column, then in NAMING:
                left -= set(self.connection.scalars(select(column).where(column.in_(some), then)))
        if left:
            left.difference_update(*self.connection.scalars(select(files.c.volumes)))
        return left
