"""notices: what stands on a notice of payment (支払決定通知): claims summed by month and scheme, and one line a claim."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tsuzuri.model import Transfer
from tsuzuri.rules.lists.banks import spelled
from tsuzuri.rules.outer import sayable
from tsuzuri.rules.sheets import ACTIONS, BOM, lined
from tsuzuri.rules.writers import NEW, Row, int_of
from tsuzuri.stages.paying import KIND_CODES

TITLES = ("振込日", "医療機関コード", "医療機関名", "請求番号", "処理", "診療年月", "制度", "受給者番号", "点数", "金額（円）")
KINDS = {code: word for word, code in KIND_CODES.items()}
SHOWN = 4       # digits of an account's number; who holds it knows the others


def summed(rows: Iterable[Row]) -> dict[tuple[str, str, str], tuple[int, int, int]]:
    """Month, scheme, and whether it is new → how many claims, points, yen; in order."""
    sums = dict[tuple[str, str, str], tuple[int, int, int]]()
    for row in rows:
        key = _month(row), str(row.get("scheme_name") or ""), _action(row)
        count, points, yen = sums.get(key, (0, 0, 0))
        sums[key] = count + 1, points + int_of(row.get("points")), yen + int_of(row.get("amount"))
    return {key: sums[key] for key in sorted(sums)}


def account_line(payee: Transfer) -> str:
    """Bank, branch and the end of the account's number, as a letter may say them."""
    bank = spelled("banks.json").get(payee.bank, {}).get("name", "")
    branch = spelled(f"branches/{payee.bank}.json").get(payee.branch, {}).get("name", "")
    hidden = "*" * (len(payee.number) - SHOWN) + payee.number[-SHOWN:]
    return f"{bank}（{payee.bank}）　{branch}（{payee.branch}）　{KINDS.get(payee.kind, '')} {hidden}"


def table_head(encoding: str) -> bytes:
    """The titles of the list of claims."""
    return (BOM if encoding == "utf-8" else b"") + _line(TITLES, encoding)


def notice_line(day: str, payee: Transfer, row: Row, encoding: str) -> bytes:
    """One claim: for which payee it counts, and what."""
    told = (day, payee.customer, payee.name, row.get("claim_id"), _action(row), row.get("service_ym"), row.get("scheme_name"),
            row.get("recipient_no"), int_of(row.get("points")), int_of(row.get("amount")))
    return _line([str(one if one is not None else "") for one in told], encoding)


def _action(row: Row) -> str:
    return ACTIONS.get(str(row.get("action") or NEW), "")


def _month(row: Row) -> str:
    month = str(row.get("service_ym") or "")
    return f"{month[:4]}年{month[4:]}月" if month else "—"


def _line(cells: Sequence[str], encoding: str) -> bytes:
    return lined([sayable(cell)[0] for cell in cells] if encoding == "cp932" else cells, encoding)
