"""A receipt as a person can read it: its records as lines of a drawn sheet (SVG), in the place where a paper has its picture."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from unicodedata import east_asian_width

from tsuzuri.model import Box
from tsuzuri.uke.layouts import Kind, Layout

WIDTH = 210.0
LEFT, TOP, STEP, SIZE = 8.0, 14.0, 5.2, 3.3         # mm: margins, a line, a letter
LABEL = 30.0                                        # mm, the column of names
ROOM = int((WIDTH - LEFT - LABEL - 6) / (SIZE / 2))   # half-width letters in a line
NAMES = {
    "IR": "医療機関", "UK": "受付", "YK": "薬局", "RE": "レセプト", "HO": "保険者", "KO": "公費", "SN": "資格確認",
    "JD": "受診日等",
    "MF": "窓口負担", "GR": "算定理由", "SY": "傷病名", "HS": "傷病名部位", "SI": "診療行為", "SS": "歯科診療行為", "IY": "医薬品",
    "TO": "特定器材", "CO": "コメント", "SJ": "症状詳記", "SH": "処方", "CZ": "調剤", "KI": "基本料・加算", "TK": "摘要",
    "ST": "訂正", "BU": "診断群分類", "SB": "傷病", "KK": "患者基礎", "SK": "診療関連", "GA": "外泊", "HH": "包括評価",
    "GT": "合計調整", "CD": "コーディング",
}
LABELS = {
    "number": "番号", "type": "種別", "month": "診療年月", "name": "氏名", "kana": "カナ", "sex": "男女", "birth": "生年月日",
    "benefit": "給付割合", "specials": "特記事項", "chart": "カルテ番号", "search": "検索番号", "insurer_no": "保険者番号",
    "symbol": "記号", "days": "日数", "points": "点数", "borne": "負担金額", "payer_no": "負担者番号", "recipient_no": "受給者番号",
    "whose": "負担者", "confirmed": "確認区分", "branch": "枝番", "phone": "電話", "from_prefecture": "処方元 都道府県",
    "from_table": "点数表", "from_code": "医療機関コード",
}
GAP = "　"
_FONTS = "'Noto Sans Mono CJK JP','IPAGothic','BIZ UDGothic','MS Gothic',monospace"


def paper(text: str, layout: Layout) -> tuple[float, float]:
    """Width and height in mm of the sheet on which these records are drawn."""
    return WIDTH, max(297.0, TOP + STEP * (sum(len(lines) for _, lines in _wrapped(text, layout)) + 2))


def places(text: str, layout: Layout) -> list[Box]:
    """Where each record stands on the sheet, in mm."""
    found, above = list[Box](), 0
    for _, lines in _wrapped(text, layout):
        found.append((LEFT - 2, TOP + STEP * above - 0.8, WIDTH - 2 * LEFT + 4, STEP * len(lines)))
        above += len(lines)
    return found


def picture(text: str, first: int, layout: Layout) -> bytes:
    """The sheet as SVG; `first` is the number of the receipt's first line in its file."""
    wide, high = paper(text, layout)
    rows, y = [], TOP
    for number, (name, lines) in enumerate(_wrapped(text, layout), first):
        rows.append(f'<text x="{LEFT}" y="{y + SIZE:.1f}" fill="#8a8a8a" font-size="2.6">{number}</text>'
                    f'<text x="{LEFT + 9}" y="{y + SIZE:.1f}" fill="#1d4f7a">{escape(name)}</text>')
        for line in lines:
            rows.append(f'<text x="{LEFT + LABEL}" y="{y + SIZE:.1f}" xml:space="preserve">{escape(line)}</text>')
            y += STEP
    title = f'<text x="{LEFT}" y="8" fill="#555">電子レセプト（{layout.title}）</text>'
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" width="{wide * 4:g}" height="{high * 4:g}" '
            f'font-family="{_FONTS}" font-size="{SIZE}">'
            f'<rect width="100%" height="100%" fill="#fff"/>{title}')
    return (head + "".join(rows) + "</svg>").encode()


def _wrapped(text: str, layout: Layout) -> Iterator[tuple[str, list[str]]]:
    """Each record's name, and its content in lines that fit."""
    for record in text.split("\n"):
        fields = record.split(",")
        kind = layout.kinds.get(fields[0].encode("ascii", "replace"))
        yield NAMES.get(fields[0], fields[0]), _lines(_said(fields, kind)) or [""]


def _said(fields: list[str], kind: Kind | None) -> str:
    """What a record says: fields under their names, a line of details with its points, times and days, or all that is not blank."""
    if kind is not None and kind.points > 0 and len(fields) > kind.times:
        return _detail(fields, kind)
    named = {place: LABELS[name] for name, place in (kind.at if kind is not None else {}).items() if name in LABELS}
    return GAP.join(f"{named[i]} {field.strip()}" if i in named else field.strip()
                    for i, field in enumerate(fields) if i and field.strip())


def _detail(fields: list[str], kind: Kind) -> str:
    first, behind = kind.days
    days = "・".join(f"{day}日" + (f"({many})" if many != "1" else "")
                    for day, many in enumerate(fields[first:behind], 1) if many)
    between = GAP.join(field for field in fields[4:kind.points] if field)
    points = f"{fields[kind.points]}点" if fields[kind.points] else "（次の行とまとめて）"
    rest = GAP.join(field for field in fields[kind.times + 1:first] if field)
    times, share, amount = f"{points} × {fields[kind.times]}回", f"負担 {fields[2]}", f"量 {between}" if between else ""
    told = (fields[1], share, fields[3], amount, times, days, rest)
    return GAP.join(word for word in told if word.strip())


def _lines(text: str) -> list[str]:
    lines, line, used = list[str](), "", 0
    for sign in text:
        width = 2 if east_asian_width(sign) in "WFA" else 1
        if used + width > ROOM:
            lines.append(line)
            line, used = "", 0
        line, used = line + sign, used + width
    return [*lines, line] if line else lines
