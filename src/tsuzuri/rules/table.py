"""The table of rules: code, severity, act and sentence, one row a rule. Touches only model.

V-codes (claims) and W-codes (other papers; not the severity W) are the domain's own; H-codes are the house's, for faults that
the domain gives no number. Sentences are for clerks: they name the field by its label, may quote sums of money, and never quote
a person's names or numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tsuzuri.model import STAMPED, STRUCK, WHITENED, Act, Box, Field, Finding, Severity, Value


@dataclass(frozen=True, slots=True)
class Entry:
    """One field as a check sees it: its value, the ink it came from, and what a clerk calls it."""

    name: str
    label: str
    kind: str
    value: Value
    raw: str = ""
    box: Box | None = None
    page: int | None = None
    marks: tuple[str, ...] = ()

    @property
    def number(self) -> int | None:
        """The value as an int, or None when blank or no number."""
        return self.value if isinstance(self.value, int) and not isinstance(self.value, bool) else None

    @property
    def text(self) -> str:
        """The value as text, "" when blank."""
        return self.value if isinstance(self.value, str) else ""


def entry(name: str, label: str, kind: str, field: Field) -> Entry:
    """A document's field as checks see it."""
    return Entry(name, label, kind, field.value, field.raw, field.box, field.page, field.marks)


Facts = Mapping[str, "Entry | Sequence[Entry]"]      # what a paper says of one claim: a word of FACTS → a field, or several
Rows = tuple[Mapping[str, Entry], ...]      # a table's rows, but for those crossed out: column → entry

# What a paper may say of a claim beside who it is for, and whether it must: `others` is what comes first of public payers, in yen.
FACTS: dict[str, bool] = {
    "month": True, "care": True, "copay": True, "birth": False, "points": False, "fee": False, "ratio": False, "days": False,
    "kougaku": False, "kougaku_class": False, "fuka": False, "others": False,
}
PROVING = frozenset({"month", "care", "copay", "birth"})      # without one of them nothing is reckoned, and nothing proved


@dataclass(frozen=True, slots=True)
class Rule:
    """One row. `sentence` has {label} and whatever words its check gives.

    `stands`: noted upon a field, it speaks of other papers too, and a person who settles the field does not settle that.
    """

    code: str
    severity: Severity
    act: Act
    sentence: str
    stands: bool = False


_F, _E, _W, _I = Severity.F, Severity.E, Severity.W, Severity.I
_BACK, _ASK, _MEND, _SCAN, _NONE = Act.RETURN, Act.INQUIRE, Act.AMEND, Act.RESCAN, Act.NONE

_TABLE = (
    Rule("V01", _F, _MEND, "枚数が合いません。"),
    Rule("V02", _E, _SCAN, "白紙・逆さ・傾きのおそれがあります。スキャンし直してください。"),
    Rule("V03", _E, _MEND, "様式が分かりません。様式を選ぶか、正しい箱に移してください。"),
    Rule("V04", _W, _ASK, "同じ画像がすでに届いています（{days}日前、{scan}）。二重請求でないか確認してください。"),
    Rule("V05", _W, _BACK, "「医療機関控」のようです。市提出用を送ってもらってください。"),
    Rule("V06", _E, _ASK, "{label}がないか、年月として読めません。"),
    Rule("V07", _E, _BACK, "{label}がまだ終わっていない月です。"),
    Rule("V08", _E, _BACK, "{label}から{months}か月を過ぎた請求です（時効）。"),
    Rule("V09", _W, _ASK, "{label}が診療月の終わりより前です。"),
    Rule("V10", _W, _MEND, "{label}の元号と年が合いません（例 平成36年）。西暦に直して読みました。"),
    Rule("V11", _E, _ASK, "{label}が暦にない日付か、日付として読めません。"),
    Rule("V12", _E, _MEND, "{label}の桁数か検証番号が合いません。"),
    Rule("V13", _E, _BACK, "{label}が受給者台帳にありません。"),
    Rule("V14", _W, _MEND, "{label}は切り替え前の番号です。新しい番号に直してください。"),
    Rule("V15", _E, _BACK, "診療月に資格がありません（資格は{since}から{until}まで）。"),
    Rule("V16", _W, _ASK, "{label}の途中で、資格・保険・区のいずれかが変わっています。分けて請求する月でないか確かめてください。"),
    Rule("V17", _W, _ASK, "{label}が受給者台帳と違います（旧姓・外字でないか確かめてください）。"),
    Rule("V18", _E, _ASK, "{label}が受給者台帳と違います。"),
    Rule("V19", _W, _MEND, "{label}が受給者台帳と違います。"),
    Rule("V20", _E, _BACK, "診療月の初日に対象年齢（{limits}）ではありません。"),
    Rule("V21", _E, _BACK, "{label}の法別番号が、この制度のものではありません。"),
    Rule("V22", _E, _BACK, "同じ診療が、別の制度でも請求されています（{document}）。"),
    Rule("V23", _W, _ASK, "先に使う公費があります：{payers}。他公費の負担額を確かめてください。"),
    Rule("V24", _E, _MEND, "{label}の桁数か検証番号が合いません。"),
    Rule("V25", _W, _ASK, "{label}が、受給者台帳のその月の保険と違います（保険の変更でないか確かめてください）。"),
    Rule("V26", _W, _MEND, "{label}が受給者台帳と違います。"),
    Rule("V27", _W, _ASK, "組合・共済の保険者番号です。附加給付の有無を確かめてください。"),
    Rule("V28", _E, _ASK, "{label}が年齢から決まる割合（{expected}）と違います。"),
    Rule("V29", _E, _MEND, "{label}の桁数か検証番号が合いません。"),
    Rule("V30", _E, _BACK, "{label}の医療機関は、{what}。"),
    Rule("V31", _W, _BACK, "{label}の点数表の区分が「{chosen}」と合いません。"),
    Rule("V32", _W, _ASK, "調剤の請求ですが、{label}がありません。"),
    Rule("V33", _E, _ASK, "{label}は1日からその月の日数（{most}日）までです。"),
    Rule("V34", _E, _ASK, "{label}がないか、0点か、7桁を超えています。"),
    Rule("V35", _W, _ASK, "1日あたり{found}点は、同じ区分の請求のほとんど（{usual}点以下）を超えています。"),
    Rule("V36", _E, _BACK, "点数×10は{expected}円ですが、{label}は{found}円です。"),
    Rule("V37", _E, _BACK, "負担割合から計算した額は{expected}円ですが、{label}は{found}円です。"),
    Rule("V38", _W, _ASK, "{label}が高額療養費の限度額（{limit}円）を超えていますが、適用区分がありません。"),
    Rule("V39", _E, _BACK, "{label}が{limit}円以上です。医療機関からの請求ではなく、償還払いになります。"),
    Rule("V40", _E, _BACK, "受給者の負担は{expected}円のはずですが、{label}は{found}円です。"),
    Rule("V41", _E, _BACK, "差し引きは{expected}円ですが、{label}は{found}円です。"),
    Rule("V42", _E, _BACK, "{label}が0円以下です。"),
    Rule("V43", _E, _BACK, "{label}が保険診療分より{over}円多く、食事代{meals}か保険外の費用が入っているようです。"),
    Rule("V44", _E, _BACK, "明細の合計は{expected}円ですが、{label}は{found}円です。"),
    Rule("V45", _E, _MEND, "明細は{expected}行ですが、{label}は{found}です。"),
    Rule("V46", _E, _BACK, "同じ受給者・医療機関・診療月・区分の請求がすでにあります（{document}）。"),
    Rule("V47", _W, _ASK, "よく似た請求がすでにあります（{document}）。受給者・医療機関・点数を確かめてください。"),
    Rule("V48", _E, _BACK, "同じ請求が{how}でも届いています（{document}）。"),
    Rule("V49", _W, _MEND, "返戻した請求（{document}）の出し直しのようです。つながりを確かめてください。"),
    Rule("V50", _W, _BACK, "{label}がありません。"),
    Rule("V51", _W, _ASK, "{label}に{what}がありますが、訂正印が見当たりません。紙を確かめてください。"),
    Rule("V52", _E, _ASK, "{label}が口座として正しくありません。"),
    Rule("V53", _I, Act.NONE, "個人番号（マイナンバー）が書かれていたので、画像と読み取り結果から消しました。"),
    Rule("V54", _W, _MEND, "{label}の読み取りに自信がありません。紙と見比べてください。"),
    Rule("V55", _E, _MEND, "{label}に、二人が違う値を入力しました。第三者が裁定します（裁定待ち）。"),
    Rule("V56", _E, _BACK, "領収書に{label}が見当たりません。"),
    Rule("V57", _W, _ASK, "{label}が「{answer}」です。"),
    Rule("V58", _W, _ASK, "この医療機関のその月の請求額が、ふだん（月平均{usual}円）から大きく外れています（目安{limit}円まで）。"),
    Rule("V59", _E, _BACK, "電子レセプトの記録に誤りがあります。"),          # uke/faults.py tells which, and in which line
    Rule("V60", _W, _ASK, "電子レセプトの公費が、ほかの都道府県のものです。"),
    Rule("V61", _I, _NONE, "電子レセプトは、返戻の後の再請求です。"),
    Rule("V62", _I, _MEND, "受給者台帳の区（{ward}）と、送ってきた区が違います。"),
    Rule("W01", _W, _ASK, "{label}は、全国の金融機関の一覧に{what}。"),
    Rule("W02", _E, _ASK, "{label}など、いずれか一つは必要ですが、一つもありません。"),
    Rule("W03", _W, _ASK, "{label}（金融機関届出印）がありません。"),
    Rule("W04", _W, _ASK, "{label}が{owner}と違いますが、続柄がありません。"),
    Rule("W05", _E, _ASK, "{label}は{least}以上のはずです。"),
    Rule("W06", _W, _ASK, "{label}が、消防法施行令別表第一の用途として読めません。"),
    Rule("W07", _W, _ASK, "点検から{years}年を過ぎて届け出られています。"),
    Rule("W08", _W, _ASK, "{label}がありません。"),
    Rule("W09", _W, _ASK, "{label}が{first}より前の日付です。"),
    Rule("W10", _W, _ASK, "{reason}に要る添付書類の印（{label}）がありません。"),
    Rule("W11", _W, _ASK, "{school}の{label}は{most}年までです。学齢簿を確かめてください。"),
    Rule("W12", _W, _ASK, "{label}が二度申請されています（{document}）。"),
    Rule("W13", _W, _ASK, "{label}が提出日から決まる年度と違います。"),
    Rule("W14", _W, _ASK, "{label}が家族の欄にもあります。住民基本台帳の世帯と人数を確かめてください。"),
    Rule("H01", _E, _ASK, "{label}が書かれていません。"),
    Rule("H02", _E, _MEND, "{label}を{expects}として読めません。"),
    Rule("H03", _E, _ASK, "{label}が二つ以上選ばれています。"),
    Rule("H04", _E, _MEND, "{label}の値がこの様式の決まりに合いません。"),
    Rule("H05", _E, _MEND, "{label}の検証番号が合いません。"),
    Rule("H06", _W, _MEND, "{label}は必ず人が確かめる項目です。"),
    Rule("H07", _W, _ASK, "{label}が業務日付より後です。"),
    Rule("H40", _W, _MEND, "個人番号（マイナンバー）かもしれない12桁の数字があります。そうであれば黒塗りにしてください。"),
    Rule("H41", _E, _MEND, "{label}を二つの読み取りが違う値に読みました。紙を見て決めてください。"),
    Rule("H42", _E, _MEND, "{label}は、二人がそれぞれ画像だけを見て入力する欄です（ブラインド入力待ち）。"),
    Rule("H43", _E, _BACK, "{label}は判読できません。何と書いたか、提出者に確かめてください。"),
    Rule("H50", _E, _MEND, "束に添えられた控え（{told}件・{said}円）が、束の請求（{count}件・{summed}円）と合いません。"),
    Rule("H51", _E, _MEND, "束に添えられた控え（{told}件・{said}円）が、総括表の合計（{count}件・{summed}円）と違います。"),
    Rule("H52", _F, _MEND, "印字番号 {numbers} の紙が届いていません。紙を探し、なければ数え直してください。"),
    Rule("H53", _W, _SCAN, "二重送りの疑いがあります（スキャナーの検知）。2枚が重なっていたら、スキャンし直してください。"),
    Rule("H54", _E, _MEND, "バッチシートの{what}は「{said}」ですが、この束は「{told}」として送られました。"),
    Rule("H55", _W, _NONE, "箱 {box} は{how}。"),
    Rule("H56", _E, _MEND, "表と裏の面数が合いません（{halves}）。どの裏がどの表のものか分からないため、組にしていません。"),
    Rule("H57", _W, _MEND, "{pages}枚目の裏面は、表面と別の紙にあります。裏の重なり順（逆順か）を紙で確かめてください。"),
    Rule("H61", _W, _MEND, "連携先が受け付けませんでした（{theirs}: {reply}）。"),
    Rule("H08", _W, _ASK, "「{answer}」と{label}の有無が食い違っています。"),
    Rule("H09", _E, _BACK, "写しか再発行の領収書のようです。原本かどうか確かめてください。"),
    Rule("H10", _E, _SCAN, "1枚に領収書が{count}通あるようです。1通ずつスキャンし直してください。"),
    Rule("H20", _E, _MEND, "この{title}の申請書が前にありません。前の書類に綴じるか、返戻してください。"),
    Rule("H21", _W, _ASK, "{pages}枚目は、この様式の添付として読み取っていない紙です。内容を見て確かめてください。"),
    Rule("H30", _I, _NONE, "{label}：この行は線で消されています。請求にも合計にも入れません。"),
    Rule("H31", _E, _ASK, "{label}は「〃」ですが、上の行に値がありません。"),
    Rule("H33", _E, _BACK, "総括表は{told}件・{said}円ですが、このバッチにある同じ医療機関・診療年月の請求は"
                           "{count}件・{summed}円です（差 {more}件・{over}円）。"),
    Rule("H35", _E, _BACK, "{label}：{of}は{told}ですが、このバッチにある同じ区分の請求は{summed}です。",
         stands=True),
    Rule("H32", _E, _MEND, "{label}が線で消されています。紙を見て、訂正後の値を入力してください。"),
    Rule("H34", _E, _MEND, "{label}の{what}決められません。紙を見て決めてください。"),
    Rule("H36", _E, _BACK, "「{chosen}」は、この制度の助成の対象として定められていません。"),
    Rule("H37", _W, _ASK, "{label}が、この様式の紙を使える期間（{limits}）の外です。いまの様式で出し直すか確かめてください。"),
    Rule("H60", _E, _MEND, "{label}は抜き取り検査で誤りと判定されました。紙を見て直してください。"),
    Rule("H22", _W, _ASK, "綴じてある紙は{expected}枚ですが、{label}は{found}です。"),
    Rule("H23", _W, _ASK, "綴じてある紙の合計は{expected}円ですが、{label}は{found}円です。"),
    Rule("H24", _W, _ASK, "{label}が、申請書の{what}と違います。同じ申請の紙か確かめてください。"),
    Rule("H25", _I, _NONE, "返戻した書類（{document}）の再提出です。"),
    Rule("H26", _W, _ASK, "返戻票が付いていますが、その書類（{document}）は返戻中ではありません。"
                          "どの書類の再提出か確かめてください。"),
)
RULES: dict[str, Rule] = {rule.code: rule for rule in _TABLE}
if len(RULES) < len(_TABLE):
    raise ValueError("two rules have one code: the first would be silently lost")

# What unreadable ink of a kind is called, where the domain has a number for it; H02 for all others.
_UNREADABLE = {"recipient_no": "V12", "insurer_no": "V24", "inst_code": "V29", "wareki": "V11", "ym": "V06",
               "account_no": "V52", "account_kana": "V52"}
_THERE = {"seal": "押印があるかどうか", "struck": "行が線で消されているかどうか"}
_MISSING = {"ym": "V06", "seal": "V50"}


def find(code: str, entry: Entry | None = None, severity: Severity | None = None, **words: object) -> Finding:
    """The finding of a rule upon an entry, its sentence filled; sums get their thousands separated."""
    rule = RULES[code]
    filled = {name: f"{word:,}" if isinstance(word, int) else str(word) for name, word in words.items()}
    message = rule.sentence.format(label=entry.label if entry else "", **filled)
    found = Finding(code, severity or rule.severity, rule.act, message, words={"label": entry.label if entry else "", **filled})
    return replace(found, field=entry.name, box=entry.box, page=entry.page) if entry else found


def unreadable(entry: Entry, expects: str) -> Finding:
    """The finding for ink that is not of its field's kind."""
    return find(_UNREADABLE.get(entry.kind, "H02"), entry, expects=expects)


def doubtful(entry: Entry) -> Finding:
    """The finding for a mark that lies between no and yes."""
    several = entry.raw.count("|") > 0
    what = "○や✓がどちらにかかるか" if several else _THERE.get(entry.kind, "印が付いているかどうか")
    return find("H34", entry, what=what)


def missing(entry: Entry) -> Finding:
    """The finding for a required field that is blank."""
    return find(_MISSING.get(entry.kind, "H01"), entry)


_ALTERED = {STRUCK: "線で消した跡", WHITENED: "修正液の跡のようなもの"}


def altered(entry: Entry) -> list[Finding]:
    """What was crossed out or painted over: H30 for a row (kind `struck`), H32 for a value, V51 where there is no 訂正印."""
    told = "H30" if entry.kind == "struck" and entry.value else "H32" if STRUCK in entry.marks else None
    found = [find(told, entry)] if told else []
    for mark in entry.marks:
        if mark in _ALTERED and (mark == WHITENED or STAMPED not in entry.marks):
            found.append(find("V51", entry, what=_ALTERED[mark]))
    return found


def key(finding: Finding) -> str:
    """What a clerk's acceptance names: "V54:amount", or the code alone for the whole paper."""
    return f"{finding.code}:{finding.field}" if finding.field else finding.code
