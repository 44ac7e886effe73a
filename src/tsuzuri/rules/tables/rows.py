"""What the city's dated tables hold: one class a table, one field a column. Touches only ages.

A field without a default must be filled. A field's type says what may stand there: text, a whole number, a fraction (`1/3`), the
mark of an age (`3歳翌月`, see ages), words with a blank between them, or one of a few words. `KEY` names what tells a table's rows
apart: no two rows of one key hold on the same day. Where an age or words are in the key, rows overlap that share a day of life or a
word; no word at all means any.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal

from tsuzuri.rules.ages import Mark

ILLUSTRATIVE = "illustrative"       # the source of what nobody has published


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """One row: it holds from `valid_from` to `valid_to` (ISO days; the latter blank while it holds), as `source` says."""

    KEY: ClassVar[tuple[str, ...]] = ()

    valid_from: str
    valid_to: str = ""
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme(Dated):
    """`schemes`: a programme under its code in the feed, its 法別番号, and its place among programmes (1 comes first)."""

    KEY = ("scheme",)

    scheme: str
    name: str
    laws: tuple[str, ...] = ()
    payer_no: str = ""
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligible(Dated):
    """`ages`: who is helped, told to a clerk as `says` (18歳年度末まで)."""

    KEY = ("scheme", "since", "until")

    scheme: str
    since: Mark | None = None
    until: Mark | None = None
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio(Dated):
    """`ratios`: the legal share in tenths (割) that people of an age may have; several where it depends on the person."""

    KEY = ("since", "until")

    since: Mark | None = None
    until: Mark | None = None
    tenths: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Care(Dated):
    """`cares`: a kind of care, and the further words by which papers name it (施術: 柔道整復 …)."""

    KEY = ("care",)

    care: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Share(Dated):
    """`shares`: what a patient bears of the legal share.

    `share` is the part borne, of the `copay` or of the `total`; `round` says how: the city's part rounded down to the yen, or the
    patient's part half up to the yen or to ten. `each` caps a visit in yen, `times` how many visits a month are paid for; `month`
    caps a month. Months and visits are counted over all cares of the row, at one institution or (`per`) over all of them.
    """

    KEY = ("scheme", "grades", "since", "until", "cares")

    scheme: str
    grades: tuple[str, ...] = ()
    since: Mark | None = None
    until: Mark | None = None
    name: str
    cares: tuple[str, ...]
    share: Fraction = Fraction(1)
    of: Literal["copay", "total"] = "copay"
    round: Literal["city_down", "half_up", "half_up_10"] = "city_down"
    each: int | None = None
    times: int | None = None
    month: int | None = None
    per: Literal["institution", "recipient"] = "institution"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kougaku(Dated):
    """`kougaku`: the most a month of a class costs: `base` and `rate` of what exceeds `over`; `many`: from the fourth on."""

    KEY = ("cls",)

    cls: str
    base: int
    over: int | None = None
    rate: Fraction = Fraction(1, 100)
    many: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Meal(Dated):
    """`meals`: 食事療養標準負担額 a meal in yen, which no scheme ever bears."""

    KEY = ("cls",)

    cls: str
    yen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel(Dated):
    """`channels`: to how many yen the legal share is rounded (half up) where it is claimed that way, and how far off one may be."""

    KEY = ("channel",)

    channel: str
    name: str
    unit: int
    slack: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit(Dated):
    """`limits`: from so many yen of legal share on no institution may claim: the patient pays and asks for a refund."""

    KEY = ("scheme",)

    scheme: str
    yen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline(Dated):
    """`deadlines`: how many months after the month of service a claim may come."""

    KEY = ("scheme",)

    scheme: str
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer(Dated):
    """`payers`: a public payer (法別番号) that comes before the city, in the order of `rank`."""

    KEY = ("law",)

    law: str
    name: str
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra(Dated):
    """`extras`: 附加給付 of an insurer: what a month costs above `keeps` yen, rounded down to `unit`."""

    KEY = ("insurer",)

    insurer: str
    keeps: int
    unit: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaiji(Dated):
    """`gaiji`: a letter that cp932 lacks (its variation selector behind it, if it has one): the receiver's own `code` for it, four
    hex digits of F040–F9FC, or the `plain` letter that stands for it (縮退)."""

    KEY = ("letter",)

    letter: str
    plain: str = ""
    code: str = ""

    def __post_init__(self) -> None:
        if self.code and not re.fullmatch("F[0-9](?!7F)([4-7][0-9A-F]|[89A-E][0-9A-F]|F[0-9A-C])", self.code):
            raise ValueError(f"code: {self.code!r}: a code of the receiver's own lies between F040 and F9FC")
        if bool(self.code) == bool(self.plain):
            raise ValueError("a letter has either a code or a plain one")


TABLES: dict[str, type[Dated]] = {
    "schemes": Scheme, "ages": Eligible, "ratios": Ratio, "cares": Care, "shares": Share, "kougaku": Kougaku, "meals": Meal,
    "channels": Channel, "limits": Limit, "deadlines": Deadline, "payers": Payer, "extras": Extra,
    "gaiji": Gaiji,
}
