"""How the operator's page looks: HTML from what is to be said, everything escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from tsuzuri.station.journal import Batch
from tsuzuri.station.say import SIDES, WORDS, BatchLine, Look

STYLE = Path(__file__).with_name("page.css").read_text("utf-8")
STEPS = ("監視フォルダの中にフォルダを作って（名前は箱番号）スキャンするか、「新しいバッチ」を始めて直接スキャンします。"
         "紙を全部読み終えたら「締め切る」を押します。届いたファイルは sent フォルダへ移ります。")


def page(seen: Look, folder: Path, token: str) -> str:
    """The whole state. It asks for itself anew every ten seconds."""
    todo = [*_refused(seen, token), *_warned(seen), *_rescans(seen)]
    parts = [_header(seen)]
    if todo:
        parts.append(f"<section><h2>次にすること</h2><ul>{''.join(f'<li>{one}</li>' for one in todo)}</ul></section>")
    rows = "".join(_row(line, token) for line in seen.lines)
    head = "".join(f'<th{" class=n" if name in NUMBERS else ""}>{name}</th>' for name in COLUMNS)
    table = f"<table><tr>{head}</tr>{rows}</table>" if rows else "<p class=quiet>まだバッチがありません。</p>"
    parts.append(f'<section><h2>バッチ <a class="button first" href="/batch">新しいバッチ</a></h2>{table}</section>')
    growing = f"<p>書き込み中（または0バイト）: {escape('、'.join(seen.growing))}</p>" if seen.growing else ""
    parts.append(f"<section><h2>監視フォルダ</h2><p>{escape(str(folder))}</p>{growing}<p class=quiet>{STEPS}</p></section>")
    return _html("".join(parts), refresh=True)


AGAIN = "rescan "       # what the ticks of a form are called, before the document's id
COLUMNS = ("箱番号", "区・手続き", "状態", "申告", "保管", "送信済", "待ち", "不可", "")
NUMBERS = ("申告", "保管", "送信済", "待ち", "不可")


def form(declared: Mapping[str, Any], n: int, token: str, wanted: Sequence[Mapping[str, Any]] = ()) -> str:
    """What is to be said of a batch; `wanted` are the papers that it may bring again."""
    numeric = 'inputmode="numeric" pattern="[0-9]+"'
    inputs = "".join(
        f'<label>{called}<input name="{word}" value="{escape(str(declared.get(word) or ""))}" required maxlength="64" '
        f'autocomplete="off" {numeric if word == "sheets" else ""}></label>' for word, called in WORDS.items())
    sides = "".join(f'<option value="{word}"{" selected" if declared.get("collate") == word else ""}>{called}</option>'
                    for word, called in SIDES.items())
    inputs += f'<label>表と裏の順<select name="collate">{sides}</select></label>'
    inputs += "".join(
        f'<label class=tick><input type="checkbox" name="{AGAIN}{escape(str(one["document"]))}"'
        f'{" checked" if one["document"] in declared.get("rescans", ()) else ""}>'
        f'再スキャンの依頼: 箱 {escape(str(one["box"]))} の {escape(_names(one))}</label>' for one in wanted)
    note_ = "枚数は、スキャナに通した紙の枚数です（白紙を含む）。スキャナの表示か、手で数えた数を入力してください。"
    return _html(
        f'<header><b>{"バッチの申告" if n else "新しいバッチ"}</b></header><main><section><form method="post" action="/">'
        f'<input type="hidden" name="token" value="{token}"><input type="hidden" name="do" value="declare">'
        f'<input type="hidden" name="n" value="{n}">{inputs}<p class=quiet>{note_}</p>'
        f'<button class=first>この内容で始める</button><a class=button href="/">戻る</a></form></section></main>')


def sure(line: BatchLine, token: str) -> str:
    """Whether a batch is really to be closed that does not have what was declared."""
    told = (f"申告 {line.row.declared.get('sheets', '―')} 枚に対して、届いているのは {line.pages} 面です"
            f"（送信待ち {line.waiting} 件、不可 {line.refused} 件）。締め切ると、このバッチには追加できません。")
    box, button = escape(str(line.row.declared.get("box", ""))), _button("締め切る", "close-surely", line.row.n, token)
    return _html('<header class=bad><b>締め切ってよいですか</b></header><main><section>'
                 f'<p>箱 {box}: {escape(told)}</p><a class="button first" href="/">戻る</a>{button}</section></main>')


def note(said: str) -> str:
    """One sentence, and the way back."""
    return _html(f'<header class=bad><b>確認してください</b></header><main><section><p>{escape(said)}</p>'
                 '<a class="button first" href="/">戻る</a></section></main>')


def _header(seen: Look) -> str:
    if seen.troubles:
        said = " ".join(seen.troubles.values())
        waits = set(seen.troubles) == {"away"}
        return _head("away" if waits else "bad", "サーバーを待っています" if waits else "止まっています", said, seen)
    if seen.calls:
        return _head("bad", "確認が必要です", "下の「次にすること」と赤い行を見てください。", seen)
    if seen.waiting:
        return _head("", "送信しています", "このまま続けてください。", seen)
    return _head("", "すべて届いています", "送ったファイルは、すべて受領証を受け取りました。", seen)


def _head(kind: str, title: str, said: str, seen: Look) -> str:
    left = f"　手元に保管中: {seen.waiting} 件（なくなりません）" if seen.waiting else ""
    return f'<header class="{kind}" role="status"><b>{title}</b><p>{escape(said)}{left}</p></header><main>'


def _refused(seen: Look, token: str) -> list[str]:
    return [f"<span class=todo>箱 {escape(one.box)} の {escape(one.name)} は受け付けられませんでした。</span>{escape(one.why)}<br>"
            f"{_button('もう一度送る', 'again', one.n, token)}{_button('送らない', 'drop', one.n, token)}" for one in seen.refused]


def _warned(seen: Look) -> list[str]:
    return [f"箱 {escape(one.box)} の {escape(one.name)}（受領済み）: {escape(one.why)}" for one in seen.warned]


def _rescans(seen: Look) -> list[str]:
    return [f"<span class=todo>再スキャンの依頼</span> 箱 {escape(str(one['box']))} の "
            f"{escape(_names(one))}: {escape(str(one['why']))}<br>用紙を取り出し、新しいバッチとしてスキャンしてください。"
            "申告の画面で、この依頼に印を付けます。" for one in seen.rescans]


def _names(wanted: Mapping[str, Any]) -> str:
    return "、".join(wanted["names"]) or "、".join(map(str, wanted["files"])) + " 番"


def _row(line: BatchLine, token: str) -> str:
    told = line.row.declared
    buttons = ""
    if line.row.state is Batch.OPEN and line.row.office_id is None:
        buttons += f'<a class="button first" href="/batch?n={line.row.n}">申告を入力</a>'
    if line.row.state is Batch.OPEN and (line.accepted or line.waiting):
        buttons += _button("締め切る", "close", line.row.n, token)
    if line.row.state is Batch.STOPPED:
        buttons += _button("新しいバッチへ移す", "carry", line.row.n, token)
    todo = f"<div class=todo>{escape(line.todo)}</div>" if line.todo else ""
    box, of = escape(str(told.get("box", ""))), escape(f"{told.get('ward', '')} {told.get('procedure', '')}")
    cells = (f"<b>{box}</b>", of, f"{line.state}{todo}")
    numbers = ("―" if told.get("sheets", "") == "" else told["sheets"], line.pages, line.accepted, line.waiting, line.refused)
    return (f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}"
            f"{''.join(f'<td class=n>{escape(str(number))}</td>' for number in numbers)}<td>{buttons}</td></tr>")


def _button(called: str, do: str, n: int, token: str) -> str:
    told = (("token", token), ("do", do), ("n", n))
    hidden = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in told)
    return f'<form method="post" action="/">{hidden}<button>{called}</button></form>'


def _html(body: str, refresh: bool = False) -> str:
    again = '<meta http-equiv="refresh" content="10">' if refresh else ""
    return (f'<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>綴り スキャナ端末</title>{again}'
            f"<style>{STYLE}</style></head><body>{body}</main></body></html>")
