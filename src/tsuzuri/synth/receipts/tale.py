"""What a receipt says before any clinic's printer sets it: one patient, one bill that adds up. Touches rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tsuzuri.model import Value
from tsuzuri.synth.borne import legal_tenths
from tsuzuri.synth.people import GAP, Chance, Clinic, Person, child, clinic, maybe, parent, pick

ITEMS = {
    "1": ("初・再診料", "医学管理等", "在宅医療", "検査", "画像診断", "投薬", "注射", "処置", "手術", "リハビリ"),
    "3": ("初・再診料", "医学管理等", "検査", "画像診断", "投薬", "処置", "手術", "歯冠修復", "欠損補綴", "歯科矯正"),
    "4": ("調剤技術料", "薬学管理料", "薬剤料", "特定保険医療材料料"),
}
EXTRAS = ("文書料", "容器代", "診断書料", "室料差額", "選定療養費")
MONTHS = tuple(date(2025, month, 1) for month in (3, 4, 5, 6, 7, 8, 9))


@dataclass(frozen=True, slots=True)
class Visit:
    """Who was treated where, from the first day to the last, for how many points, and how many tenths the patient bears."""

    who: Person
    where: Clinic
    first: date
    last: date
    tenths: int
    points: int

    @property
    def copay(self) -> int:
        """Yen at the window, to the nearest ten."""
        return (self.points * self.tenths + 5) // 10 * 10


@dataclass(frozen=True, slots=True)
class Tale:
    """One bill. `values` are the fields' truth; the rest is what stands around them on the paper."""

    who: Person
    where: Clinic
    values: dict[str, Value]
    items: tuple[tuple[str, int], ...]
    extra: str
    patient_no: str
    clerk: str
    department: str
    handed: int
    next_visit: date
    tenths: int


def visit(chance: Chance, table: str, *, inpatient: bool = False) -> Visit:
    """Anybody's, at an institution of that 点数表; each part as often there as in life."""
    month = pick(chance, MONTHS)
    who = child(chance, month) if maybe(chance, 0.75) else parent(chance, child(chance, month))
    where = clinic(chance, table, hospital=inpatient or (table == "1" and maybe(chance, 0.3)))
    tenths = pick(chance, (2, 3, 3, 3, 1))
    first, last = _days(chance, month, inpatient)
    points = int(chance.integers(9_000, 48_000) if inpatient else chance.integers(70, 2_600))
    return Visit(who, where, first, last, tenths, points)


def visit_of(chance: Chance, application: Mapping[str, Value], row: int) -> Visit:
    """The visit for which a 医療費助成申請書 that says so asks money back in that row of its receipts (1 the first)."""
    said = {column: str(application[f"receipts.{row}.{column}"]) for column in ("institution", "inout", "paid")}
    month = date.fromisoformat(f"{application['service_ym']}-01")
    (surname, given), (surname_kana, given_kana) = (str(application[name]).split(GAP) for name in ("patient_name", "patient_kana"))
    birth = date.fromisoformat(str(application["birth"]))
    who = Person(surname, given, surname_kana, given_kana, "女", birth)       # no receipt says the sex, nor does the application
    inpatient = said["inout"] == "入院"
    where = clinic(chance, "4" if said["inout"] == "調剤" else "1", hospital=inpatient)
    tenths = legal_tenths(birth, f"{month:%Y-%m}")
    first, last = _days(chance, month, inpatient)
    return Visit(who, replace(where, name=said["institution"]), first, last, tenths, int(said["paid"]) // tenths)


def _days(chance: Chance, month: date, inpatient: bool) -> tuple[date, date]:
    first = month + timedelta(days=int(chance.integers(0, 20)))
    return first, first + timedelta(days=int(chance.integers(2, 8))) if inpatient else first


def tell(chance: Chance, of: Visit) -> Tale:
    """The bill of a visit; money consistent."""
    inpatient = of.last > of.first
    meals = int(chance.integers(3, 20)) * 490 if inpatient else 0
    own = pick(chance, (0, 0, 0, 110, 550, 1_100, 3_300, 5_500))
    paid = of.copay + meals + own
    number = pick(chance, (f"{chance.integers(1, 999_999):06d}", f"{chance.integers(1, 99_999):08d}",
                           f"R7-{chance.integers(1, 99_999):05d}", f"2025{chance.integers(1, 99_999):05d}"))
    where, month = of.where, of.first.replace(day=1)
    values: dict[str, Value] = {
        "patient_name": of.who.name, "inst_name": where.name, "inst_address": where.address, "inst_tel": where.tel,
        "inst_code": where.code, "issue_date": of.last.isoformat(), "service_from": of.first.isoformat(),
        "service_to": of.last.isoformat(), "service_ym": f"{month:%Y-%m}", "inout": "入院" if inpatient else "外来",
        "ratio": f"{of.tenths}割", "points": of.points, "copay": of.copay, "meals": meals, "own_cost": own, "paid": paid,
        "receipt_no": number, "seal": True,
    }
    return Tale(
        of.who, where, values, _split(chance, of.points, ITEMS[where.table]), pick(chance, EXTRAS),
        f"{chance.integers(100, 99_999)}", parent(chance, child(chance, month)).surname,
        pick(chance, ("内科", "小児科", "皮膚科", "整形外科", "耳鼻咽喉科")),
        -(-paid // 1000) * 1000, of.last + timedelta(days=14), of.tenths,
    )


def _split(chance: Chance, points: int, names: tuple[str, ...]) -> tuple[tuple[str, int], ...]:
    """The points, split over a few of the items."""
    count = min(len(names), int(chance.integers(2, 5)))
    chosen = sorted(chance.choice(len(names), count, replace=False))
    cuts = sorted(int(c) for c in chance.integers(1, max(2, points), count - 1))
    parts = [b - a for a, b in zip([0, *cuts], [*cuts, points], strict=True)]
    held = dict(zip(chosen, parts, strict=True))
    return tuple((name, held.get(i, 0)) for i, name in enumerate(names))
