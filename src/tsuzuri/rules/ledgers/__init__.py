"""ledgers: what a file of a ledger (台帳) must look like, read and held against what stands. Touches errors and rules alone.

Words are data: `LEDGERS` says each ledger's columns and what files call them; adding a column is one line there, one in the table.
"""

from tsuzuri.rules.ledgers.compare import Compared, Standing, compare
from tsuzuri.rules.ledgers.declared import LEDGERS, Column, Ledger
from tsuzuri.rules.ledgers.entries import Entry, Faults, read_entries
from tsuzuri.rules.ledgers.sheet import opened

__all__ = ["LEDGERS", "Column", "Compared", "Entry", "Faults", "Ledger", "Standing", "compare", "opened", "read_entries"]
