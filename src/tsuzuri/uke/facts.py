"""What a receipt tells of the city's own programme, word by word: the words of rules.FACTS, each one function here.

Sums are as the receipt has them; what it leaves to be reckoned (the legal share, what other public payers and the insurer's
高額療養費 take of it) follows from its points and its kind: whole yen, never rounded, for a point is ten yen and a share tenths.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from tsuzuri.uke.details import points_of, whole
from tsuzuri.uke.payers import Payers
from tsuzuri.uke.walk import Receipt

YEN_A_POINT = 10
CARES = {"3": "歯科", "4": "調剤"}
_CLASSES = {**dict(zip(("26", "27", "28", "29", "30"), "アイウエオ", strict=True)),
            **dict(zip(("31", "32", "33", "34", "35"), "アイウエオ", strict=True))}
_TWO_TENTHS = "41"      # 特記事項 区カ: of those over 75, who bears two tenths


@dataclass(frozen=True)
class Told:
    """A receipt as seen by the payer that stands at place `own` (from 0) among its KO records."""

    receipt: Receipt
    own: int

    def number(self, kind: str, name: str, nth: int = 0) -> int | None:
        """A sum as the receipt has it; None where it says none, or no number."""
        return whole(self.receipt.told(kind, name, nth))

    @cached_property
    def kind(self) -> str:
        """レセプト種別, four digits; "" where it is not."""
        text = self.receipt.told("RE", "type")
        return text if len(text) == 4 and text.isascii() and text.isdigit() else ""

    @cached_property
    def tenths(self) -> int:
        """The legal share in tenths; 10 where no insurer stands on the receipt (公費単独)."""
        if not self.receipt.all("HO"):
            return 10
        benefit = self.number("RE", "benefit")
        if benefit is not None and benefit % 10 == 0 and benefit <= 100:
            return 10 - benefit // 10
        whose, late = self.kind[3:], self.kind[1:2] == "3"
        if whose in ("7", "8"):
            specials = self.receipt.told("RE", "specials")
            return 2 if not late or _TWO_TENTHS in _pairs(specials) else 1
        return 2 if whose in ("3", "4") else 3

    @cached_property
    def points(self) -> int:
        """The points that the payer's programme concerns: its own, or, where it says none, those of the lines it shares in."""
        return self.charged(self.own)

    def charged(self, nth: int) -> int:
        """The points of a KO record."""
        said = self.number("KO", "points", nth)
        if said is not None:
            return said
        shared = points_of(self.receipt, nth + 1)
        return shared if shared is not None else self.number("HO", "points") or 0

    @cached_property
    def copay(self) -> int:
        """The legal share in yen, before anybody else takes of it."""
        return self.points * self.tenths

    @cached_property
    def kougaku(self) -> int:
        """What the insurer bears of it as 高額療養費: the receipt then says what is left (負担金額)."""
        left = self.number("HO", "borne")
        return max(0, self.copay - left) if left is not None else 0

    @cached_property
    def other_public(self) -> int:
        """What the public payers before this one take of it: their points' share, less what they leave to the patient."""
        taken = sum(max(0, self.charged(nth) * self.tenths - (self.number("KO", "borne", nth) or 0)) for nth in range(self.own))
        return min(taken, self.copay - self.kougaku)

    @cached_property
    def paid(self) -> int:
        """What the patient bore at the window under this programme."""
        return self.number("KO", "borne", self.own) or 0


def own_programme(receipt: Receipt, payers: Payers, month: str) -> tuple[int, str] | None:
    """(place among its KO records, form) of the first payer that is the city's; None where there is none."""
    place = receipt.layout.at("KO", "payer_no")
    for nth, (_, fields) in enumerate(receipt.all("KO")):
        form = payers.form(fields[place].strip(), month) if len(fields) > place and month else None
        if form is not None:
            return nth, form
    return None


def _pairs(text: str) -> list[str]:
    return [text[i:i + 2] for i in range(0, len(text), 2)]


def _own(name: str) -> Callable[[Told], str]:
    return lambda told: told.receipt.told("KO", name, told.own)


def _said(kind: str, name: str) -> Callable[[Told], str]:
    return lambda told: told.receipt.told(kind, name)


def _care(told: Told) -> str:
    table = told.receipt.layout.table
    if table in CARES:
        return CARES[table]
    return "" if not told.kind else "入院" if int(told.kind[3]) % 2 else "外来"


def _branch(told: Told) -> str:
    """枝番, where it is the insurer's."""
    for nth in range(len(told.receipt.all("SN"))):
        if told.receipt.told("SN", "whose", nth) == "1":
            return told.receipt.told("SN", "branch", nth)
    return ""


def _phone(told: Told) -> str:
    """Of the institution; a dental one says it before every receipt."""
    each = told.receipt.layout.each
    return told.receipt.house.told("phone") or (told.receipt.told(each, "phone") if each else "")


def _limit_class(told: Told) -> str:
    return next((_CLASSES[pair] for pair in _pairs(told.receipt.told("RE", "specials")) if pair in _CLASSES), "")


def _prescriber(told: Told) -> str:
    return "".join(told.receipt.told("RE", name) for name in ("from_prefecture", "from_table", "from_code"))


def _amount(told: Told) -> str:
    return str(told.copay - told.kougaku - told.other_public - told.paid)


# word → (the kind of record in which it stands, "" where it is reckoned or stands at the file's head; how it is told)
SAYS: dict[str, tuple[str, Callable[[Told], str]]] = {
    "month": ("RE", _said("RE", "month")),
    "claimed": ("", lambda told: told.receipt.house.told("claimed")),
    "recipient_no": ("KO", _own("recipient_no")),
    "payer_no": ("KO", _own("payer_no")),
    "name": ("RE", _said("RE", "name")),
    "kana": ("RE", _said("RE", "kana")),
    "sex": ("RE", _said("RE", "sex")),
    "birth": ("RE", _said("RE", "birth")),
    "insurer_no": ("HO", _said("HO", "insurer_no")),
    "symbol": ("HO", _said("HO", "symbol")),
    "number": ("HO", _said("HO", "number")),
    "branch": ("SN", _branch),
    "relation": ("RE", lambda told: told.kind[3:]),
    "ratio": ("RE", lambda told: str(told.tenths)),
    "care": ("RE", _care),
    "days": ("KO", lambda told: told.receipt.told("KO", "days", told.own) or told.receipt.told("HO", "days")),
    "points": ("KO", lambda told: str(told.points)),
    "fee": ("", lambda told: str(told.points * YEN_A_POINT)),
    "copay": ("", lambda told: str(told.copay)),
    "kougaku": ("HO", lambda told: str(told.kougaku) if told.kougaku else ""),
    "other_public": ("", lambda told: str(told.other_public) if told.other_public else ""),
    "paid": ("KO", lambda told: str(told.paid)),
    "amount": ("", _amount),
    "limit_class": ("RE", _limit_class),
    "inst_code": ("", lambda told: told.receipt.house.code),
    "inst_name": ("", lambda told: told.receipt.house.told("name")),
    "inst_phone": ("", _phone),
    "rx_inst": ("RE", _prescriber),
}
