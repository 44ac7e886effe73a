"""The claims of the three schemes as told before anybody writes them: a patient, a month, money that closes. Touches rules.

A scheme says who its patients are and what they bear themselves; papers of one kind are told alike for all three.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tsuzuri.model import Value
from tsuzuri.rules.reckon import Case, reckon
from tsuzuri.rules.tables import Share, Tables
from tsuzuri.synth.borne import borne, ceiling, legal_share, payer_of, tenths_of
from tsuzuri.synth.people import (
    Chance,
    Clinic,
    Cover,
    Person,
    account,
    address,
    child,
    citizen,
    clinic,
    cover,
    maybe,
    parent,
    phone,
    pick,
    practice,
    recipient_no,
    with_check,
)

Story = dict[str, Value]

BUSINESS_DATE = date(2025, 10, 14)  # the day on which all these papers lie on the desk
MONTHS = tuple((2025, month) for month in (5, 6, 7, 8, 9))
OUTPATIENT = ("外来",) * 12 + ("調剤",) * 4 + ("歯科",) * 3


@dataclass(frozen=True, slots=True)
class Scheme:
    """`code` and `word` name the city's programme in the feed and on the application. `who` draws a patient of a month, `asker` who
    asks for that patient's refund. So many points more than what the patient bears at most, `over`, a told claim has at least:
    below, nothing is left to claim.
    """

    code: str
    word: str
    cares: tuple[str, ...]
    who: Callable[[Chance, date], Person]
    asker: Callable[[Chance, Person], Person]
    over: int = 0


def _child_or_parent(chance: Chance, month: date) -> Person:
    young = child(chance, month)
    return young if maybe(chance, 0.6) else parent(chance, young)


def _anybody(chance: Chance, month: date) -> Person:
    return citizen(chance, date(month.year - 85, 1, 1), date(month.year - 4, 1, 1))


def _grown_or_parent(chance: Chance, who: Person) -> Person:
    return who if who.birth.year < BUSINESS_DATE.year - 19 else parent(chance, who)


KODOMO = Scheme("01", "こども", (*OUTPATIENT, "入院"), child, parent, over=20)
HITORIOYA = Scheme("02", "ひとり親", (*OUTPATIENT, "入院"), _child_or_parent, _grown_or_parent)
JYUDO = Scheme("03", "重度", OUTPATIENT, _anybody, _grown_or_parent)


def own_of(chance: Chance, case: Case, tables: Tables) -> int:
    """What the patient bears; of two grades that may apply, either."""
    may = borne(case, tables)
    graded = any(row.grades for row in tables.on(Share, case.month) if row.scheme == case.scheme)
    return may[0] if not graded or maybe(chance, 0.5) else may[-1]


def _kougaku(case: Case, tables: Tables, chance: Chance) -> tuple[str | None, int | None]:
    if case.care != "入院":
        return None, None
    cls = pick(chance, ("ア", "イ", "ウ", "ウ", "ウ"))
    over = reckon(replace(case, kougaku_class=cls), tables).kougaku
    return cls, over or None


def month_of(chance: Chance) -> date:
    """The first day of a month that is over on the business date."""
    return date(*pick(chance, MONTHS), 1)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def claim(scheme: Scheme, chance: Chance, tables: Tables) -> Story:
    """医療費請求書: one patient, one month, one institution."""
    month = month_of(chance)
    who = scheme.who(chance, month)
    inout = pick(chance, scheme.cares)
    where = clinic(chance, {"歯科": "3", "調剤": "4"}.get(inout, "1"), hospital=inout == "入院")
    case = Case(scheme=scheme.code, month=f"{month:%Y-%m}", care=inout, birth=who.birth)
    tenths = tenths_of(case, tables)
    low = ceiling(case, tables) // tenths + scheme.over
    points = int(
        chance.integers(9_000, 45_000) if inout == "入院" else chance.integers(max(120, low), low + 2_400)
    )
    copay = legal_share(replace(case, points=points, tenths=tenths), tables)
    case = replace(case, points=points, copay=copay)
    cls, kougaku = _kougaku(case, tables, chance)
    paid = own_of(chance, replace(case, kougaku=kougaku), tables)
    left = copay - paid - (kougaku or 0)
    other = int(left * 0.4) // 10 * 10 if maybe(chance, 0.03) else None
    if other:       # what comes first of public payers lessens what patient and city share
        paid = own_of(chance, replace(case, kougaku=kougaku, others=other), tables)
        left = copay - paid - (kougaku or 0)
    return {
        **_head(chance, month, payer_of(scheme.code, case.month, tables)),
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


TREATMENTS = ("柔道整復", "柔道整復", "はり・きゅう", "マッサージ")
INJURIES = {
    "柔道整復": ("右足関節捻挫", "左手関節捻挫", "腰部捻挫", "頸部捻挫", "右膝関節打撲", "左大腿部挫傷", "右肩関節挫傷"),
    "": ("腰痛症", "頸腕症候群", "五十肩", "神経痛", "リウマチ", "頸椎捻挫後遺症"),
}


def treatment_claim(scheme: Scheme, chance: Chance, tables: Tables) -> Story:
    """医療費請求書（柔整・はりきゅう用）: a fee in yen, what was treated, and by whom."""
    month = month_of(chance)
    who = scheme.who(chance, month)
    what = pick(chance, TREATMENTS)
    where = practice(chance, what)
    case = Case(scheme=scheme.code, month=f"{month:%Y-%m}", care=what, birth=who.birth)
    tenths = tenths_of(case, tables)
    low = ceiling(case, tables) // tenths + scheme.over
    fee = int(chance.integers(max(120, low), low + 1_400)) * 10 + int(chance.integers(0, 10))
    copay = (fee * tenths + 5) // 10
    paid = own_of(chance, replace(case, fee=fee, copay=copay), tables)
    return {
        **_head(chance, month, payer_of(scheme.code, case.month, tables)),
        **_who(chance, who),
        **_asker(chance, where),
        "ratio": f"{tenths}割",
        "relation": "家族" if maybe(chance, 0.8) else "本人",
        "treatment": what,
        "days": int(chance.integers(1, 16)),
        "injury": pick(chance, INJURIES.get(what, INJURIES[""])),
        "started": (month - timedelta(days=int(chance.integers(-20, 60)))).isoformat(),
        "fee": fee,
        "copay": copay,
        "patient_paid": paid,
        "amount": copay - paid,
        "licence_no": f"{'協' if what == '柔道整復' else '契'}43{chance.integers(10_000, 99_999)}-{chance.integers(0, 5)}-0",
        "practitioner": where.head,
    }


def _head(chance: Chance, month: date, payer_no: str) -> Story:
    return {
        "service_ym": f"{month:%Y-%m}",
        "claim_date": (_next_month(month) + timedelta(days=int(chance.integers(0, 10)))).isoformat(),
        "recipient_no": recipient_no(chance),
        "payer_no": payer_no if maybe(chance, 0.8) else None,
        "received_stamp": True if maybe(chance, 0.85) else None,
    }


def _who(chance: Chance, who: Person) -> Story:
    card = card_of(chance, who)
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


def card_of(chance: Chance, who: Person) -> Cover:
    """From 75 on everybody is insured with 後期高齢者医療."""
    if who.birth.year < BUSINESS_DATE.year - 76:
        return Cover(with_check("3943001"), "後期", f"{chance.integers(10_000_000, 99_999_999)}")
    return cover(chance)


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


WORDS = ("こども", "ひとり親", "重度")


def application(scheme: Scheme, chance: Chance, tables: Tables) -> Story:
    """医療費助成申請書: somebody paid at up to four institutions in one month."""
    month = month_of(chance)
    who = scheme.who(chance, month)
    asks = scheme.asker(chance, who)
    card = card_of(chance, who)
    postal, home = address(chance)
    case = Case(scheme=scheme.code, month=f"{month:%Y-%m}", care="外来", birth=who.birth)
    rows, total = _receipts(chance, tenths_of(case, tables))
    fuka = int(total * 0.25) // 100 * 100 if total > 8_000 and maybe(chance, 0.35) else 0
    kougaku = int(total * 0.3) // 10 * 10 if total > 30_000 and maybe(chance, 0.35) else 0
    return {
        **rows,
        **account(chance, asks),
        "scheme": scheme.word if maybe(chance, 0.95) else pick(chance, tuple(w for w in WORDS if w != scheme.word)),
        "apply_date": (_next_month(month) + timedelta(days=int(chance.integers(0, 12)))).isoformat(),
        "applicant_kana": asks.kana,
        "applicant_name": asks.name,
        "relation": "その他" if maybe(chance, 0.04) else _relation(asks, who),
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
        "insured_name": asks.name if maybe(chance, 0.7) else scheme.asker(chance, who).name,
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


def _relation(asks: Person, who: Person) -> str:
    return "本人" if asks is who else "父" if asks.sex == "男" else "母"


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
