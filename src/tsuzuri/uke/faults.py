"""What may be wrong with an electronic receipt, as data: a code, its band, the domain's rule, and a sentence for clerks.

Bands are those of the 支払基金's own checks: L1 the file is refused, L2 the receipt, L3 it will come back, L4 to be looked at,
L48 information. Sentences never quote what the file says of a person.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from tsuzuri.model import Act, Finding, Severity

BANDS = {
    "L1": (Severity.F, Act.RETURN), "L2": (Severity.F, Act.RETURN), "L3": (Severity.E, Act.RETURN),
    "L4": (Severity.W, Act.INQUIRE), "L48": (Severity.I, Act.NONE),
}


@dataclass(frozen=True, slots=True)
class Sort:
    """One row of the table: `code` begins with its band's number, `rule` is the domain's (V59 …)."""

    code: str
    band: str
    rule: str
    sentence: str


SORTS: dict[str, Sort] = {sort.code: sort for sort in (
    # the file
    Sort("U101", "L1", "V59", "中身がありません（0バイト）。"),
    Sort("U102", "L1", "V59", "レセプト電算のファイルではありません（{what}）。"),
    Sort("U103", "L1", "V59", "文字コードが違います（{what}）。シフトJISのファイルを送ってください。"),
    Sort("U104", "L1", "V59", "シフトJISとして読めない文字があります。"),
    Sort("U105", "L1", "V59", "1行が長すぎます（{most:,}バイトまで）。改行がないか、壊れています。"),
    Sort("U106", "L1", "V59", "1項目が長すぎます（{most:,}バイトまで）。"),
    Sort("U107", "L1", "V59", "先頭が医療機関情報（IR・UK・YK）ではありません。"),
    Sort("U108", "L1", "V59", "請求書（GO）がないまま終わっています。途中で切れています。"),
    Sort("U109", "L1", "V59", "GOの総件数は{said:,}ですが、HOとKOの合計は{found:,}です。"),
    Sort("U110", "L1", "V59", "GOの総合計点数は{said:,}ですが、レセプトの合計点数の和は{found:,}です。"),
    Sort("U111", "L1", "V59", "レセプト共通（RE）より前か、請求書（GO）より後に{kind}があります。"),
    Sort("U112", "L1", "V59", "続きのボリュームがありません。全部のボリュームを一緒に指定してください。"),
    Sort("U113", "L1", "V59", "最初のボリューム（00）から始まっていないか、番号が続いていません。"),
    Sort("U114", "L1", "V59", "{kind}の項目数は{said}です（正しくは{least}から{count}）。"),
    Sort("U115", "L1", "V59", "{kind}の数字として読めません。"),
    Sort("U116", "L1", "V46", "同じ番号のレセプトが別の内容ですでに取り込まれています。"),
    Sort("U118", "L1", "V59", "1件のレセプトが長すぎます（{most:,}行、{bytes:,}バイトまで）。"),
    Sort("U119", "L1", "V59", "改行が復帰文字（CR）だけです。CRLFにしてください。"),
    # a receipt
    Sort("U201", "L2", "V59", "{kind}の項目数は{said}です（正しくは{least}から{count}）。"),
    Sort("U202", "L2", "V59", "{kind}の順番が違います。"),
    Sort("U203", "L2", "V59", "保険者（HO）も公費（KO）もありません。"),
    Sort("U204", "L2", "V59", "{kind}が多すぎます（{most}まで）。"),
    Sort("U205", "L2", "V59", "数字ではありません。"),
    Sort("U206", "L2", "V06", "年月として読めません。"),
    Sort("U207", "L2", "V11", "年月日として読めません。"),
    Sort("U208", "L2", "V59", "レセプト種別が4桁の数字ではありません。"),
    # what will come back
    Sort("U301", "L3", "V59", "合計点数は{said:,}ですが、明細の和は{found:,}です。"),
    Sort("U302", "L3", "V59", "回数は{said:,}ですが、算定日の和は{found:,}です。"),
    Sort("U303", "L3", "V59", "診療年月が請求年月より後です。"),
    Sort("U304", "L3", "V59", "この市の公費が2つ以上あります。"),
    # to be looked at
    Sort("U401", "L4", "V59", "終端の 0x1A がありません。"),
    Sort("U402", "L4", "V59", "改行がCRLFではありません（{many:,}行）。"),
    Sort("U403", "L4", "V59", "終端の 0x1A の後にも内容があります。"),
    Sort("U404", "L4", "V29", "医療機関コードの検証番号が合いません。"),
    Sort("U405", "L4", "V24", "保険者番号の桁数か検証番号が合いません。"),
    Sort("U406", "L4", "H05", "公費負担者番号の桁数か検証番号が合いません。"),
    Sort("U407", "L4", "V12", "公費受給者番号の桁数か検証番号が合いません。"),
    Sort("U408", "L4", "V60", "この市の法別番号ですが、都道府県番号は{prefecture}です。よその公費なので請求にしません。"),
    Sort("U409", "L4", "V59", "知らないレコード（{kind}）です。そのまま残します。"),
    Sort("U410", "L4", "V59", "{kind}の順番が違います。"),
    Sort("U411", "L4", "V59", "点数表が{title}のものではありません。"),
    # information
    Sort("U481", "L48", "V61", "検索番号があります。返戻後の再請求です。元のレセプトと見比べてください。"),
    Sort("U482", "L48", "V59", "{kind}の後ろの項目が省かれています（{said}項目、正しくは{count}）。"),
    Sort("U484", "L48", "V59", "支払側の形式（行番号付き）です。総件数と総合計点数は確かめられません。"),
    Sort("U483", "L48", "V61", "返戻ファイルの行（{kind}）です。そのまま残します。"),
)}


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault at a line (from 1) and field (from 1, the kind's letters being 1; 0: the whole line) of a volume (from 0)."""

    code: str
    line: int
    field: int = 0
    words: dict[str, Any] = dataclasses.field(default_factory=dict)
    volume: int = 0

    @property
    def sort(self) -> Sort:
        """Its row of the table."""
        return SORTS[self.code]

    @property
    def band(self) -> str:
        """L1 … L48."""
        return self.sort.band

    @property
    def severity(self) -> Severity:
        """How hard it stands in the way."""
        return BANDS[self.band][0]

    @property
    def message(self) -> str:
        """The sentence for a clerk."""
        return self.sort.sentence.format(**self.words)

    def as_finding(self) -> Finding:
        """The fault as it stands on a receipt's document: the domain's code, line and field named in the sentence."""
        severity, act = BANDS[self.band]
        where = f"{self.line}行目" + (f"の{self.field}項目め" if self.field else "")
        return Finding(self.sort.rule, severity, act, f"{where}：{self.message}")


class Spoilt(Exception):  # noqa: N818  no error of ours: a file that cannot be read on from here
    """A fault after which the rest of the file means nothing."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault
