"""What a paper says before anybody writes it: one story a form, money consistent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from tsuzuri.forms import FieldSpec, Form
from tsuzuri.model import Value
from tsuzuri.rules.reckon import kodomo_cap, ratio_tenths
from tsuzuri.synth.listed import sheet_of_patients
from tsuzuri.synth.people import (
    Chance,
    Clinic,
    Person,
    address,
    child,
    clinic,
    cover,
    maybe,
    parent,
    phone,
    pick,
    recipient_no,
)

Story = dict[str, Value]

BUSINESS_DATE = date(2025, 10, 14)  # the day on which all these papers lie on the desk
MONTHS = tuple((2025, month) for month in (5, 6, 7, 8, 9))
PAYER = "88430012"  # fictional: the city's こども programme
LIMITS = {
    "ア": (252_600, 842_000),
    "イ": (167_400, 558_000),
    "ウ": (80_100, 267_000),
}  # 高額療養費 until 2026-07


def tell(form: Form, chance: Chance) -> Story:
    """A value, or None for blank, for every field of the form; forms without a story get values by kind."""
    if form.name not in STORIES:
        return {name: _any(spec, chance) for name, spec in form.fields.items()}
    told = STORIES[form.name](chance)
    return {name: told.get(name) for name in form.fields}


def _any(spec: FieldSpec, chance: Chance) -> Value:
    if spec.choices:
        return pick(chance, tuple(spec.choices))
    return _BY_KIND[spec.kind](chance)


def _kougaku(inout: str, points: int, copay: int, chance: Chance) -> tuple[str | None, int | None]:
    if inout != "入院":
        return None, None
    cls = pick(chance, ("ア", "イ", "ウ", "ウ", "ウ"))
    base, over = LIMITS[cls]
    limit = base + max(0, points * 10 - over) // 100
    return cls, (copay - limit) if copay > limit else None


def _terms(who: Person, month: str, inout: str) -> tuple[int, int]:
    """The legal ratio in tenths and the family's monthly cap; children of the scheme always have both."""
    return ratio_tenths(who.birth, month) or 3, kodomo_cap(who.birth, month, inout) or 0


def _month(chance: Chance) -> date:
    return date(*pick(chance, MONTHS), 1)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def claim(chance: Chance) -> Story:
    """こども医療費請求書: one child, one month, one institution."""
    month = _month(chance)
    who = child(chance, month)
    inout = pick(chance, ("外来",) * 12 + ("調剤",) * 4 + ("歯科",) * 3 + ("入院",))
    where = clinic(chance, {"歯科": "3", "調剤": "4"}.get(inout, "1"), hospital=inout == "入院")
    tenths, cap = _terms(who, f"{month:%Y-%m}", inout)
    low = cap // tenths + 20  # below the cap nothing is left to claim, and no claim may exist
    points = int(
        chance.integers(9_000, 45_000) if inout == "入院" else chance.integers(max(120, low), low + 2_400)
    )
    copay = points * tenths
    paid = min(copay, cap)
    cls, kougaku = _kougaku(inout, points, copay, chance)
    left = copay - paid - (kougaku or 0)
    other = int(left * 0.4) // 10 * 10 if maybe(chance, 0.03) else None
    return {
        **_head(chance, month),
        **_who(chance, who),
        **_asker(chance, where),
        "ratio": f"{tenths}割",
        "relation": "家族" if maybe(chance, 0.97) else "本人",
        "inout": inout,
        "days": int(chance.integers(3, 28)) if inout == "入院" else int(chance.integers(1, 6)),
        "points": points,
        "fee": points * 10,
        "copay": copay,
        "patient_paid": paid,
        "other_public": other,
        "kougaku_cls": cls,
        "kougaku_amt": kougaku,
        "amount": left - (other or 0),
        "rx_inst": clinic(chance, "1").code if inout == "調剤" else None,
    }


def _head(chance: Chance, month: date) -> Story:
    return {
        "service_ym": f"{month:%Y-%m}",
        "claim_date": (_next_month(month) + timedelta(days=int(chance.integers(0, 10)))).isoformat(),
        "recipient_no": recipient_no(chance),
        "payer_no": PAYER if maybe(chance, 0.8) else None,
        "received_stamp": True if maybe(chance, 0.85) else None,
    }


def _who(chance: Chance, who: Person) -> Story:
    card = cover(chance)
    return {
        "patient_kana": who.kana,
        "patient_name": who.name,
        "birth": who.birth.isoformat(),
        "sex": who.sex if maybe(chance, 0.95) else None,
        "insurer_no": card.insurer_no,
        "symbol": card.symbol,
        "number": card.number,
        "branch": f"{chance.integers(0, 5):02d}" if maybe(chance, 0.8) else None,
    }


def _asker(chance: Chance, where: Clinic) -> Story:
    notes = (
        "月遅れ請求",
        "電話にて資格確認済",
        "受給者証確認済",
        "前月分との合算なし",
        "同一世帯に受給者あり",
    )
    return {
        "inst_code": where.code,
        "inst_name": where.name,
        "inst_address": where.address,
        "inst_tel": where.tel,
        "rep_name": where.head,
        "seal": True,
        "remarks": pick(chance, notes) if maybe(chance, 0.2) else None,
    }


def application(chance: Chance) -> Story:
    """こども医療費助成申請書: a parent paid at up to four institutions in one month."""
    month = _month(chance)
    who = child(chance, month)
    asks = parent(chance, who)
    card = cover(chance)
    postal, home = address(chance)
    rows, total = _receipts(chance, _terms(who, f"{month:%Y-%m}", "外来")[0])
    fuka = int(total * 0.25) // 100 * 100 if total > 8_000 and maybe(chance, 0.35) else 0
    kougaku = int(total * 0.3) // 10 * 10 if total > 30_000 and maybe(chance, 0.35) else 0
    return {
        **rows,
        **_account(chance, asks),
        "scheme": "こども" if maybe(chance, 0.95) else pick(chance, ("ひとり親", "重度")),
        "apply_date": (_next_month(month) + timedelta(days=int(chance.integers(0, 12)))).isoformat(),
        "applicant_kana": asks.kana,
        "applicant_name": asks.name,
        "relation": "その他" if maybe(chance, 0.04) else "父" if asks.sex == "男" else "母",
        "postal": postal if maybe(chance, 0.95) else None,
        "address": home,
        "tel": phone(chance),
        "recipient_no": recipient_no(chance),
        "patient_kana": who.kana,
        "patient_name": who.name,
        "birth": who.birth.isoformat(),
        "insurer_no": card.insurer_no,
        "symbol": card.symbol,
        "number": card.number,
        "insured_name": asks.name if maybe(chance, 0.7) else parent(chance, who).name,
        "service_ym": f"{month:%Y-%m}",
        "paid_total": total,
        "fuka": "有" if fuka else "無",
        "fuka_amt": fuka or None,
        "kougaku": "有" if kougaku else "無",
        "kougaku_amt": kougaku or None,
        "third_party": "無" if maybe(chance, 0.96) else "有",
        "amount": total - fuka - kougaku,
        "consent": True,
        "seal": True if maybe(chance, 0.8) else None,
        "received_stamp": True if maybe(chance, 0.9) else None,
    }


def _receipts(chance: Chance, tenths: int) -> tuple[Story, int]:
    count = pick(chance, (1, 1, 2, 2, 3, 4))
    rows: Story = {"receipts_count": count}
    total = 0
    for i in range(1, count + 1):
        inout = pick(chance, ("外来", "外来", "外来", "調剤", "調剤", "入院"))
        where = clinic(chance, "4" if inout == "調剤" else "1", hospital=inout == "入院")
        points = int(chance.integers(6_000, 20_000) if inout == "入院" else chance.integers(90, 1_900))
        paid = (points * tenths + 5) // 10 * 10  # at the window: to the nearest ten yen
        rows |= {
            f"receipts.{i}.institution": where.name,
            f"receipts.{i}.inout": inout,
            f"receipts.{i}.paid": paid,
        }
        total += paid
    return rows, total


def _account(chance: Chance, asks: Person) -> Story:
    bank, branch = pick(
        chance,
        (
            ("火の国銀行", "本店"),
            ("火の国銀行", "水前寺支店"),
            ("火の国銀行", "健軍支店"),
            ("あそ信用金庫", "植木支店"),
            ("あそ信用金庫", "本店"),
            ("白川農業協同組合", "富合支所"),
            ("有明銀行", "熊本支店"),
            ("ゆうちょ銀行", "七一八店"),
        ),
    )
    return {
        "bank": bank,
        "bank_branch": branch,
        "account_kind": "普通" if maybe(chance, 0.95) else "当座",
        "account_no": f"{chance.integers(0, 9_999_999):07d}",
        "account_kana": asks.kana,
    }


def patients(chance: Chance) -> Story:
    """連記式請求書."""
    return sheet_of_patients(chance, _month(chance))


STORIES: dict[str, Callable[[Chance], Story]] = {
    "kodomo_seikyu": claim, "kodomo_shinsei": application, "kodomo_renki": patients,
}

_BY_KIND: dict[str, Callable[[Chance], Value]] = {
    "wareki": lambda c: (date(2025, 4, 1) + timedelta(days=int(c.integers(0, 180)))).isoformat(),
    "ym": lambda c: f"{_month(c):%Y-%m}",
    "digits": lambda c: f"{c.integers(0, 99):02d}",
    "recipient_no": recipient_no,
    "payer_no": lambda c: PAYER,
    "insurer_no": lambda c: cover(c).insurer_no,
    "inst_code": lambda c: clinic(c, "1").code,
    "account_no": lambda c: f"{c.integers(0, 9_999_999):07d}",
    "postal": lambda c: address(c)[0],
    "phone": phone,
    "int": lambda c: int(c.integers(1, 31)),
    "yen": lambda c: int(c.integers(100, 90_000)),
    "kana": lambda c: child(c, BUSINESS_DATE).kana,
    "account_kana": lambda c: child(c, BUSINESS_DATE).kana,
    "name": lambda c: child(c, BUSINESS_DATE).name,
    "text": lambda c: clinic(c, "1").name,
    "address": lambda c: address(c)[1],
    "seal": lambda c: True,
    "tick": lambda c: True,
    "struck": lambda c: None,
}
