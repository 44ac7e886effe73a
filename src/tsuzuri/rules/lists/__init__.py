"""What is known before a paper is read: names with their readings, towns with their postcodes, banks, the city's institutions.

Touches data packages and one file of a city. Lists propose, they do not decide: a citizen whose name no list has is the rule,
not the exception. Each loads on first use.
"""

from tsuzuri.rules.lists.banks import banks, branches
from tsuzuri.rules.lists.blocks import mended
from tsuzuri.rules.lists.entries import Chosen, Entry, Listed, as_entered
from tsuzuri.rules.lists.institutions import NAME as INSTITUTIONS
from tsuzuri.rules.lists.institutions import Institutions, load_institutions
from tsuzuri.rules.lists.names import Named, as_listed, as_said, open_names
from tsuzuri.rules.lists.towns import in_town
from tsuzuri.rules.lists.variants import as_person

__all__ = [
    "INSTITUTIONS", "Chosen", "Entry", "Institutions", "Listed", "Named", "as_entered", "as_listed", "as_person", "as_said",
    "banks", "branches", "in_town", "load_institutions", "mended", "open_names",
]
