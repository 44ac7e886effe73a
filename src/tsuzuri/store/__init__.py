"""store: the rows, which are the truth, and the files they name. Touches model, errors, database and disk.

`Store` opens units of work for flow and read-only connections for `queries`; `Files` keeps bytes under their
sha256; `accounts` knows people, stations and their keys. Nothing here decides what happens next on the line.
"""

from tsuzuri.store.engine import Store
from tsuzuri.store.files import Arrived, Files, Staged
from tsuzuri.store.unit import Look, Unit

__all__ = ["Arrived", "Files", "Look", "Staged", "Store", "Unit"]
