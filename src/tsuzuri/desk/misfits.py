"""What the forms' loader says of a draft, as whoever draws it would put it. The loader's own sentences are for operators.

One table: how a sentence begins to be told, and its Japanese. What is in no row is told with the loader's words behind it.
"""

from __future__ import annotations

import re

_NAME = r"'(?P<name>[^']*)'"
_SAYS: tuple[tuple[str, str], ...] = (
    (rf"unknown kind {_NAME}", "「{name}」という種類はありません。"),
    (r"box \[(?P<name>[^\]]*)\] does not lie on a (?P<wide>\S+) × (?P<high>\S+) mm paper",
     "枠（{name}）が用紙 {wide} × {high} mm からはみ出しています。"),
    (rf"unknown check {_NAME}", "「{name}」という点検はありません。"),
    (rf"check {_NAME} takes no '(?P<of>[^']*)'; it takes (?P<all>.*)",
     "点検 {name} に「{of}」は指定できません。指定できるもの：{all}"),
    (rf"check {_NAME} needs '(?P<of>[^']*)'", "点検 {name} の「{of}」を指定してください。"),
    (rf"check {_NAME}: '(?P<of>[^']*)' must be a list of fields",
     "点検 {name} の「{of}」には、$名前 を「,」で区切って並べてください。"),
    (rf"check {_NAME}: '(?P<of>[^']*)' must be", "点検 {name} の「{of}」には、この帳票にある欄を $名前 で指定してください。"),
    (rf"check {_NAME}: (?P<of>\w+): ", "点検 {name} の「{of}」には、この帳票にある欄を $名前 で指定してください。"),
    (rf"check {_NAME} reads .*/(?P<table>\w+)\.csv, which is missing",
     "点検 {name} に要る表 {table}.csv が帳票フォルダにありません。"),
    (rf"{_NAME} is named, but is no field of this form", "「{name}」が指定されていますが、この帳票にその欄はありません。"),
    (rf"\w+: \w+: {_NAME} is no field of kind (?P<kind>\w+)", "指定された「{name}」は、種類が {kind} の欄ではありません。"),
    (rf"unknown reader {_NAME}", "「{name}」という読取器はありません。"),
    (rf"unknown feed column {_NAME}", "連携ファイルに「{name}」という項目はありません。"),
    (rf"unknown word {_NAME}", "「{name}」という指定はここでは使えません。"),
    (rf"each: unknown table {_NAME}|cover: unknown table {_NAME.replace('name', 'other')}", "指定された表はこの帳票にありません。"),
    (rf"void: {_NAME} is no column of kind 'struck'", "抹消線の欄「{name}」が表にないか、種類が「行の抹消線」ではありません。"),
    (r"a column of '(?P<table>[^']*)' and a field of the paper are both called '(?P<name>[^']*)'",
     "表 {table} の列と紙面の欄が、同じ名前「{name}」です。どちらかを変えてください。"),
    (rf"table {_NAME} has no column '(?P<of>[^']*)'", "表 {name} に「{of}」という列はありません。"),
    (rf"field {_NAME} stands in no property|property {_NAME.replace('name', 'other')} has no box",
     "欄と項目定義（スキーマ）の名前が合いません。"),
    (r"columns of '(?P<name>[^']*)' differ", "表 {name} の列と項目定義（スキーマ）が合いません。"),
    (r"a field has exactly one of: box", "欄には枠・選択肢・年月日の枠のうち、ちょうど一つが要ります。"),
    (r"a form that is found by its rules has a title_box", "表題の枠を描いてください。"),
    (rf"version_of: {_NAME} is no form of its own", "元の様式「{name}」が見つかりません。"),
    (r"version_of: ", "元の様式と、欄の種類または連携する項目が合いません。"),
    (rf"in_use: {_NAME} is no field of kind wareki", "使用期間を判定する欄「{name}」は、種類を「日付（和暦）」にしてください。"),
    (rf"{_NAME} stands in more than one of", "「{name}」の確認方法が二重に指定されています。"),
    (r"unknown kind", "知らない種類が指定されています。"),
    (r"box\.\d: Field required", "枠は 左・上・幅・高さ の4つの数です。"),
    (r"Field required", "必須の項目がありません。"),
    (r"Input should be a valid (number|integer)|unable to parse string as a[n]? (number|integer)", "数で入力してください。"),
    (r"Input should be greater than (or equal to )?(?P<name>\S+)", "{name} より大きい数にしてください。"),
    (r"Input should be less than (or equal to )?(?P<name>\S+)", "{name} より小さい数にしてください。"),
    (r"Input should be a valid string|String should", "文字で入力してください。"),
    (r"Tuple should have|should have at (least|most)|Input should be a valid (tuple|list)",
     "枠は 左・上・幅・高さ の4つの数です。"),
    (r"Input should be (?P<name>'.*)", "使えるのは次のいずれかです：{name}"),
)
_KNOWN = tuple((re.compile(pattern), says) for pattern, says in _SAYS)
_MEANT = re.compile(r"did you mean '(?P<word>[^']*)'\?")
OTHERWISE = "この箇所の指定が正しくありません。（{message}）"


def misfit(message: str) -> str:
    """The sentence in Japanese, with the word that was probably meant."""
    if re.search(r"[ぁ-んァ-ヶ一-龠]{4}", message):
        return message
    for pattern, says in _KNOWN:
        if told := pattern.search(message):
            close = _MEANT.search(message)
            return says.format(**told.groupdict()) + (f"「{close['word']}」ではありませんか。" if close else "")
    return OTHERWISE.format(message=message)
