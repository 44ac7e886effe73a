"""Layouts for tuning: a hospital's table, a clinic's slip, a pharmacy, a dentist, a roll, a line printer, a stationer's pad."""

from __future__ import annotations

from datetime import date

from tsuzuri.synth import stamps
from tsuzuri.synth.people import maybe, pick
from tsuzuri.synth.receipts.page import Layout, Page
from tsuzuri.synth.receipts.tale import ITEMS

NOTE = "厚生労働省が定める診療報酬や薬価等には、医療機関等が仕入れ時に負担する消費税が反映されています。"
AGAIN = "この領収書の再発行はできませんので大切に保管してください。"


def hospital(page: Page) -> None:
    """A4, after the ministry's pattern: points by category over three rows, sums below, seal at the right."""
    tale = page.tale
    page.text((60, 12, 90, 10), pick(page.chance, ("領 収 証", "領　収　書", "診療費請求書兼領収書")), "center", 6.5)
    head = page.grid((12, 28), (26, 44, 26, 44, 22, 24), (8, 9))
    for cell, word in zip(head[0], ("患者番号", "氏　名", "受診科", "請求期間", "入・外", "負担割合"), strict=True):
        page.text(cell, word, "center", 2.8)
    page.text(head[1][0], tale.patient_no, "center")
    page.put("patient_name", head[1][1], f"{tale.who.name} 様", "center", 3.8)
    page.text(head[1][2], tale.department, "center")
    first, last = page.day("service_from"), page.day("service_to")
    page.put("service_from", head[1][3], first if first == last else f"{first}～{last}", "center", 2.8)
    page.also("service_to", "service_ym")
    page.put("inout", head[1][4], str(page.value("inout")), "center")
    page.put("ratio", head[1][5], f"{tale.tenths}割", "center")
    more = page.grid((12, 47), (26, 44, 26, 44), (8,))[0]
    for name, word, left, right, text in (
        ("receipt_no", "領収書No.", more[0], more[1], str(page.value("receipt_no"))),
        ("issue_date", "発 行 日", more[2], more[3], page.day("issue_date")),
    ):
        page.text(left, word, "center", 2.8)
        page.put(name, right, text, "center")
    _categories(page)
    _sums(page)
    page.text((12, 178, 186, 5), NOTE, size=2.4)
    page.text((12, 183, 186, 5), AGAIN, size=2.4)
    _issuer(page, (120, 196), 3.6)
    page.stamp((178, 196, 14, 14), stamps.VERMILION, "病院之印" if maybe(page.chance, 0.6) else "")


def _categories(page: Page) -> None:
    items = dict(page.tale.items)
    names = [*ITEMS["1"], "食事療養", "その他"]
    page.text((12, 60, 16, 6), "保　険", size=3)
    for band in range(2):
        cells = page.grid((12, 66 + band * 20), (31,) * 6, (7, 9))
        for cell, under, name in zip(cells[0], cells[1], names[band * 6:band * 6 + 6], strict=True):
            page.text(cell, name, "center", 2.7)
            page.text(under, f"{items[name]:,}点" if items.get(name) else "点", "right", 3.2)


def _sums(page: Page) -> None:
    rows = page.grid((12, 116), (40, 50), (9, 9, 9, 9, 9))
    for row, (name, word, text) in zip(rows, (
        ("points", "診療点数合計", f"{page.value('points'):,} 点"), ("copay", "保険分負担額", page.yen("copay", after=" 円")),
        ("meals", "食事療養費", page.yen("meals", after=" 円")), ("own_cost", "保険外負担", page.yen("own_cost", after=" 円")),
        ("", "消費税(内税)", "0 円"),
    ), strict=True):
        page.text(row[0], word, "center", 3)
        (page.put(name, row[1], text, "right", 3.6) if name else page.text(row[1], text, "right", 3.6))
    total = page.grid((116, 116), (32, 50), (9, 9, 14))
    for cells, (name, word, text) in zip(total, (
        ("", "前回未収額", "0 円"), ("", "今回請求額", page.yen("paid", after=" 円")), ("paid", "領収金額", page.yen("paid", "¥")),
    ), strict=True):
        page.text(cells[0], word, "center", 3)
        (page.put(name, cells[1], text, "right", 4.6) if name else page.text(cells[1], text, "right", 3.6))


def _issuer(page: Page, at: tuple[float, float], size: float) -> None:
    x, y = at
    where = page.tale.where
    page.put("inst_address", (x, y, 66, 6), where.address, size=size * 0.8)
    page.put("inst_name", (x, y + 6, 62, 7), where.name, size=size)
    page.put("inst_tel", (x, y + 13, 62, 6), f"TEL {page.tel()}", size=size * 0.85)


def clinic_slip(page: Page) -> None:
    """A5 across: a line of labels over a line of values, the total large."""
    tale = page.tale
    page.text((70, 8, 70, 9), pick(page.chance, ("領収書", "領収証", "診療費領収書")), "center", 6)
    page.put("patient_name", (14, 20, 80, 9), f"{tale.who.name}　様", size=5)
    page.rule(14, 29, 94, 29)
    page.text((120, 18, 22, 6), "領収日", size=3)
    page.put("issue_date", (142, 18, 52, 6), page.day("issue_date"))
    page.text((120, 24, 22, 6), "領収書番号", size=3)
    page.put("receipt_no", (142, 24, 52, 6), str(page.value("receipt_no")))
    head = page.grid((14, 34), (30, 24, 28, 34, 34, 32), (7, 10))
    for i, (name, word, text) in enumerate((
        ("service_ym", "診療月", _month(page)), ("ratio", "負担割合", f"{tale.tenths}割"),
        ("points", "保険点数", f"{page.value('points'):,}"), ("copay", "一部負担金", page.yen("copay")),
        ("own_cost", "自費", page.yen("own_cost")), ("paid", "合計金額", page.yen("paid")),
    )):
        page.text(head[0][i], word, "center", 2.9)
        page.put(name, head[1][i], text, "center" if i < 2 else "right", 3.8)
    page.text((14, 60, 26, 10), "領収金額", size=4)
    page.text((40, 58, 66, 12), page.yen("paid", "¥", "-"), size=7)
    page.rule(14, 71, 106, 71, 0.4)
    page.text((14, 74, 120, 6), "上記の金額を領収いたしました。", size=3)
    _issuer(page, (112, 84), 4)
    page.paid_stamp((176, 96, 21, 21), stamps.VERMILION)


def _month(page: Page) -> str:
    year, month = str(page.value("service_ym")).split("-")
    return f"令和{int(year) - 2018}年{int(month)}月"


def roll(page: Page) -> None:
    """A thermal roll of 80 mm: label at the left, amount at the right, line by line."""
    tale, y = page.tale, 6.0
    page.put("inst_name", (4, y, 72, 7), tale.where.name, "center", 4.6)
    page.put("inst_address", (4, y + 7, 72, 5), tale.where.address, "center", 2.6)
    page.put("inst_tel", (4, y + 12, 72, 5), f"電話 {page.tel()}", "center", 2.8)
    page.text((4, y + 19, 72, 9), pick(page.chance, ("領　収　書", "領 収 証", "領収書")), "center", 6)
    y += 31
    stamp = date.fromisoformat(str(page.value("issue_date")))
    page.put("issue_date", (4, y, 72, 5), f"{page.days(stamp)}  {page.chance.integers(9, 18)}:{page.chance.integers(10, 59)}")
    page.put("receipt_no", (4, y + 5, 72, 5), f"伝票番号:{page.value('receipt_no')}", size=2.8)
    page.put("patient_name", (4, y + 11, 72, 7), f"{tale.who.name} 様", size=4.2)
    page.text((4, y + 18, 72, 5), f"患者番号 {tale.patient_no}", size=2.8)
    y += 24
    page.rule(4, y, 76, y, 0.15)
    for name, word, text, size in (
        ("points", "点数合計", f"{page.value('points'):,}点", 3.2), ("ratio", "負担割合", f"{tale.tenths * 10}%", 3.2),
        ("copay", "保険負担額", page.yen("copay", after="円"), 3.2), ("own_cost", "保険外", page.yen("own_cost", after="円"), 3.2),
        ("paid", "合　計", page.yen("paid", "¥"), 5.0), ("", "お預り", f"¥{tale.handed:,}", 3.2),
        ("", "お釣り", f"¥{tale.handed - int(str(page.value('paid'))):,}", 3.2),
    ):
        high = size + 2
        page.text((4, y, 36, high), word, size=min(size, 4))
        if name:
            page.put(name, (36, y, 40, high), text, "right", size)
        else:
            page.text((36, y, 40, high), text, "right", size)
        y += high
    page.rule(4, y + 1, 76, y + 1, 0.15)
    page.text((4, y + 3, 72, 5), "ありがとうございました。お大事にどうぞ。", "center", 2.6)
    page.burnt()
    page.paid_stamp((50, y + 8, 20, 20), stamps.VIOLET)


def pharmacy(page: Page) -> None:
    """A5 upright: head in pairs, points by item, then the money."""
    tale = page.tale
    page.text((34, 8, 80, 9), pick(page.chance, ("調剤報酬領収証", "領収書", "領収証書")), "center", 5.4)
    page.pairs((12, 22), (26, 36, 26, 36), 8, (
        ("patient_name", "患者氏名", f"{tale.who.name}様"), ("", "生年月日", page.days(tale.who.birth)),
        ("service_from", "調剤日", page.day("service_from")), ("receipt_no", "領収No", str(page.value("receipt_no"))),
        ("", "保険種別", "社保 家族"), ("ratio", "負担率", f"{tale.tenths * 10}%"),
    ))
    page.also("service_to", "service_ym")
    end = page.lines((20, 52, 108, 0), [("", name, f"{points} 点" if points else "") for name, points in tale.items])
    page.rule(20, end + 1, 128, end + 1)
    end = page.lines((20, end + 2, 108, 0), (
        ("points", "請求点数", f"{page.value('points'):,} 点"), ("copay", "患者負担額", page.yen("copay", after=" 円")),
        ("own_cost", "保険外負担額", page.yen("own_cost", after=" 円")), ("", "（内消費税", f"{0:,} 円）"),
    ), pitch=7)
    page.frame((20, end + 2, 108, 12), 0.5)
    page.text((22, end + 2, 40, 12), "領収額", size=4.4)
    page.put("paid", (62, end + 2, 64, 12), page.yen("paid", "￥"), "right", 5.6)
    page.put("issue_date", (20, end + 18, 70, 6), f"発行日 {page.day('issue_date')}")
    _issuer(page, (20, 168), 3.6)
    page.text((20, 188, 60, 6), f"保険薬剤師 {tale.where.head}", size=3)
    page.stamp((104, 170, 14, 14), stamps.VERMILION, "薬局之印" if maybe(page.chance, 0.5) else "")


def dentist(page: Page) -> None:
    """B6 across: small, two columns of pairs, own treatment often dearer than the insured."""
    tale = page.tale
    page.text((8, 6, 60, 8), f"{tale.who.name} 殿", size=4.6)
    page.shown.add("patient_name")
    page.text((70, 6, 50, 9), "領　収　証", "center", 5.6)
    page.put("issue_date", (126, 7, 50, 6), page.day("issue_date"), "right")
    page.pairs((8, 20), (26, 30, 26, 30, 26, 34), 8, (
        ("receipt_no", "会計番号", str(page.value("receipt_no"))), ("", "患者コード", tale.patient_no),
        ("service_from", "受診日", page.day("service_from")), ("points", "診療点数", f"{page.value('points'):,}点"),
        ("ratio", "負担割合", f"{tale.tenths} 割"), ("copay", "保険分", page.yen("copay", after="円")),
        ("own_cost", "自費分", page.yen("own_cost", after="円")), ("", "物販", "0円"),
        ("paid", "お会計", page.yen("paid", after="円")),
    ))
    page.also("service_to", "service_ym")
    page.text((8, 50, 90, 6), f"但し 歯科診療代として　{tale.department}", size=3)
    page.put("inst_name", (90, 62, 70, 7), tale.where.name, size=4.4)
    page.put("inst_address", (90, 69, 80, 5), tale.where.address, size=2.8)
    page.put("inst_tel", (90, 74, 60, 5), f"TEL：{page.tel()}", size=2.8)
    page.stamp((160, 62, 13, 13), stamps.VERMILION)


def line_printer(page: Page) -> None:
    """A5 across from a needle printer: colons, no rules, amounts in one column."""
    tale, x = page.tale, 14
    page.text((70, 8, 70, 8), "＊＊＊ 領 収 書 ＊＊＊", "center", 4.6)
    page.put("patient_name", (x, 22, 90, 6), f"氏名　: {tale.who.name} 様", size=3.6)
    page.put("issue_date", (120, 22, 80, 6), f"発行年月日 : {page.day('issue_date')}", size=3.4)
    page.text((x, 29, 90, 6), f"患者番号: {tale.patient_no}", size=3.4)
    page.put("service_ym", (120, 29, 80, 6), f"診療年月 : {_month(page)}分", size=3.4)
    page.put("inout", (x, 36, 90, 6), f"入外区分: {page.value('inout')}", size=3.4)
    page.put("ratio", (120, 36, 80, 6), f"負担割合 : {tale.tenths}割", size=3.4)
    for i, (name, label, text) in enumerate((
        ("points", "合計点数", f"{page.value('points'):>9,} 点"), ("copay", "一部負担金額", f"{page.value('copay'):>9,} 円"),
        ("own_cost", "保険外", f"{page.value('own_cost'):>9,} 円"), ("paid", "今回領収額", f"{page.value('paid'):>9,} 円"),
    )):
        page.text((30, 52 + 8 * i, 46, 7), f"{label} ……", size=3.6)
        page.put(name, (80, 52 + 8 * i, 50, 7), text.strip(), "right", 3.6)
    _issuer(page, (110, 98), 3.8)
    page.dotted()
    page.paid_stamp((176, 108, 20, 20), stamps.VERMILION)


def pad(page: Page) -> None:
    """A stationer's pad: name, amount and purpose by hand, the clinic's rubber stamp below."""
    tale = page.tale
    page.text((50, 8, 70, 10), "領　収　証", "center", 7)
    page.text((118, 8, 12, 7), "No.", size=3.4)
    page.written("receipt_no", (128, 8, 40, 7), str(page.value("receipt_no")))
    page.written("patient_name", (14, 24, 80, 10), tale.who.name)
    page.text((94, 26, 10, 8), "様", size=4.6)
    page.rule(14, 35, 104, 35)
    page.frame((30, 42, 110, 15), 0.5)
    page.text((34, 42, 22, 15), "金額", size=4.6)
    page.written("paid", (58, 42, 80, 15), page.yen("paid", "¥", "-"))
    page.text((30, 60, 12, 7), "但", size=3.6)
    page.written("", (42, 60, 90, 7), pick(page.chance, ("診療代として", "調剤費", "治療費として")))
    page.shown.discard("")
    page.text((30, 68, 80, 6), "上記正に領収いたしました", size=3.2)
    page.written("issue_date", (120, 66, 50, 8), page.days(date.fromisoformat(str(page.value("issue_date")))))
    page.text((14, 78, 20, 5), "内訳", size=2.8)
    page.text((14, 83, 40, 5), "税抜金額", size=2.6)
    page.text((14, 88, 40, 5), "消費税額等", size=2.6)
    page.frame((14, 94, 20, 16), 0.2)
    page.text((14, 98, 20, 5), "収入印紙", "center", 2.6)
    _issuer(page, (90, 82), 4)
    page.stamp((158, 86, 14, 14), stamps.VERMILION, "" if maybe(page.chance, 0.4) else "医院之印")


def ward_bill(page: Page) -> None:
    """A4 upper half, 請求書兼領収書: the bill's columns, then what was paid; payments of other days beside."""
    tale = page.tale
    page.text((12, 10, 100, 9), "診療費請求書兼領収書", size=5.2)
    page.put("issue_date", (140, 11, 58, 6), f"領収年月日 {page.day('issue_date')}", "right", 3)
    _issuer(page, (120, 20), 3.4)
    page.pairs((12, 22), (24, 34, 18, 24), 8, (
        ("", "患者ＩＤ", tale.patient_no), ("inout", "区分", str(page.value("inout"))),
        ("patient_name", "患者氏名", f"{tale.who.name} 様"), ("ratio", "割合", f"{tale.tenths}割"),
    ))
    page.put("service_from", (12, 42, 110, 6), f"診療期間　{page.day('service_from')} ～ {page.day('service_to')}", size=3)
    page.also("service_to", "service_ym")
    page.columns((12, 52), (31,) * 6, (7, 9), (
        ("points", "保険合計点数", f"{page.value('points'):,}"), ("copay", "患者負担金", page.yen("copay")),
        ("meals", "食事負担額", page.yen("meals")), ("own_cost", "保険外合計", page.yen("own_cost")), ("", "消費税", "0"),
        ("", "請求額合計", page.yen("paid")),
    ))
    page.columns((74, 74), (31, 31, 31, 31), (7, 11), (
        ("", "前回未収金", "0"), ("", "今回請求額", page.yen("paid")), ("paid", "入金額", page.yen("paid")), ("", "未収残高", "0"),
    ))
    page.text((12, 96, 180, 5), NOTE, size=2.4)
    page.paid_stamp((22, 74, 20, 20), stamps.VIOLET)


LAYOUTS: dict[str, Layout] = {
    "hospital": (hospital, (210.0, 297.0), "1"),
    "clinic_slip": (clinic_slip, (210.0, 148.0), "1"),
    "roll": (roll, (80.0, 140.0), "1"),
    "pharmacy": (pharmacy, (148.0, 210.0), "4"),
    "dentist": (dentist, (182.0, 90.0), "3"),
    "line_printer": (line_printer, (210.0, 148.0), "1"),
    "pad": (pad, (182.0, 116.0), "1"),
    "hospital_bill": (ward_bill, (210.0, 297.0), "1"),
}
