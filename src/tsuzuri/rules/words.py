"""The words that a form may use for checks, and what each takes. Touches only the checks.

Adding a rule is one row in table.py and one small function, named in `CHECKS`. What a word demands stands in its
function's docstring; `?` marks a parameter that may be left out.

| word | of | rule |
|---|---|---|
| `points_given` | `points` | V34 |
| `fee_is_points` | `points` `fee` | V36 |
| `copay_is_ratio` | `points` `ratio` `copay` `channel`? | V37 |
| `balance` | `copay` `paid` `amount` `others`? | V41 |
| `refund_balance` | `paid_total` `amount` `others`? | V41 for refunds |
| `positive` | `amount` | V42 |
| `reckoned` | `paid` `claim` | V40, H36 |
| `rows_sum` | `rows` `column` `total` | V44 |
| `parts_sum` | `parts` `total` | V44 |
| `rows_count` | `rows` `count` | V45 |
| `pages_sum` | `pages` `column` `total` | H23 |
| `pages_count` | `pages` `count` | H22 |
| `pages_same` | `pages` `column` `value` | H24 |
| `check_digit` | `number` | V12, V24, V29, H05 by kind |
| `era_fits` | `day` | V10 |
| `not_future` | `day` | H07 |
| `month_over` | `month` | V07 |
| `within_months` | `month` `claimed` | V08 |
| `claimed_after_month` | `month` `claimed` | V09 |
| `days_in_month` | `days` `month` | V33 |
| `age_limit` | `birth` `month` | V20 |
| `ratio_fits_age` | `birth` `month` `ratio` | V28 |
| `sealed` | `seal` | V50 |
| `on_receipt` | `shown` | V56 |
| `original` | `copied` | H09 |
| `flagged` | `answer` `word`? | V57 |
| `amount_with_answer` | `answer` `amount` `word`? | H08 |
| `prescriber` | `care` `issuer` | V32 |
| `table_fits` | `inst_code` `care` | V31 |
| `extra_benefit` | `insurer_no` `fuka` | V27 |
| `account` | `number` `kana` | V52 |
| `payer_fits` | `payer_no` | V21 |
| `copay_of_fee` | `fee` `ratio` `copay` | V37 |
| `copay_below` | `copay` `month` | V39 |
| `bank_exists` | `bank_code` `branch_code` `bank` `branch` | W01 |
| `any_given` | `of` | W02 |
| `holder_explained` | `holder` `owner` `relation` | W04 |
| `at_least` | `number` `least`? | W05 |
| `in_order` | `first` `then` | W09 |
| `evidence` | `reason` `enclosed` `needless`? | W10 |
| `fiscal_year` | `year` `day` | W13 |
| `in_use` | `day` `since`? `until`? | H37 |
| `entitled` | `recipient_no` `month` | V13, V14, V15, V16 |
| `person_named` | `recipient_no` `month` `name`? `kana`? `distance`? | V17 |
| `person_born` | `birth` `recipient_no` `month` | V18 |
| `person_sex` | `sex` `recipient_no` `month` | V19 |
| `payer_first` | `recipient_no` `month` `others`? | V23 |
| `insured_by` | `insurer_no` `recipient_no` `month` | V25 |
| `insured_as` | `symbol` `number` `recipient_no` `month` | V26 |
| `institution_open` | `inst_code` `month` `contracts`? | V30 |
| `own_ward` | `recipient_no` `month` | V62 |
| `claimed_once` | `recipient_no` `digits`? | V46, V47, V48, V49 |
| `one_scheme` | `recipient_no` | V22 |
| `points_usual` | `points` | V35 |
| `month_usual` | `amount` `sigma`? | V58 |
| `city_part` | `copied` | V05 |
| `limit_class` | `copay` `points` `kougaku_class` `month` `cls`? | V38 |
| `meals_apart` | `copay` `points` `ratio` `month` | V43 |
| `insured_part` | `pages` `total` | V43 |
| `bank_sealed` | `seal` | W03 |
| `listed_use` | `use` | W06 |
| `report_due` | `use` `inspected` `reported` `yearly`? `others`? | W07 |
| `licensed` | `licence` `number` | W08 |
| `at_school` | `school` `grade` | W11 |
| `each_once` | `name` | W12 |
| `household_whole` | `family` `column` `member` | W14 |
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container, Iterable, Mapping
from functools import cache
from typing import Any

from tsuzuri.model import Finding
from tsuzuri.rules import checks, checks_claims, checks_dates, checks_ledger, checks_marks, checks_other, checks_share
from tsuzuri.rules.known import Asked, Known
from tsuzuri.rules.table import FACTS
from tsuzuri.rules.tables import Tables

Check = Callable[..., Iterable[Finding]]
Beside = type[Asked] | type[Known] | type[Tables]

# word: parameters and rule stand in each function's signature and docstring
CHECKS: dict[str, Check] = {check.__name__: check for check in (
    checks.points_given, checks.fee_is_points, checks.copay_is_ratio, checks.balance, checks.refund_balance,
    checks.positive, checks_share.reckoned, checks.rows_sum, checks.parts_sum, checks.rows_count,
    checks.pages_sum, checks.pages_count, checks.pages_same,
    checks.copay_of_fee, checks_share.copay_below, checks.at_least,
    checks_dates.check_digit, checks_dates.era_fits, checks_dates.not_future, checks_dates.month_over,
    checks_dates.within_months, checks_dates.claimed_after_month, checks_dates.days_in_month,
    checks_dates.age_limit, checks_dates.ratio_fits_age,
    checks_dates.in_order, checks_dates.fiscal_year, checks_dates.in_use,
    checks_marks.sealed, checks_marks.on_receipt, checks_marks.original, checks_marks.flagged,
    checks_marks.amount_with_answer, checks_marks.prescriber,
    checks_marks.table_fits, checks_marks.extra_benefit, checks_marks.account,
    checks_marks.payer_fits, checks_marks.bank_exists, checks_marks.any_given, checks_marks.holder_explained, checks_marks.evidence,
    checks_ledger.entitled, checks_ledger.person_named, checks_ledger.person_born, checks_ledger.person_sex,
    checks_ledger.payer_first, checks_ledger.insured_by, checks_ledger.insured_as, checks_ledger.institution_open,
    checks_ledger.own_ward,
    checks_claims.claimed_once, checks_claims.one_scheme, checks_claims.points_usual, checks_claims.month_usual,
    checks_other.city_part, checks_other.limit_class, checks_other.meals_apart, checks_other.insured_part,
    checks_other.bank_sealed, checks_other.listed_use, checks_other.report_due, checks_other.licensed, checks_other.at_school,
    checks_other.each_once, checks_other.household_whole,
)}

# word: the codes of the rules that it judges
FINDS: dict[str, tuple[str, ...]] = {word: tuple(codes.split()) for word, codes in {
    "points_given": "V34", "fee_is_points": "V36", "copay_is_ratio": "V37", "balance": "V41", "refund_balance": "V41",
    "positive": "V42", "reckoned": "V40 H36", "rows_sum": "V44", "parts_sum": "V44", "rows_count": "V45", "pages_sum": "H23",
    "pages_count": "H22", "pages_same": "H24", "copay_of_fee": "V37", "copay_below": "V39", "at_least": "W05",
    "check_digit": "V12 V24 V29 H05", "era_fits": "V10", "not_future": "H07", "month_over": "V07", "within_months": "V08",
    "claimed_after_month": "V09", "days_in_month": "V33", "age_limit": "V20", "ratio_fits_age": "V28", "in_order": "W09",
    "fiscal_year": "W13", "in_use": "H37", "sealed": "V50", "on_receipt": "V56", "original": "H09", "flagged": "V57",
    "amount_with_answer": "H08", "prescriber": "V32", "table_fits": "V31", "extra_benefit": "V27", "account": "V52",
    "payer_fits": "V21", "bank_exists": "W01", "any_given": "W02", "holder_explained": "W04", "evidence": "W10",
    "entitled": "V13 V14 V15 V16", "person_named": "V17", "person_born": "V18", "person_sex": "V19", "payer_first": "V23",
    "insured_by": "V25", "insured_as": "V26", "institution_open": "V30", "own_ward": "V62",
    "claimed_once": "V46 V47 V48 V49", "one_scheme": "V22", "points_usual": "V35", "month_usual": "V58", "city_part": "V05",
    "limit_class": "V38", "meals_apart": "V43", "insured_part": "V43", "bank_sealed": "W03", "listed_use": "W06",
    "report_due": "W07", "licensed": "W08", "at_school": "W11", "each_once": "W12", "household_whole": "W14",
}.items()}

# What follows from a kind alone runs for every field of that kind without being named: kind → (word,
# parameter). A form that names the word for the same field replaces it, to change its severity.
BY_KIND: dict[str, tuple[str, str]] = {
    "recipient_no": ("check_digit", "number"),
    "payer_no": ("check_digit", "number"),
    "insurer_no": ("check_digit", "number"),
    "inst_code": ("check_digit", "number"),
    "wareki": ("era_fits", "day"),
    "ym": ("era_fits", "day"),
}


# The tables that a word reads (rules.tables): a city without them cannot use it.
NEEDS: dict[str, tuple[str, ...]] = {
    "reckoned": ("ages", "cares", "shares"), "copay_below": ("limits",), "age_limit": ("ages",), "ratio_fits_age": ("ratios",),
    "within_months": ("deadlines",), "payer_fits": ("schemes",), "copay_is_ratio": ("channels",), "payer_first": ("payers",),
    "limit_class": ("kougaku",), "meals_apart": ("meals",),
}


def beside_paper(word: str) -> dict[str, Beside]:
    """The parameters that no form can fill, for the house does: what the claim says of itself, what is known beside the paper,
    and the city's tables.
    """
    return {p.name: _HOUSE[p.annotation] for p in _all(word) if p.annotation in _HOUSE}


def parameters(word: str) -> dict[str, bool]:
    """The parameters that a check takes in `of:`, each with whether it must be given."""
    return {p.name: p.default is inspect.Parameter.empty for p in _signature(word)}


def complaint(word: str, of: Mapping[str, Any], fields: Container[str], tables: Container[str]) -> str | None:
    """What is wrong with a check's `of:` (a parameter stray, missing or ill-fitting); None if nothing."""
    taken = {p.name: str(p.annotation) for p in _signature(word)}
    for name in of:
        if name not in taken:
            return f"check {word!r} takes no {name!r}; it takes {', '.join(taken)}"
    for name, must in parameters(word).items():
        if must and name not in of:
            return f"check {word!r} needs {name!r}"
    for name, value in of.items():
        if taken[name] == "Facts":
            if wrong := _misfit(value, fields):
                return f"check {word!r}: {name}: {wrong}"
            continue
        wanted = {"Entry": fields, "Entry | None": fields, "Rows": tables, "Sequence[Entry]": fields}.get(taken[name])
        many = taken[name] == "Sequence[Entry]"
        values = value if isinstance(value, list) else [value]
        if many is not isinstance(value, list) or not all(_fits(one, wanted) for one in values):
            what = "a list of fields, [$a, $b]" if many else _WANTED.get(taken[name], "a plain value")
            return f"check {word!r}: {name!r} must be {what}"
    return None


def _misfit(facts: Any, fields: Container[str]) -> str | None:
    """What is wrong with facts: fields under the words of FACTS; None if nothing."""
    if not isinstance(facts, Mapping):
        return "facts, {month: $a, …}"
    for fact in facts:
        if fact not in FACTS:
            return f"no such fact {fact!r}; there are {', '.join(FACTS)}"
    for fact, must in FACTS.items():
        if must and fact not in facts:
            return f"the fact {fact!r} is needed"
    wrong = [fact for fact, said in facts.items() for one in (said if isinstance(said, list) else [said]) if not _fits(one, fields)]
    return f"{wrong[0]!r} must be a field of the form, $name, or a list of them" if wrong else None


_WANTED = {"Entry": "a field of the form, $name", "Entry | None": "a field of the form, $name",
           "Rows": "a table of the form, $name"}


def _fits(value: Any, wanted: Container[str] | None) -> bool:
    named = isinstance(value, str) and value.startswith("$")
    return not named if wanted is None else named and value[1:] in wanted


_HOUSE: dict[str, Beside] = {"Asked": Asked, "Known": Known, "Tables": Tables}


def _signature(word: str) -> list[inspect.Parameter]:
    return [p for p in _all(word) if p.annotation not in _HOUSE]


@cache
def _all(word: str) -> list[inspect.Parameter]:
    return list(inspect.signature(CHECKS[word]).parameters.values())[1:]    # the first is the business date
