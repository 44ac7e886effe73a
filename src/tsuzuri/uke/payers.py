"""Whose programme a payer's number (公費負担者番号) is: by the city's dated table of schemes. Touches only forms and tables."""

from __future__ import annotations

from dataclasses import dataclass, field

from tsuzuri.forms import Forms
from tsuzuri.rules import Tables
from tsuzuri.rules.tables import Scheme


@dataclass(frozen=True)
class Payers:
    """The city's own programmes: law numbers (法別) as its tables have them, its `prefecture`, and scheme → form of receipts."""

    tables: Tables = field(default_factory=Tables)
    prefecture: str = ""
    forms: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, forms: Forms) -> Payers:
        """Those of a city's forms: each scheme that has a form made from records."""
        made = {form.export.constants.get("scheme", ""): form for form in forms.found_by("records").values()}
        known = next(iter(made.values()), None)
        names = {scheme: form.name for scheme, form in made.items()}
        return cls(known.tables, known.city[:2], names) if known else cls()

    def form(self, payer_no: str, month: str) -> str | None:
        """The form of that payer's receipts in a month; None where it is not the city's."""
        return next(iter(self._named(payer_no, month)), None) if payer_no[2:4] == self.prefecture else None

    def elsewhere(self, payer_no: str, month: str) -> bool:
        """Whether it has the law number of one of the city's programmes, and another prefecture's."""
        return payer_no[2:4] != self.prefecture and bool(self._named(payer_no, month))

    def _named(self, payer_no: str, month: str) -> list[str]:
        """The forms of the schemes that have its law number."""
        return [self.forms[scheme.scheme] for scheme in self.tables.on(Scheme, month)
                if payer_no[:2] in scheme.laws and scheme.scheme in self.forms]
