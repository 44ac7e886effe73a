"""uke: electronic receipts (レセプト電算), read, held against what they say of themselves, and written. Touches forms and rules.

A paper that reads itself: a receipt becomes a Document like any other, its fields told by `facts`, with nothing left to doubt but
what the sender did wrong. Which record has what where is in layouts/; what may be wrong, in faults.
"""

from tsuzuri.uke.check import Examined, Sums, check, examined
from tsuzuri.uke.faults import SORTS, Fault, Spoilt
from tsuzuri.uke.payers import Payers
from tsuzuri.uke.walk import House, Receipt

__all__ = ["SORTS", "Examined", "Fault", "House", "Payers", "Receipt", "Spoilt", "Sums", "check", "examined"]
