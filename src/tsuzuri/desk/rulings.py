"""点検規則: the rules by which papers are judged, as they hold in this city. For everybody at the desk; nothing is changed here."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from tsuzuri.desk import words
from tsuzuri.desk.door import Door, page
from tsuzuri.desk.who import Anyone, TheLine
from tsuzuri.rules.rulebook import Constant, Ruling, holes

router = APIRouter(route_class=Door)
GROUPS = {"V": "医療費の請求・申請", "W": "そのほかの届出", "H": "読み取り・綴じ込み"}
# What a clerk reads in the place of a word that a paper fills, and of a parameter's name.
OPEN = {
    "label": "項目", "expected": "計算した値", "found": "書かれた値", "most": "最大", "limits": "対象年齢", "months": "月数",
    "chosen": "選んだ語", "answer": "答え", "expects": "書き方", "count": "数", "what": "内容", "title": "様式名",
    "pages": "枚数", "limit": "限度額", "least": "最小", "first": "先の日付の項目", "owner": "本人の項目",
    "numbers": "番号", "box": "箱番号",
    "reason": "理由の項目", "told": "書かれた数", "said": "書かれた額", "summed": "合計", "more": "件数の差", "over": "差額",
    "of": "区分", "days": "日数", "scan": "ファイル番号", "since": "開始日", "until": "終了日", "document": "書類番号",
    "payers": "公費", "usual": "ふだんの値", "meals": "食数", "how": "届き方", "ward": "区", "years": "年数",
    "school": "学校", "theirs": "連携先の符号", "reply": "連携先の説明", "halves": "表と裏の面数",
}
PARAMETERS = {
    "days": "日数", "permille": "千分率", "least": "最少", "distance": "違ってよい文字数", "contracts": "契約の有無も見る",
    "digits": "違ってよい桁数", "sigma": "標準偏差の倍数", "cls": "適用区分", "yearly": "特定用途の年数",
    "others": "そのほかの年数", "unit": "端数の単位", "slack": "許す差", "word": "語", "months": "月数",
    "needless": "添付の要らない理由",
}


@router.get("/rules")
def rules(request: Request, who: Anyone, line: TheLine) -> Response:
    """All rules, by what they are about, with the version of the rule book."""
    book = line.forms.rulebook
    with line.store.read() as look:
        used = {one.version: one for one in look.rulebooks()}
    first = used.get(book.version)
    rulings = list(book.rulings())
    return page(
        request, "rules.html", who=who, here="rules", version=book.version,
        since=f"{first.first_used.astimezone(line.zone):%Y年%-m月%-d日 %H:%M}" if first else "",
        groups=[(title, [_told(one) for one in rulings if one.code[0] == letter]) for letter, title in GROUPS.items()],
    )


def sentence(ruling: Ruling) -> str:
    """The rule's sentence, what a paper fills in brackets."""
    return ruling.sentence.format_map({hole: f"〔{OPEN.get(hole, '…')}〕" for hole in holes(ruling.sentence)})


def _told(ruling: Ruling) -> dict[str, Any]:
    _, word, tone = words.SEVERITIES[ruling.severity]
    return {
        "code": ruling.code, "active": ruling.active, "severity": word, "tone": tone, "act": ruling.act.value,
        "sentence": sentence(ruling),
        "of": "、".join(f"{PARAMETERS.get(name, name)} {_value(value)}" for name, value in ruling.of.items() if value != ""),
        "changed": ruling.changed,
    }


def _value(value: Constant) -> str:
    return ("はい" if value else "いいえ") if isinstance(value, bool) else str(value)
