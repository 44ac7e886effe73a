"""records: claims that no receiving system has a layout for leave as a table, one form a file. Touches only declared forms.

UTF-8 with a byte order mark, CRLF, quotes only where needed: what spreadsheets and importers of records both open.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tsuzuri.errors import WrongTurn
from tsuzuri.forms import Form, titled
from tsuzuri.model import Claim, Value
from tsuzuri.rules.writers import Totals

BOM = b"\xef\xbb\xbf"
OWN = ("記録番号", "区")                     # what stands before the paper's own fields
ORDERS = tuple("=+-@＝＋－＠\t\r")       # text that begins so is a formula to a spreadsheet


def records_feed(claims: Iterable[Claim], forms: Mapping[str, Form], name: str) -> Iterator[bytes | Totals]:
    """The form's titles, a line a claim, and last the Totals (no money); one claim in memory at a time.

    Raises WrongTurn (`not_exportable`) for a form that is gone.
    """
    if name not in forms:
        raise WrongTurn(f"form {name!r} is gone; its claims cannot be written without it", code="not_exportable")
    columns = titled(forms[name])
    yield BOM + _line((*OWN, *columns.values()))
    count = 0
    for count, claim in enumerate(claims, 1):  # noqa: B007  read after the loop
        yield _line((claim.id, claim.ward, *(_cell(claim.values.get(column)) for column in columns)))
    yield Totals(count)


def _cell(value: Value) -> str:
    """A value as text: a mark is 1, blank is nothing, and text is never an order to whatever opens the file."""
    if value is None or isinstance(value, bool):
        return "1" if value else ""
    return f"'{value}" if isinstance(value, str) and value.startswith(ORDERS) else str(value)


def _line(cells: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue().encode("utf-8")
