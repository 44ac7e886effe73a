"""Layouts for tests and figures, none of them ever tuned on: other labels, other orders, other papers than tuning's."""

from __future__ import annotations

from datetime import date

from tsuzuri.synth import stamps
from tsuzuri.synth.people import maybe, pick
from tsuzuri.synth.receipts.page import Layout, Page


def _month(page: Page) -> str:
    year, month = str(page.value("service_ym")).split("-")
    return pick(page.chance, (f"{year}年{int(month)}月", f"R{int(year) - 2018}.{int(month)}", f"{year}/{month}"))


def _period(page: Page) -> str:
    first, last = page.day("service_from"), page.day("service_to")
    return f"{first} - {last}" if page.value("service_from") != page.value("service_to") else first


def university(page: Page) -> None:
    """A4 from a large hospital: labels left of values in a wide head, money in a tall column at the right."""
    tale = page.tale
    page.put("inst_name", (14, 10, 110, 8), tale.where.name, size=4.6)
    page.put("inst_address", (14, 18, 110, 5), tale.where.address, size=2.8)
    page.put("inst_tel", (14, 23, 110, 5), f"電話番号 {page.tel()}", size=2.8)
    page.text((60, 34, 90, 10), pick(page.chance, ("診 療 費 領 収 書", "診療費領収書", "領収証")), "center", 6)
    page.pairs((14, 50), (24, 38, 24, 36, 24, 34), 8, (
        ("", "患者番号", tale.patient_no), ("patient_name", "お名前", f"{tale.who.name} 様"),
        ("inout", "入外区分", str(page.value("inout"))), ("", "診療科名", tale.department),
        ("service_ym", "診療年月", _month(page)), ("issue_date", "領収日", page.day("issue_date")), ("", "保険", "組合・家族"),
        ("ratio", "負担率", f"{tale.tenths * 10}％"), ("receipt_no", "領収番号", str(page.value("receipt_no"))),
    ))
    page.grid((14, 82), (44, 26), [7] * (len(tale.items) + 1))
    for i, (name, points) in enumerate(tale.items):
        page.text((14, 82 + 7 * i, 44, 7), name, size=3)
        page.text((58, 82 + 7 * i, 26, 7), f"{points:,}" if points else "", "right")
    page.text((14, 82 + 7 * len(tale.items), 44, 7), "保険点数合計", size=3)
    page.put("points", (58, 82 + 7 * len(tale.items), 26, 7), f"{page.value('points'):,}", "right")
    page.pairs((110, 82), (40, 44), 9, (
        ("copay", "自己負担額", page.yen("copay", after="円")), ("meals", "食事療養標準負担額", page.yen("meals", after="円")),
        ("own_cost", "自費料金", page.yen("own_cost", after="円")), ("", "消費税額", "0円"),
        ("", "今回請求金額", page.yen("paid", after="円")), ("", "前回未収金", "0円"),
        ("paid", "今回入金額", page.yen("paid", after="円")), ("", "今回未収金", "0円"),
    ))
    page.frame((150, 168, 30, 28), 0.3)
    page.text((150, 168, 30, 6), "領収印", "center", 2.8)
    page.paid_stamp((153, 172, 24, 24), stamps.VERMILION)


def small_clinic(page: Page) -> None:
    """A6 upright: one column of short lines, the total underlined."""
    tale = page.tale
    page.text((20, 6, 65, 9), "領収書", "center", 5.8)
    page.put("patient_name", (8, 18, 80, 8), f"{tale.who.name} 様", size=4.6)
    end = page.lines((10, 30, 85, 0), (
        ("service_from", "診療日", page.day("service_from")), ("receipt_no", "No.", str(page.value("receipt_no"))),
        ("points", "保険診療点数", f"{page.value('points'):,}点"), ("ratio", "ご負担割合", f"{tale.tenths}割"),
        ("copay", "保険負担金", page.yen("copay", after="円")), ("own_cost", "保険外負担金", page.yen("own_cost", after="円")),
    ), pitch=7)
    page.also("service_to", "service_ym")
    page.text((10, end + 2, 40, 10), "お支払金額", size=4)
    page.put("paid", (50, end + 2, 45, 10), page.yen("paid", "¥"), "right", 5.4)
    page.rule(10, end + 12, 95, end + 12, 0.4)
    page.text((10, end + 14, 85, 5), "上記のとおり領収いたしました。", size=2.8)
    page.put("inst_address", (10, 116, 80, 5), tale.where.address, size=2.6)
    page.put("inst_name", (10, 121, 66, 7), tale.where.name, size=4)
    page.put("inst_tel", (10, 128, 66, 5), f"℡ {page.tel()}", size=2.8)
    page.stamp((78, 118, 14, 14), stamps.VERMILION, "" if maybe(page.chance, 0.5) else "医院之印")


def pharmacy_roll(page: Page) -> None:
    """A thermal roll of 58 mm: the pharmacy's till."""
    tale, x, w = page.tale, 3, 52
    page.text((x, 4, w, 7), "領 収 書", "center", 5)
    page.put("inst_name", (x, 12, w, 5), tale.where.name, "center", 3.4)
    page.put("inst_address", (x, 17, w, 4), tale.where.address, "center", 2.3)
    page.put("inst_tel", (x, 21, w, 4), f"TEL {page.tel()}", "center", 2.6)
    hour, minute = page.chance.integers([9, 10], [19, 59])
    page.put("issue_date", (x, 27, w, 5), f"{page.day('issue_date')} {hour}時{minute}分", size=2.8)
    page.put("patient_name", (x, 32, w, 6), f"{tale.who.name} 様", size=3.8)
    page.rule(x, 39, x + w, 39, 0.15)
    end = page.lines((x, 40, w, 0), (
        ("points", "調剤点数", f"{page.value('points'):,}点"), ("copay", "一部負担金", page.yen("copay", after="円")),
        ("own_cost", "自費", page.yen("own_cost", after="円")),
    ), 3, 5)
    page.text((x, end + 1, 20, 8), "合計", size=4)
    page.put("paid", (x + 16, end + 1, w - 16, 8), page.yen("paid", "¥"), "right", 4.8)
    page.lines((x, end + 10, w, 0), (
        ("", "お預り金額", f"¥{tale.handed:,}"), ("", "おつり", f"¥{tale.handed - int(str(page.value('paid'))):,}"),
    ), 3, 5)
    page.burnt()
    page.stamp((38, end + 20, 12, 12), stamps.VIOLET)


def dental_below(page: Page) -> None:
    """A5 across from a dentist: everything in tables, labels above values, the issuer at the upper right."""
    tale = page.tale
    page.text((12, 8, 80, 9), "診療費 領収証", size=5.2)
    page.put("inst_name", (120, 8, 76, 7), tale.where.name, "right", 4)
    page.put("inst_address", (110, 15, 86, 5), tale.where.address, "right", 2.7)
    page.put("inst_tel", (120, 20, 76, 5), page.tel(), "right", 2.8)
    page.columns((12, 30), (50, 40, 44, 50), (7, 9), (
        ("patient_name", "患者様氏名", f"{tale.who.name} 様"), ("", "診察券番号", tale.patient_no),
        ("issue_date", "発行日", page.day("issue_date")), ("receipt_no", "整理番号", str(page.value("receipt_no"))),
    ), "center")
    page.columns((12, 50), (92, 92), (7, 9), (
        ("service_from", "診療期間", _period(page)), ("ratio", "負担割合", f"{tale.tenths}割"),
    ), "center")
    page.also("service_to", "service_ym")
    page.columns((12, 70), (36, 37, 37, 37, 37), (7, 10), (
        ("points", "合計点数", f"{page.value('points'):,}点"), ("copay", "患者負担額", page.yen("copay", after="円")),
        ("own_cost", "自費", page.yen("own_cost", after="円")), ("", "調整額", "0円"), ("paid", "領収金額", page.yen("paid", "¥")),
    ))
    page.text((12, 92, 120, 5), "※ 医療費控除の申告に必要です。再発行はいたしません。", size=2.6)
    page.frame((166, 92, 30, 26), 0.2)
    page.text((166, 92, 30, 5), "領収印", "center", 2.6)
    page.paid_stamp((170, 97, 22, 21), stamps.VERMILION if maybe(page.chance, 0.7) else stamps.VIOLET)


def orthopaedic(page: Page) -> None:
    """A5 upright: money at the left, who and when at the right, between them a rule."""
    tale = page.tale
    page.text((40, 8, 70, 10), "領　収　書", "center", 6.4)
    page.put("patient_name", (12, 24, 70, 9), f"{tale.who.name} 殿", size=5)
    page.put("receipt_no", (92, 22, 46, 6), f"伝票番号：{page.value('receipt_no')}", size=2.9)
    page.put("issue_date", (92, 28, 46, 6), f"領収日：{page.day('issue_date')}", size=2.9)
    page.frame((12, 38, 70, 14), 0.5)
    page.text((14, 38, 26, 14), "領収金額", size=4)
    page.put("paid", (40, 38, 40, 14), page.yen("paid", "¥", "※"), "right", 5.2)
    page.text((12, 56, 60, 5), "（内　訳）", size=3)
    page.lines((14, 62, 66, 0), (
        ("points", "保険点数", f"{page.value('points'):,}点"), ("copay", "窓口負担額", page.yen("copay", after="円")),
        ("own_cost", "保険適用外", page.yen("own_cost", after="円")), ("", "うち消費税", "0円"),
    ), pitch=7)
    page.rule(86, 40, 86, 96, 0.2)
    page.put("service_ym", (90, 60, 48, 6), f"診療月　{_month(page)}", size=3)
    page.put("inout", (90, 67, 48, 6), f"診療区分　{page.value('inout')}", size=3)
    page.put("ratio", (90, 74, 48, 6), f"割合　{tale.tenths}割", size=3)
    page.put("inst_name", (40, 150, 80, 7), tale.where.name, size=4.4)
    page.put("inst_address", (40, 157, 90, 5), f"〒860-0{page.chance.integers(100, 999)} {tale.where.address}", size=2.8)
    page.put("inst_tel", (40, 162, 60, 5), f"電話({page.tel()[:3]}){page.tel()[4:]}", size=2.8)
    page.stamp((118, 148, 15, 15), stamps.VERMILION, "整形外科印")


def needle(page: Page) -> None:
    """A wide continuous form: labels printed beforehand between rules, values by needles and a little off."""
    tale, ink = page.tale, page.ink
    page.text((60, 8, 90, 8), "診療費領収証書", "center", 5)
    heads = ("氏名", "診療年月", "負担割合", "総点数", "負担金額", "保険外", "領収金額")
    rows = page.grid((14, 24), (30, 62), [8] * len(heads))
    for (label, _), word in zip(rows, heads, strict=True):
        page.text(label, word, "center", 3)
    page.text((110, 26, 24, 6), "発行年月日", size=3)
    page.text((110, 36, 24, 6), "領収書番号", size=3)
    page.ink = (70, 70, 80)
    texts = (("patient_name", f"{tale.who.name} 様"), ("service_ym", _month(page)), ("ratio", f"{tale.tenths}割"),
             ("points", f"{page.value('points'):,}"), ("copay", page.yen("copay")), ("own_cost", page.yen("own_cost")),
             ("paid", page.yen("paid", "*")))
    off = float(page.chance.normal(0, 0.7))
    for (_, (x, y, w, h)), (name, text) in zip(rows, texts, strict=True):
        page.put(name, (x, y + off, w, h), text, "right" if name in ("points", "copay", "own_cost", "paid") else "left", 3.4)
    page.put("issue_date", (136, 26 + off, 50, 6), page.day("issue_date"), size=3.4)
    page.put("receipt_no", (136, 36 + off, 50, 6), str(page.value("receipt_no")), size=3.4)
    page.ink = ink
    page.dotted()
    page.put("inst_name", (112, 62, 70, 7), tale.where.name, size=4)
    page.put("inst_address", (112, 69, 82, 5), tale.where.address, size=2.8)
    page.put("inst_tel", (112, 74, 60, 5), f"TEL {page.tel()}", size=2.8)
    page.stamp((180, 60, 14, 14), stamps.VERMILION)


def stub(page: Page) -> None:
    """A pad whose amount stands in a band: date at the top right, 但し書き, issuer by stamp, all else by hand."""
    tale = page.tale
    page.written("issue_date", (120, 6, 50, 8), page.days(date.fromisoformat(str(page.value("issue_date")))), "right")
    page.text((10, 10, 60, 10), "領収書", size=7)
    page.written("patient_name", (10, 26, 90, 10), f"{tale.who.name}　様")
    page.rule(10, 36, 100, 36, 0.3)
    page.frame((10, 42, 150, 14), 0.6)
    page.text((14, 42, 20, 14), "合計金額", size=3.8)
    page.written("paid", (40, 42, 110, 14), page.yen("paid", "¥", "-"), "center")
    page.text((10, 60, 14, 7), "但し", size=3.4)
    page.written("", (26, 60, 90, 7), "診察・処方料として")
    page.shown.discard("")
    page.text((10, 68, 90, 5), "上記金額正に領収いたしました。", size=3)
    page.put("inst_address", (84, 78, 74, 5), tale.where.address, size=2.9)
    page.put("inst_name", (84, 83, 74, 7), tale.where.name, size=4.4)
    page.put("inst_tel", (84, 90, 60, 5), f"TEL {page.tel()}", size=2.9)
    page.stamp((152, 80, 14, 14), stamps.VERMILION, "医院之印" if maybe(page.chance, 0.6) else "")


def itemised(page: Page) -> None:
    """A4, 明細書付領収書: receipt above, items with their points below; only the head says what was paid."""
    tale = page.tale
    page.text((50, 10, 110, 9), "明細書付領収書", "center", 5.4)
    page.pairs((12, 24), (28, 64, 28, 66), 8, (
        ("patient_name", "受診者氏名", f"{tale.who.name} 様"), ("service_from", "受診日", page.day("service_from")),
        ("inout", "入・外", str(page.value("inout"))), ("receipt_no", "発行番号", str(page.value("receipt_no"))),
        ("points", "請求点数", f"{page.value('points'):,} 点"), ("ratio", "負担割合", f"{tale.tenths}割"),
        ("copay", "一部負担金", page.yen("copay", after=" 円")), ("own_cost", "自費分", page.yen("own_cost", after=" 円")),
        ("paid", "領収額", page.yen("paid", after=" 円")), ("issue_date", "領収年月日", page.day("issue_date")),
    ))
    page.also("service_to", "service_ym")
    page.put("inst_name", (110, 68, 70, 7), tale.where.name, size=4)
    page.put("inst_address", (110, 75, 86, 5), tale.where.address, size=2.8)
    page.put("inst_tel", (110, 80, 60, 5), f"TEL {page.tel()}", size=2.8)
    page.stamp((182, 66, 14, 14), stamps.VERMILION)
    page.text((12, 92, 60, 7), "診療明細", size=4)
    told = [(name, points) for name, points in tale.items if points]
    cells = page.grid((12, 100), (40, 96, 24, 26), [7] * (len(told) + 1))
    for cell, word in zip(cells[0], ("区分", "項目名", "点数", "回数"), strict=True):
        page.text(cell, word, "center", 3)
    for row, (name, points) in zip(cells[1:], told, strict=True):
        for i, text in enumerate((name, f"{name}（{tale.department}）", f"{points:,}", "1")):
            page.text(row[i], text, "left" if i < 2 else "right", 3)


LAYOUTS: dict[str, Layout] = {
    "hospital_university": (university, (210.0, 297.0), "1"),
    "small_clinic": (small_clinic, (105.0, 148.0), "1"),
    "pharmacy_roll": (pharmacy_roll, (58.0, 120.0), "4"),
    "dental_below": (dental_below, (210.0, 148.0), "3"),
    "orthopaedic": (orthopaedic, (148.0, 210.0), "1"),
    "needle": (needle, (210.0, 140.0), "1"),
    "stub": (stub, (176.0, 104.0), "1"),
    "itemised": (itemised, (210.0, 297.0), "1"),
}
