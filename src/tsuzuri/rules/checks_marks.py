"""Checks of what is marked, stamped and answered. Touches only model and the other rules. Shape: see
checks.py.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date

from tsuzuri.model import Finding
from tsuzuri.rules.kinds import DOUBTFUL
from tsuzuri.rules.known import Asked
from tsuzuri.rules.lists import Listed, as_person, banks, branches
from tsuzuri.rules.table import Entry, find
from tsuzuri.rules.tables import Scheme, Tables

# 点数表, the third digit of an institution code, by care.
_TABLE = {"入院": "1", "外来": "1", "歯科": "3", "調剤": "4"}
# 法別 of insurers (societies, mutual aid) that may add benefits of their own.
_MUTUAL = ("06", "31", "32", "33", "34")


def sealed(on: date, seal: Entry) -> Iterator[Finding]:
    """V50: a seal stands where one belongs."""
    if not seal.value and not seal.raw.startswith(DOUBTFUL):     # that has a finding of its own
        yield find("V50", seal)


def on_receipt(on: date, shown: Entry) -> Iterator[Finding]:
    """V56: a receipt shows what makes it count (the patient's name, the points, the seal)."""
    if shown.value in (None, False) and not (shown.raw and shown.kind not in ("seal", "tick")):
        yield find("V56", shown)


def original(on: date, copied: Entry) -> Iterator[Finding]:
    """H09: a receipt that says of itself that it is a copy."""
    if copied.value:
        yield find("H09", copied)


def flagged(on: date, answer: Entry, word: str = "有") -> Iterator[Finding]:
    """V57: the answer that a person must look into (third party, school insurance) was given."""
    if answer.text == word:
        yield find("V57", answer, answer=word)


def amount_with_answer(on: date, answer: Entry, amount: Entry, word: str = "有") -> Iterator[Finding]:
    """H08: an amount stands if, and only if, the answer says so."""
    if answer.text and (answer.text == word) != bool(amount.number):
        yield find("H08", amount, answer=answer.text)


def bank_exists(on: date, bank_code: Entry, branch_code: Entry, bank: Entry, branch: Entry) -> Iterator[Finding]:
    """W01: the bank and, within it, the branch are in the list of all banks, under the names that stand beside their codes."""
    wrong = list(_in_list(bank_code, bank, banks()))
    yield from wrong
    if bank_code.text and not wrong:      # of another bank's branches nothing can be said
        yield from _in_list(branch_code, branch, branches(bank_code.text))


def _in_list(code: Entry, name: Entry, listed: Listed) -> Iterator[Finding]:
    entry = listed.coded(code.text) if code.text else None
    if code.text and entry is None:
        yield find("W01", code, what="ありません")
    elif entry and name.text and listed.fold("name", name.text) != entry.name:
        yield find("W01", code, what=f"「{entry.name}」とあり、{name.label}と違います")


def any_given(on: date, of: Sequence[Entry]) -> Iterator[Finding]:
    """W02: of several boxes or accounts at least one is marked or filled; found upon the first."""
    if not any(entry.value for entry in of):
        yield find("W02", of[0])


def holder_explained(on: date, holder: Entry, owner: Entry, relation: Entry) -> Iterator[Finding]:
    """W04: an account of somebody else than the owner says how the two are related. 髙 and 高 are one name."""
    if holder.text and owner.text and not relation.value and as_person(holder.text) != as_person(owner.text):
        yield find("W04", holder, owner=owner.label)


def evidence(on: date, reason: Entry, enclosed: Entry, needless: str = "") -> Iterator[Finding]:
    """W10: a reason, other than the one that needs none, comes with its evidence."""
    if reason.text and reason.text != needless and not enclosed.value:
        yield find("W10", enclosed, reason=reason.label)


def payer_fits(on: date, payer_no: Entry, asked: Asked, tables: Tables) -> Iterator[Finding]:
    """V21: the payer's number begins with one of the two digits (法別) of the paper's own scheme."""
    laws = [law for row in tables.on(Scheme, on.isoformat()) if row.scheme == asked.scheme for law in row.laws]
    if laws and payer_no.text and not payer_no.text.startswith(tuple(laws)):
        yield find("V21", payer_no)


def prescriber(on: date, care: Entry, issuer: Entry) -> Iterator[Finding]:
    """V32: a pharmacy's claim names who prescribed."""
    if care.text == "調剤" and not issuer.text:
        yield find("V32", issuer)


def table_fits(on: date, inst_code: Entry, care: Entry) -> Iterator[Finding]:
    """V31: the institution's fee table (medical, dental, pharmacy) is that of the care claimed."""
    wanted = _TABLE.get(care.text)
    if wanted and len(inst_code.text) == 10 and inst_code.text[2] != wanted:
        yield find("V31", inst_code, chosen=care.text)


def extra_benefit(on: date, insurer_no: Entry, fuka: Entry) -> Iterator[Finding]:
    """V27: insurers that may add benefits of their own, and none was declared."""
    if len(insurer_no.text) == 8 and insurer_no.text[:2] in _MUTUAL and fuka.text != "有":
        yield find("V27", insurer_no)


def account(on: date, number: Entry, kana: Entry) -> Iterator[Finding]:
    """V52: an account number other than all zeros, a holder of at most 30 half-width places."""
    if number.text and not number.text.strip("0"):
        yield find("V52", number)
    # A half-width voiced kana takes two places: NFD splits the mark off.
    if len(unicodedata.normalize("NFD", kana.text)) > 30:
        yield find("V52", kana)
