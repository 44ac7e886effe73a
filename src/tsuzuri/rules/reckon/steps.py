"""The reckoning's steps in a clerk's words: 1,234点 × 10円 × 2割 = 2,468円. Touches only tables."""

from __future__ import annotations

from tsuzuri.rules.reckon.case import Case, Reckoned, Step
from tsuzuri.rules.tables import ILLUSTRATIVE, Dated, Extra, Kougaku, Limit, Share


def yen(amount: int) -> str:
    """12,345円."""
    return f"{amount:,}円"


def basis(row: Dated) -> str:
    """Since when a row holds, and who says so: 2023年12月から、根拠 市議会報告."""
    year, month, day = (int(part) for part in row.valid_from.split("-"))
    since = f"{year}年{month}月" + (f"{day}日" if day != 1 else "")
    source = "例示・公表資料なし" if row.source == ILLUSTRATIVE else row.source
    return f"{since}から、根拠 {source}"


def legal(case: Case, total: int, tenths: int, unit: int, share: int | None) -> Step:
    """How the legal share comes about."""
    of = f"{case.points:,}点 × 10円" if case.points is not None else yen(total)
    rounded = "" if unit == 1 and total * tenths % 10 == 0 else f"（{unit}円未満四捨五入）"
    return Step("一部負担金", f"{of} × {tenths}割 = {yen(share or 0)}{rounded}", share)


def claimed(share: int) -> Step:
    """The legal share as claimed, from which all else is reckoned."""
    return Step("一部負担金", f"請求書の額 {yen(share)}で計算します。", share)


def no_ratio() -> Step:
    """Nothing to reckon from."""
    return Step("一部負担金", "点数か負担割合が分からないため、計算できません。")


def kougaku_told(amount: int) -> Step:
    """What the insurer bears, as the paper says."""
    return Step("高額療養費", f"請求書の額 {yen(amount)}", amount)


def kougaku(row: Kougaku, total: int, limit: int, share: int, many: bool) -> Step:
    """The class's limit, and what exceeds it."""
    how = "多数回該当" if many else yen(row.base)
    if not many and row.over is not None and total > row.over:
        percent = f"{float(row.rate * 100):g}%"
        how = f"{yen(row.base)} +（{yen(total)} − {yen(row.over)}）× {percent}"
    over = f"、超える{yen(share - limit)}は保険者が負担" if share > limit else "、限度額を超えません"
    return Step("高額療養費", f"限度額 {how} = {yen(limit)}（区分{row.cls}、{basis(row)}）{over}", max(0, share - limit))


def others(amount: int) -> Step:
    """What public payers that come first bear."""
    return Step("他公費", f"先に{yen(amount)}を負担", amount)


def extra(amount: int, rest: int, rule: Extra | None) -> Step:
    """附加給付: as the paper says, or by the insurer's rule."""
    how = f"{yen(rest)} − {yen(rule.keeps)}（{rule.unit:,}円未満切捨て、{basis(rule)}）" if rule else "請求書の額"
    return Step("附加給付", f"{how} = {yen(amount)}" if rule else f"{how} {yen(amount)}", amount)


def own(row: Share, amount: int, case: Case, said: str) -> Step:
    """What the patient bears, by which row."""
    whom = "・".join(word for word in (row.name, case.care) if word)
    return Step("受給者負担", f"{_ceiling(row)}（{whom}、{basis(row)}）{said}", amount)


def _ceiling(row: Share) -> str:
    if row.share == 0:
        return "自己負担なし"
    parts = []
    if row.share != 1:
        of = "総医療費" if row.of == "total" else "一部負担金"
        how = {"city_down": "市の負担は1円未満切捨て", "half_up": "1円未満四捨五入", "half_up_10": "10円未満四捨五入"}[row.round]
        parts.append(f"{of}の{row.share.denominator}分の{row.share.numerator}（{how}）")
    if row.each is not None:
        parts.append(f"1回 上限{yen(row.each)}" + (f"、月{row.times}回まで" if row.times is not None else ""))
    if row.month is not None:
        parts.append(f"上限 月{yen(row.month)}")
    return "、".join(parts) or "全額"


def paid_before(paid: int, left: int) -> str:
    """What the same month's earlier claims leave of the ceiling."""
    return f"。同じ月に{yen(paid)}を支払い済みのため、残り{yen(left)}まで"


def city(due: Reckoned, patient: int, amount: int) -> Step:
    """What is left for the city."""
    less = [due.kougaku, due.others, due.fuka]
    terms = [yen(due.copay), *(yen(one) for one in less if one), yen(patient)]
    return Step("助成額", f"{' − '.join(terms)} = {yen(amount)}", amount)


def refund(limit: Limit) -> Step:
    """The patient pays first."""
    why = f"一部負担金が{yen(limit.yen)}以上のため、"
    return Step("支給方法", f"{why}医療機関からの請求ではなく償還払いになります（{basis(limit)}）。")


def nothing_left() -> Step:
    """There is nothing to claim."""
    return Step("支給方法", "助成する額が残らないため、請求は成り立ちません。")


def not_helped(whom: str) -> Step:
    """Too young or too old."""
    return Step("対象年齢", f"診療月の初日に対象年齢（{whom}）ではないため、助成はありません。")


def no_rule(care: str) -> Step:
    """No table speaks of it."""
    return Step("助成の対象", f"「{care}」の自己負担が計算表に定められていません。")
