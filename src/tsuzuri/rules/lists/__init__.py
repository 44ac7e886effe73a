"""What is known before a paper is read: names with their readings, towns with their postcodes. Touches data packages only.

Lists propose, they do not decide: a citizen whose name no list has is the rule, not the exception. Each loads on first use.
"""

from tsuzuri.rules.lists.blocks import mended
from tsuzuri.rules.lists.names import Named, as_listed
from tsuzuri.rules.lists.towns import in_town
from tsuzuri.rules.lists.variants import as_person

__all__ = ["Named", "as_listed", "as_person", "in_town", "mended"]
