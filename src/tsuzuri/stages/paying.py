"""paying: exported claims become payments, one a payee, set off against what it owes. Touches forms and rules; never the store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from tsuzuri.forms import City, Form
from tsuzuri.model import Claim, Transfer, Value
from tsuzuri.rules.known import Account, Institution
from tsuzuri.rules.lists.banks import banks, branches
from tsuzuri.rules.writers import int_of
from tsuzuri.rules.zengin import Unsayable, holder, named
from tsuzuri.stages.feed_rows import feed_row

METHODS = {"institutions": "1", "recipients": "2"}      # 支払方法 of the feed → whom it pays
KIND_CODES = {"普通": "1", "当座": "2", "貯蓄": "4", "その他": "9"}


class Unpayable(ValueError):  # noqa: N818  it says what the payee is
    """Nobody can be paid by what is known; its text is the reason under which the claims are held."""


def paid_forms(forms: Mapping[str, Form], pays: str) -> list[str]:
    """The forms whose claims are paid to institutions, or to recipients."""
    return [name for name, form in forms.items()
            if form.export.target == "benefits" and form.export.constants.get("method") == METHODS[pays]]


def owed(claim: Claim, forms: Mapping[str, Form], city: City, pays: str) -> tuple[str, int]:
    """To whom a claim is owed, as a key, and how many yen; what takes a claim back is below 0.

    An institution is its code; a recipient is a scheme, a number and the account on the paper. Raises Unfit for a claim that could
    not have left.
    """
    row = feed_row(claim, forms, city)
    yen = int_of(row.get("amount"))
    if pays == "institutions":
        return str(row["inst_code"]), yen
    account = "\0".join(str(row.get(name) or "") for name in ("bank_name", "branch_name", "account", "holder"))
    return f"{row.get('scheme')}-{row.get('recipient_no')}-{hashlib.sha256(account.encode()).hexdigest()[:12]}", yen


def institution(code: str, known: Institution | None) -> Transfer:
    """Whom an institution's money goes to, by its ledger; raises Unpayable."""
    if known is None or not known.account.number:
        raise Unpayable("no_account")
    return _payee(code, known.name, known.account, code)


def recipient(key: str, claim: Claim, form: Form, registered: Account | None) -> Transfer:
    """Whom a recipient's money goes to: the account on the paper, or the registered one where it says none; raises Unpayable."""
    said: dict[str, Value] = {column: claim.values.get(name) for column, name in form.export.columns.items()}
    account = _on_paper(said) if said.get("account") else registered
    if account is None or not account.number:
        raise Unpayable("no_account")
    number = str(said.get("recipient_no") or "")
    return _payee(key, "", account, number)


def _on_paper(said: Mapping[str, Value]) -> Account:
    """The account as the paper says it: bank and branch by their names."""
    bank = str(said.get("bank_code") or "") or _coded(str(said.get("bank_name") or ""), "")
    branch = str(said.get("branch_code") or "") or _coded(str(said.get("branch_name") or ""), bank)
    return Account(bank, branch, KIND_CODES.get(str(said.get("account_kind") or ""), ""), str(said.get("account")),
                   str(said.get("holder") or ""))


def _coded(name: str, bank: str) -> str:
    """The code of the one bank of that name, or of the one branch of `bank`; raises Unpayable where there is none, or several."""
    listed = branches(bank) if bank else banks()
    found = listed.called(listed.fold("name", name)) if name else ()
    if len(found) != 1:
        raise Unpayable("bank_unknown")
    return next(iter(found)).code


def _payee(key: str, name: str, account: Account, customer: str) -> Transfer:
    if named(account.bank, account.branch) is None:
        raise Unpayable("bank_unknown")
    if account.kind not in KIND_CODES.values() or len(account.number) != 7:
        raise Unpayable("no_account")
    try:
        called = holder(account.holder)
    except Unsayable as error:
        raise Unpayable("bad_holder") from error
    return Transfer(key, name, account.bank, account.branch, account.kind, account.number, called, customer, 0, 0)


def settled(payee: Transfer, claims: int, gross: int, before: int) -> Transfer:
    """What the payee gets: its claims' sum, less what it owes; what is still owed then is carried on (過誤調整)."""
    left = gross + before
    return replace(payee, claims=claims, gross=gross, before=before, amount=max(left, 0), carried=min(left, 0))
