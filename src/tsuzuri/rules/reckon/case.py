"""What goes into reckoning, and what comes out. Touches nothing of the house."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Before:
    """What the same person was already charged in the month under the scheme: where, for what, of how much, and how much."""

    inst_code: str
    care: str
    copay: int
    paid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One patient, one month, one institution. Money in yen; what is not known is None or "".

    Of `copay` (the legal share as claimed), `visits` (the same, visit by visit), `points` and `fee` (yen) the first that is known
    counts; `tenths` (割) unknown: what the age demands. `birth` or `grade` unknown: whatever there is may apply. `kougaku` and
    `fuka` are what an insurer bears, and None where that is to be reckoned from `kougaku_class` and `insurer_no`; `others` is what
    public payers bear that come first.
    """

    scheme: str
    month: str
    care: str
    birth: date | None = None
    points: int | None = None
    fee: int | None = None
    copay: int | None = None
    visits: tuple[int, ...] = ()
    days: int | None = None
    tenths: int | None = None
    grade: str = ""
    channel: str = "1"
    insurer_no: str = ""
    inst_code: str = ""
    kougaku_class: str = ""
    many: bool = False
    kougaku: int | None = None
    others: int = 0
    fuka: int | None = None
    earlier: tuple[Before, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the reckoning: what it is called, how it came about in a clerk's words, and the sum in yen if it is one."""

    name: str
    says: str
    yen: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reckoned:
    """Who bears what, in yen: `patient` + `city` + `kougaku` + `fuka` + `others` = `copay`, and none is below 0.

    `outcome` is the code of the rule that speaks against a claim: V20 nobody of that age is helped, H36 nothing is laid down for
    such care, V28 no ratio is known, V39 the patient asks for a refund instead (the sums are the refund's), V42 nothing is left for
    the city; "" for none. `exact` is False where the patient may also have paid less: single visits were not told.
    """

    copay: int
    kougaku: int = 0
    others: int = 0
    fuka: int = 0
    patient: int = 0
    city: int = 0
    outcome: str = ""
    exact: bool = True
    steps: tuple[Step, ...] = ()

    def fits(self, paid: int | None) -> bool:
        """Whether the patient may have paid so much."""
        return paid == self.patient or (not self.exact and paid is not None and 0 <= paid <= self.patient)
