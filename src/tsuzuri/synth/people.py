"""Invented children, parents and clinics of one city, by seed, with valid check digits. Touches rules."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np

from tsuzuri.rules.digits import check_digit

T = TypeVar("T")
GAP = "\u3000"  # between surname and given name, as the office writes it
Sex = Literal["男", "女"]
Chance = np.random.Generator

_HERE = Path(__file__).parent
_CLINIC_WORDS = (
    "くすのき",
    "あおば",
    "みずき",
    "つばめ",
    "ひなた",
    "銀杏通り",
    "阿蘇見台",
    "さくら坂",
    "白川橋",
    "やまびこ",
    "すずらん",
    "いずみ台",
    "なのはな",
    "城見町",
    "水辺の森",
    "ことり",
    "たいよう",
    "風の丘",
)
_CLINIC_ENDS = {
    "1": (
        "こどもクリニック",
        "小児科医院",
        "内科小児科医院",
        "耳鼻咽喉科",
        "皮ふ科クリニック",
        "眼科医院",
        "整形外科",
    ),
    "3": ("歯科医院", "こども歯科", "デンタルクリニック"),
    "4": ("薬局", "調剤薬局", "ファーマシー"),
}
_HOSPITAL_ENDS = ("総合病院", "病院", "中央病院")


@dataclass(frozen=True, slots=True)
class Person:
    """One invented citizen."""

    surname: str
    given: str
    surname_kana: str
    given_kana: str
    sex: Sex
    birth: date

    @property
    def name(self) -> str:
        """Surname, gap, given name."""
        return f"{self.surname}{GAP}{self.given}"

    @property
    def kana(self) -> str:
        """The same in katakana."""
        return f"{self.surname_kana}{GAP}{self.given_kana}"


@dataclass(frozen=True, slots=True)
class Clinic:
    """One invented institution; `table` is its 点数表: 1 medical, 3 dental, 4 pharmacy."""

    table: str
    code: str
    name: str
    address: str
    tel: str
    head: str


@dataclass(frozen=True, slots=True)
class Cover:
    """A health insurance as the card says it."""

    insurer_no: str
    symbol: str
    number: str


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[tuple[str, str], ...]]:
    with (_HERE / "names.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {
        part: tuple((r["kanji"], r["kana"]) for r in rows if r["part"] == part)
        for part in ("surname", "boy", "girl")
    }


@lru_cache(maxsize=1)
def _places() -> tuple[tuple[str, str, str], ...]:
    with (_HERE / "places.csv").open(encoding="utf-8") as lines:
        return tuple((r["ward"], r["town"], r["postal"]) for r in csv.DictReader(lines))


def pick(chance: Chance, options: tuple[T, ...]) -> T:
    """One of them, evenly."""
    return options[int(chance.integers(len(options)))]


def maybe(chance: Chance, share: float) -> bool:
    """True in `share` of the draws."""
    return bool(chance.random() < share)


def with_check(body: str) -> str:
    """A number and its check digit."""
    return f"{body}{check_digit(body)}"


def child(chance: Chance, on: date) -> Person:
    """Somebody between birth and the end of the school year of the 18th birthday, insured on the day `on`."""
    last = on.year + (1 if on.month >= 4 else 0)
    earliest = date(last - 18, 4, 2)
    days = int(chance.integers((on - earliest).days - 40))
    return _born(chance, earliest + timedelta(days=days), None)


def parent(chance: Chance, of: Person) -> Person:
    """Mother or father of a child, of the same surname."""
    birth = of.birth - timedelta(days=int(chance.integers(21 * 365, 42 * 365)))
    return _born(chance, birth, (of.surname, of.surname_kana))


def _born(chance: Chance, birth: date, family: tuple[str, str] | None) -> Person:
    names = _names()
    sex: Sex = "男" if maybe(chance, 0.5) else "女"
    surname, surname_kana = family or pick(chance, names["surname"])
    given, given_kana = pick(chance, names["boy" if sex == "男" else "girl"])
    return Person(surname, given, surname_kana, given_kana, sex, birth)


def citizen(chance: Chance, earliest: date, latest: date) -> Person:
    """Anybody born between the two days."""
    return _born(chance, earliest + timedelta(days=int(chance.integers((latest - earliest).days))), None)


def relative(chance: Chance, of: Person, earliest: date, latest: date) -> Person:
    """Somebody of the same surname, born between the two days."""
    birth = earliest + timedelta(days=int(chance.integers((latest - earliest).days)))
    return _born(chance, birth, (of.surname, of.surname_kana))


def clinic(chance: Chance, table: str, *, hospital: bool = False) -> Clinic:
    """An invented institution of that 点数表."""
    body = f"43{table}{pick(chance, ('01', '02', '03'))}{int(chance.integers(1, 9999)):04d}"
    ends = _HOSPITAL_ENDS if hospital else _CLINIC_ENDS[table]
    name = pick(chance, _CLINIC_WORDS) + pick(chance, ends)
    if hospital or maybe(chance, 0.25):
        name = (
            f"医療法人{pick(chance, ('杏林会', '若葉会', '清流会', '光陽会'))} {name}"
            if table != "4"
            else f"株式会社ひごメディカル {name}"
        )
    head = _born(chance, date(1965, 1, 1), None).name
    return Clinic(table, with_check(body), name, address(chance)[1], phone(chance, mobile=0), head)


def practice(chance: Chance, treatment: str) -> Clinic:
    """An invented practice of judo therapy, acupuncture, moxibustion or massage."""
    ends = ("整骨院", "接骨院") if treatment == "柔道整復" else ("鍼灸院", "はりきゅう治療院", "鍼灸マッサージ院")
    code = with_check(f"437{pick(chance, ('01', '02', '03'))}{int(chance.integers(1, 9999)):04d}")
    name = pick(chance, _CLINIC_WORDS) + pick(chance, ends)
    head = _born(chance, date(1975, 1, 1), None).name
    return Clinic("7", code, name, address(chance)[1], phone(chance, mobile=0.2), head)


def address(chance: Chance) -> tuple[str, str]:
    """Postal code ("860-0845") and street address within the city."""
    ward, town, postal = pick(chance, _places())
    block = f"{chance.integers(1, 9)}-{chance.integers(1, 30)}-{chance.integers(1, 40)}"
    if maybe(chance, 0.4):
        block = f"{chance.integers(1, 7)}丁目{chance.integers(1, 30)}番{chance.integers(1, 40)}号"
    if maybe(chance, 0.2):
        house = pick(chance, ("コーポ水明", "メゾン楠", "ハイツ若葉", "県営住宅"))
        block += f" {house}{chance.integers(101, 508)}号室"
    return postal, f"熊本市{ward}{town}{block}"


def phone(chance: Chance, mobile: float = 0.6) -> str:
    """Digits alone: 096-3xx-xxxx, or in `mobile` of the draws 090-…"""
    if maybe(chance, mobile):
        return f"0{pick(chance, ('9', '8', '7'))}0{chance.integers(10_000_000, 99_999_999)}"
    return f"096{chance.integers(200, 389)}{chance.integers(0, 9999):04d}"


def cover(chance: Chance) -> Cover:
    """An insurance: 協会けんぽ, a company's, a mutual aid's, or the city's 国保 (six digits)."""
    if maybe(chance, 0.25):
        return Cover(with_check("43001"), "熊市", f"{chance.integers(100_000, 9_999_999)}")
    body = pick(chance, ("0143001", "0143001", "0643100", "0643211", "3143012", "3243005", "3443003"))
    symbol = (
        f"{chance.integers(1000, 99_999_999)}"
        if maybe(chance, 0.75)
        else pick(chance, ("肥後", "公立熊", "健保"))
    )
    return Cover(with_check(body), symbol, f"{chance.integers(1, 99_999)}")


def recipient_no(chance: Chance) -> str:
    """Seven digits, the last its check."""
    return with_check(f"{chance.integers(100, 740_000):06d}")


def reading(name: str) -> str:
    """A way to read an invented person's name, in katakana."""
    parts = zip(name.split(GAP), (("surname",), ("boy", "girl")), strict=False)
    return GAP.join(next((kana for kind in kinds for kanji, kana in _names()[kind] if kanji == part), "") for part, kinds in parts)


def account(chance: Chance, asks: Person) -> dict[str, str]:
    """Where somebody's money is paid to, by the names that forms have for it. The banks are real, the accounts invented."""
    bank, branch, _, _ = pick(chance, _banks())
    return {
        "bank": bank,
        "bank_branch": branch,
        "account_kind": "普通" if maybe(chance, 0.95) else "当座",
        "account_no": f"{chance.integers(0, 9_999_999):07d}",
        "account_kana": asks.kana,
    }


def bank_codes(bank: str, branch: str) -> dict[str, str]:
    """The codes of a bank and its branch, by the names that forms have for them."""
    return next({"bank_code": b, "branch_code": c} for name, at, b, c in _banks() if (name, at) == (bank, branch))


@lru_cache(maxsize=1)
def _banks() -> tuple[tuple[str, str, str, str], ...]:
    with (_HERE / "banks.csv").open(encoding="utf-8") as lines:
        return tuple((r["bank"], r["branch"], r["bank_code"], r["branch_code"]) for r in csv.DictReader(lines))
