"""A story from nothing but a form's own declaration, so that a new paper draws itself. Touches forms.

Names say whose a field is: `X_name`, `X_kana` and `X_birth` are one person's, `X_postal` and `X_address` one place's, a row's
columns its own; bank and account are those of the paper's first person. The schema's `examples` say what is usual in a field;
the kind says the rest. What is not required is left blank now and then.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from tsuzuri.forms import FieldSpec, Form
from tsuzuri.model import Value
from tsuzuri.synth.claims import BUSINESS_DATE, Story, month_of
from tsuzuri.synth.people import (
    Chance,
    Person,
    account,
    address,
    bank_codes,
    citizen,
    clinic,
    cover,
    maybe,
    phone,
    pick,
    recipient_no,
    relative,
)

BLANK = 0.2     # of the fields that need not be filled
GROWN = (date(1950, 1, 1), date(1998, 1, 1))
YOUNG = (date(2010, 4, 2), date(2019, 4, 1))


def told(form: Form, chance: Chance) -> Story:
    """A value, or None for blank, for every field; what its checks demand is not yet seen to."""
    cast = _Cast(chance, yucho="yucho_kigou" in form.fields)
    filled = {table: int(chance.integers(1, rows.count + 1)) for table, rows in form.rows.items()}
    story: Story = {}
    for name, spec in form.fields.items():
        table, _, rest = name.partition(".")
        facts, must = _facts(form.json_schema, name)
        missing = bool(rest) and int(rest.partition(".")[0]) > filled[table]
        blank = missing or not (must or cast.decides(name) or maybe(chance, 1 - BLANK))
        story[name] = None if blank else cast.value(name, spec, facts)
    return story


def _facts(schema: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], bool]:
    """What the schema says of a field, and whether the field must be filled where its row is."""
    table, _, rest = name.partition(".")
    if rest:
        schema, name = schema["properties"][table]["items"], rest.partition(".")[2]
    return schema["properties"][name], name in schema.get("required", ())


class _Cast:
    """Who and where: the same role is the same person wherever a paper names it."""

    def __init__(self, chance: Chance, yucho: bool) -> None:
        self._chance = chance
        self._owner = citizen(chance, *GROWN)
        self._people: dict[str, Person] = {}
        self._places: dict[str, tuple[str, str]] = {}
        self._account = _account(chance, self._owner, yucho)

    def decides(self, name: str) -> bool:
        """Whether the field belongs to the account, of which a paper shows all parts or none."""
        return name in self._account

    def value(self, name: str, spec: FieldSpec, facts: Mapping[str, Any]) -> Value:
        """What stands in a field that is not blank."""
        if name in self._account:
            return self._account[name]
        if facts.get("examples"):
            usual: Value = pick(self._chance, tuple(facts["examples"]))
            return usual
        if spec.choices:
            return pick(self._chance, tuple(spec.choices))
        role, _, what = name.rpartition("." if "." in name else "_")
        return self._personal(role, what) or _by_kind(spec, self._chance)

    def _personal(self, role: str, what: str) -> Value:
        if what in ("postal", "address"):
            return self._places.setdefault(role, address(self._chance))[what == "address"]
        if what not in ("name", "kana", "birth"):
            return None
        who = self._person(role)
        return {"name": who.name, "kana": who.kana, "birth": who.birth.isoformat()}[what]

    def _person(self, role: str) -> Person:
        if not self._people or role == "holder":
            self._people[role] = self._owner
        if role not in self._people:
            born = YOUNG if "child" in role or "." in role else GROWN
            self._people[role] = relative(self._chance, self._owner, *born)
        return self._people[role]


def _account(chance: Chance, owner: Person, yucho: bool) -> Story:
    """A bank's account or, where the form has boxes for it, one of ゆうちょ, under the names that forms have for either."""
    yucho = maybe(chance, 0.25) and yucho
    bank = account(chance, owner)
    if not yucho:
        codes = bank_codes(bank["bank"], bank["bank_branch"])
        return {**bank, **codes, "yucho_kigou": None, "yucho_bangou": None}
    return {
        **dict.fromkeys(bank), "bank_code": None, "branch_code": None, "account_kana": bank["account_kana"],
        "yucho_kigou": f"17{chance.integers(0, 99):02d}0", "yucho_bangou": f"{chance.integers(100_000, 9_999_999)}1",
    }


def _by_kind(spec: FieldSpec, chance: Chance) -> Value:
    if spec.kind == "digits":
        return "".join(str(digit) for digit in chance.integers(0, 10, spec.cells or 2))
    return _BY_KIND[spec.kind](chance)


_BY_KIND: dict[str, Callable[[Chance], Value]] = {
    "wareki": lambda c: (BUSINESS_DATE - timedelta(days=int(c.integers(1, 120)))).isoformat(),
    "ym": lambda c: f"{month_of(c):%Y-%m}",
    "recipient_no": recipient_no,
    "payer_no": lambda c: "88430012",
    "insurer_no": lambda c: cover(c).insurer_no,
    "inst_code": lambda c: clinic(c, "1").code,
    "account_no": lambda c: f"{c.integers(0, 9_999_999):07d}",
    "postal": lambda c: address(c)[0],
    "phone": phone,
    "int": lambda c: int(c.integers(1, 31)),
    "decimal": lambda c: f"{c.integers(120, 9_000)}.{c.integers(0, 100):02d}",
    "yen": lambda c: int(c.integers(100, 90_000)),
    "kana": lambda c: citizen(c, *GROWN).kana,
    "account_kana": lambda c: citizen(c, *GROWN).kana,
    "name": lambda c: citizen(c, *GROWN).name,
    "text": lambda c: clinic(c, "1").name,
    "address": lambda c: address(c)[1],
    "seal": lambda c: True,
    "tick": lambda c: True,
    "struck": lambda c: None,
}
