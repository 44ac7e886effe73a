"""Checks of papers that are no claims (口座, 消防, 就学援助), and of what a claim must not hold. Touches only the other rules.

Shape of a check: checks.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

from tsuzuri.model import Finding
from tsuzuri.rules.checks_share import tenths_of
from tsuzuri.rules.kinds import DOUBTFUL
from tsuzuri.rules.known import Asked, Known
from tsuzuri.rules.lists.variants import as_person
from tsuzuri.rules.reckon import kougaku_limit
from tsuzuri.rules.reckon.money import copay as legal_share
from tsuzuri.rules.table import Entry, Rows, find
from tsuzuri.rules.tables import Kougaku, Meal, Tables

MOST_MEALS = 93      # three a day, 31 days

# 消防法施行令別表第一: the uses of buildings by number, each with its letters; those marked there as 特定用途 report every year.
_USES = {"1": "イロ", "2": "イロハニ", "3": "イロ", "5": "イロ", "6": "イロハニ", "9": "イロ", "12": "イロ", "13": "イロ",
         "16": "イロ"}
_USES |= dict.fromkeys(("4", "7", "8", "10", "11", "14", "15", "16の2", "16の3", "17", "18", "19", "20"), "")
_YEARLY = frozenset({"1イ", "1ロ", "2イ", "2ロ", "2ハ", "2ニ", "3イ", "3ロ", "4", "5イ", "6イ", "6ロ", "6ハ", "6ニ", "9イ", "16イ",
                     "16の2", "16の3"})
_USE = re.compile(r"\(?(\d{1,2}(?:の\d)?)\)?項?([イロハニ]?)")
# School by the end of its name → the grades it has.
_GRADES = (("義務教育学校", 9), ("小学校", 6), ("中学校", 3))


def city_part(on: date, copied: Entry) -> Iterator[Finding]:
    """V05: the paper calls itself the part that the institution keeps (医療機関控)."""
    if copied.value:
        yield find("V05", copied)


def limit_class(
    on: date, copay: Entry, points: Entry, kougaku_class: Entry, month: Entry, tables: Tables, cls: str = "ウ",
) -> Iterator[Finding]:
    """V38: from the monthly limit of class `cls` on, the paper says of which class the patient is."""
    if copay.number is None or points.number is None or not month.text or kougaku_class.text:
        return
    for row in tables.on(Kougaku, month.text):
        if row.cls == cls and copay.number > (limit := kougaku_limit(row, points.number * 10)):
            yield find("V38", copay, limit=limit)


def meals_apart(on: date, copay: Entry, points: Entry, ratio: Entry, month: Entry, tables: Tables) -> Iterator[Finding]:
    """V43: what is above the legal share is not just so many meals."""
    tenths = tenths_of(ratio)
    if copay.number is None or points.number is None or tenths is None or not month.text:
        return
    over = copay.number - legal_share(points.number * 10, tenths)
    for row in tables.on(Meal, month.text):
        if over > 0 and over % row.yen == 0 and over // row.yen <= MOST_MEALS:
            yield find("V43", copay, over=over, meals=over // row.yen)
            return


def insured_part(on: date, pages: Rows, total: Entry) -> Iterator[Finding]:
    """V43 for refunds: asked for is what was paid for insured care, not all that the receipts sum up to."""
    covered = [page["copay"].number for page in pages]
    whole = [page["paid"].number for page in pages]
    if total.number is None or not pages or None in covered or None in whole:
        return
    due, paid = sum(one or 0 for one in covered), sum(one or 0 for one in whole)
    if due < total.number == paid:
        yield find("V43", total, over=paid - due, meals="")


def bank_sealed(on: date, seal: Entry) -> Iterator[Finding]:
    """W03: the seal that the bank knows stands on the paper."""
    if not seal.value and not seal.raw.startswith(DOUBTFUL):
        yield find("W03", seal)


def listed_use(on: date, use: Entry) -> Iterator[Finding]:
    """W06: a building's use is one of 令別表第一."""
    if use.text and not _use(use.text):
        yield find("W06", use)


def report_due(on: date, use: Entry, inspected: Entry, reported: Entry, yearly: int = 1, others: int = 3) -> Iterator[Finding]:
    """W07: reported within a year of the inspection where many people come and go (特定用途), elsewhere within three."""
    if not (use.text and inspected.text and reported.text) or not (said := _use(use.text)):
        return
    years = yearly if said in _YEARLY else others
    done = date.fromisoformat(inspected.text)
    last = date(done.year + years, done.month, min(done.day, 28))
    if date.fromisoformat(reported.text) > last:
        yield find("W07", reported, years=years)


def licensed(on: date, licence: Entry, number: Entry) -> Iterator[Finding]:
    """W08: whoever inspected with a licence gives its number."""
    if licence.text and not number.text and not number.raw:
        yield find("W08", number)


def at_school(on: date, school: Entry, grade: Entry) -> Iterator[Finding]:
    """W11: the school has that grade; who is in it says 学齢簿, which is no ledger of this house."""
    for ending, most in _GRADES:
        if ending in school.text:
            if grade.number is not None and not 1 <= grade.number <= most:
                yield find("W11", grade, school=ending, most=most)
            return


def each_once(on: date, name: Entry, asked: Asked, known: Known) -> Iterator[Finding]:
    """W12: neither a row above nor a paper before says the same of that person, as the form's `once` has it."""
    if not asked.recipient_no:
        return
    above = ("この紙" for one in known.own if one.row < asked.row and one.recipient_no == asked.recipient_no)
    before = (one.document for one in known.earlier
              if one.said.recipient_no == asked.recipient_no and one.step not in ("returned", "merged"))
    for document in (*above, *before):
        yield find("W12", name, document=document)
        return


def household_whole(on: date, family: Rows, column: str, member: Entry) -> Iterator[Finding]:
    """W14: a member of the household is not listed beside its others; 住基 itself is no ledger of this house."""
    if member.text and any(as_person(row[column].text) == as_person(member.text) for row in family):
        yield find("W14", member)


def _use(text: str) -> str:
    """The use's number and letter (6ロ); "" where 令別表第一 has none such."""
    found = _USE.search(unicodedata.normalize("NFKC", text))
    if found is None:
        return ""
    number, letter = found.groups()
    there = number in _USES and (letter in _USES[number] if letter else True)
    return number + letter if there else ""
