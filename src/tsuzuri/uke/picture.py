"""A receipt as a person can read it: its records as lines of a drawn sheet (SVG), in the place where a paper has its picture."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from unicodedata import east_asian_width

from tsuzuri.model import Box

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
_FONTS = "'Noto Sans Mono CJK JP','IPAGothic','BIZ UDGothic','MS Gothic',monospace"


def paper(text: str) -> tuple[float, float]:
    """Width and height in mm of the sheet on which these records are drawn."""
    return WIDTH, max(297.0, TOP + STEP * (sum(len(lines) for _, lines in _wrapped(text)) + 2))


def place(text: str, record: int) -> Box:
    """Where a record (from 0) stands on the sheet, in mm."""
    above = 0
    for i, (_, lines) in enumerate(_wrapped(text)):
        if i == record:
            return LEFT - 2, TOP + STEP * above - 0.8, WIDTH - 2 * LEFT + 4, STEP * len(lines)
        above += len(lines)
    return 0.0, 0.0, WIDTH, STEP


def picture(text: str, first: int) -> bytes:
    """The sheet as SVG; `first` is the number of the receipt's first line in its file."""
    wide, high = paper(text)
    rows, y = [], TOP
    for number, (name, lines) in enumerate(_wrapped(text), first):
        rows.append(f'<text x="{LEFT}" y="{y + SIZE:.1f}" fill="#8a8a8a" font-size="2.6">{number}</text>'
                    f'<text x="{LEFT + 9}" y="{y + SIZE:.1f}" fill="#1d4f7a">{escape(name)}</text>')
        for line in lines:
            rows.append(f'<text x="{LEFT + LABEL}" y="{y + SIZE:.1f}" xml:space="preserve">{escape(line)}</text>')
            y += STEP
    head = (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:g} {high:g}" width="{wide * 4:g}" height="{high * 4:g}" '
            f'font-family="{_FONTS}" font-size="{SIZE}">'
            f'<rect width="100%" height="100%" fill="#fff"/><text x="{LEFT}" y="8" fill="#555">電子レセプト</text>')
    return (head + "".join(rows) + "</svg>").encode()


def _wrapped(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each record's name, and its content in lines that fit."""
    for record in text.split("\n"):
        kind, _, rest = record.partition(",")
        yield NAMES.get(kind, kind), _lines(_shortened(rest)) or [""]


def _shortened(rest: str) -> str:
    """Fields parted by a bar; the many empty ones left out but for how many they are."""
    told, blank = list[str](), 0
    for field in rest.rstrip(",").split(","):
        if field:
            told.append(f"{'・' * min(blank, 3)}{field.strip()}")
            blank = 0
        else:
            blank += 1
    return "｜".join(told)


def _lines(text: str) -> list[str]:
    lines, line, used = list[str](), "", 0
    for sign in text:
        width = 2 if east_asian_width(sign) in "WFA" else 1
        if used + width > ROOM:
            lines.append(line)
            line, used = "", 0
        line, used = line + sign, used + width
    return [*lines, line] if line else lines
