"""What the office knows beside the paper: rows of its ledgers (台帳), and the claims it has seen. Touches nothing of the house.

Dates are ISO text and months "YYYY-MM", as everywhere; an open end is "". A ledger that holds no row at all is not in `loaded`:
a check that asks it stays silent, for then nobody has said who is entitled.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

OPEN = "9999-12-31"


@dataclass(frozen=True, slots=True)
class Account:
    """Where money goes: codes of 4 and 3 digits, `kind` 1普通 2当座 4貯蓄 9その他, number of 7, holder in katakana."""

    bank: str = ""
    branch: str = ""
    kind: str = ""
    number: str = ""
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Recipient:
    """One row of 受給者台帳: a person under one scheme and one number, with everything that holds from `since` to `until`.

    `person` (宛名番号) joins a person's rows over schemes and renumberings; `others` are 法別番号 of public payers that come first;
    `next_no` is the number that took this one's place after `until`.
    """

    scheme: str
    recipient_no: str
    person: str
    name: str
    kana: str
    birth: str
    since: str
    until: str = ""
    sex: str = ""
    ward: str = ""
    postal: str = ""
    address: str = ""
    grade: str = ""
    payer_no: str = ""
    insurer_no: str = ""
    symbol: str = ""
    number: str = ""
    branch: str = ""
    next_no: str = ""
    others: tuple[str, ...] = ()
    account: Account = Account()


@dataclass(frozen=True, slots=True)
class Institution:
    """One row of the institutions' ledger; `table` is the 点数表 (1医科 3歯科 4調剤 6訪問看護); no contract: its days are ""."""

    code: str
    name: str
    table: str
    since: str = ""
    until: str = ""
    contract_since: str = ""
    contract_until: str = ""
    kana: str = ""
    postal: str = ""
    address: str = ""
    phone: str = ""
    account: Account = Account()


@dataclass(frozen=True, slots=True)
class Insurer:
    """One row of the insurers' ledger."""

    number: str
    name: str
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one claim says of itself, in the words of the feed: the facts by which it is held against ledgers and other claims.

    `care` is 入院 外来 歯科 調剤 or the form's own word; `channel` "1" paper, "2" electronic. `row` is a list's row, or 0.
    """

    row: int = 0
    scheme: str = ""
    recipient_no: str = ""
    payer_no: str = ""
    inst_code: str = ""
    insurer_no: str = ""
    month: str = ""
    care: str = ""
    channel: str = ""
    points: int | None = None
    copay: int | None = None
    paid: int | None = None
    amount: int | None = None
    days: int | None = None

    @property
    def inst(self) -> str:
        """The institution by its last seven digits: a code's short form is its end."""
        return self.inst_code[-7:]


@dataclass(frozen=True, slots=True)
class Earlier:
    """A claim of a document that came before: what it said, of which document, and where that stands (model.Step)."""

    said: Asked
    document: str
    step: str


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual, told from the claims so far: points a day that all but a thousandth of a class stay under; mean and
    deviation of an institution's months in yen, and what was claimed in this one before.
    """

    points_a_day: int | None = None
    month_mean: float | None = None
    month_deviation: float | None = None
    month_sum: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known beside one paper, fetched at once. `recipients`: all rows of the numbers read, and of those persons;
    `own`: all claims of the paper itself. `answers`: the returned document that it says it is sent in place of.
    """

    loaded: frozenset[str] = frozenset()
    recipients: tuple[Recipient, ...] = ()
    institutions: tuple[Institution, ...] = ()
    insurers: tuple[Insurer, ...] = ()
    own: tuple[Asked, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    usual: dict[int, Usual] | None = None
    ward: str = ""
    answers: str = ""

    def numbered(self, recipient_no: str, scheme: str = "") -> tuple[Recipient, ...]:
        """The rows of a number, of one scheme or of any."""
        return tuple(r for r in self.recipients if r.recipient_no == recipient_no and scheme in ("", r.scheme))


NOTHING = Known()


def holding(rows: Iterable[Recipient], month: str) -> tuple[Recipient, ...]:
    """The rows that hold on any day of a month."""
    return tuple(r for r in rows if r.since[:7] <= month <= (r.until or OPEN)[:7])
