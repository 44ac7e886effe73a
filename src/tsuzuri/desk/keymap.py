"""The keys of the desk, as data: the one table that the listener, F1, the buttons and the settings page are made from.

A chord is what a browser tells of a key: its `key` alone ("F2", "PageUp"), or with a modifier the place of the key ("Ctrl+KeyS",
"Alt+Digit1"), which stays the same under a Japanese input method.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Act:
    """Something a key does; `word` says what, in Japanese."""

    name: str
    chord: str
    word: str


SHEET = (
    Act("toggle", "F2", "画像の全体／拡大"),
    Act("smaller", "F3", "画像を縮小"),
    Act("larger", "F4", "画像をさらに拡大"),
    Act("rotate", "F6", "画像を右に90度回す"),
    Act("contrast", "F7", "画像の濃さを変える（濃く／反転／元に戻す）"),
    Act("ditto", "F8", "直前の書類と同じ値を入れる"),
    Act("blank", "F9", "紙に記入なし"),
    Act("unreadable", "F10", "判読不能"),
    Act("senior", "F11", "監督者に判断を頼む（理由を書く）"),
    *(Act(f"candidate{n}", f"Alt+Digit{n}", f"読み取り候補 {n} を選ぶ") for n in range(1, 6)),
    Act("undo", "Ctrl+KeyZ", "直前の確認を取り消す（20件まで、次の書類に進んだ後も）"),
    Act("save", "Ctrl+KeyS", "保存"),
    Act("approve", "Ctrl+Enter", "承認して次の一枚へ"),
    Act("giveBack", "Alt+KeyR", "返戻（理由を書く）"),
    Act("leave", "Alt+KeyN", "承認せずに次の一枚へ"),
    Act("explain", "Alt+KeyK", "この欄の指摘の説明（もう一度で次の指摘）"),
    Act("cellUp", "Alt+ArrowUp", "表で、上の行の欄へ"),
    Act("cellDown", "Alt+ArrowDown", "表で、下の行の欄へ"),
    Act("earlier", "Alt+ArrowLeft", "自分が処理した前の書類を見る（見るだけ。表の中では左の欄へ）"),
    Act("later", "Alt+ArrowRight", "見ている書類の次へ戻る（表の中では右の欄へ）"),
    Act("pageBack", "PageUp", "前の紙"),
    Act("pageOn", "PageDown", "次の紙"),
    Act("keys", "F1", "キーの一覧"),
)
# What stays as it is: every form works so, and hands know it.
FIXED = (
    ("Enter", "この欄を確認して、次の「要確認」へ"), ("Tab / Shift+Tab", "次の欄／前の欄（確認済みも含む）"),
    ("1 … 9", "丸や印の欄で、その番目を選ぶ"), ("Space", "注意の「確認した」に印を付ける"), ("Esc", "この欄を読み取りの値に戻す"),
)
NAMES = frozenset(act.name for act in SHEET)

_CHORD = re.compile(r"(Ctrl\+)?(Alt\+)?(Shift\+)?(F\d{1,2}|Enter|PageUp|PageDown|Home|End|Insert|Pause|Arrow\w+|Key[A-Z]|Digit\d"
                    r"|Comma|Period|Slash|Semicolon|Minus|Equal|Space|Numpad\w+|Bracket\w+|Backslash|IntlRo|IntlYen)")
_TYPES = re.compile(r"(Shift\+)?(Key|Digit|Numpad|Comma|Period|Slash|Semicolon|Minus|Equal|Bracket|Backslash|Intl)\w*")
# The browser's own, or a form's: no page can have them, or should.
_TAKEN = frozenset({"F5", "F12", "Enter", "Home", "End", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Space",
                    *(f"Ctrl+Key{letter}" for letter in "WTNACVXR")})
_SIGNS = {"ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓", "Comma": "，", "Period": "．", "Slash": "／"}


def in_effect(own: Mapping[str, str]) -> dict[str, str]:
    """Act → chord, a person's own choices before the house's."""
    return {act.name: own.get(act.name, act.chord) for act in SHEET}


def told(own: Mapping[str, str]) -> list[dict[str, str]]:
    """Every act with its chord, the chord as a person reads it, and the house's."""
    keys = in_effect(own)
    return [{"name": act.name, "chord": keys[act.name], "shown": shown(keys[act.name]), "word": act.word, "house": shown(act.chord)}
            for act in SHEET]


def shown(chord: str) -> str:
    """A chord as it stands on a keyboard: "Ctrl+S", "Alt+←"."""
    *held, last = chord.split("+")
    return "+".join([*held, _SIGNS.get(last, re.sub(r"^(Key|Digit)", "", last))])


def trouble(own: Mapping[str, str]) -> dict[str, str]:
    """Act → what is wrong with the chord chosen for it, in Japanese; empty if all may be."""
    keys = in_effect(own)
    found = dict.fromkeys(own.keys() - NAMES, "この操作はありません。")
    for name, chord in own.items():
        if not _CHORD.fullmatch(chord) or _TYPES.fullmatch(chord):
            found[name] = "このキーは使えません。F キーか、Ctrl・Alt と組み合わせたキーを選んでください。"
        elif chord in _TAKEN:
            found[name] = "このキーはブラウザーか入力に使うため、選べません。"
        elif [other for other in keys if other != name and keys[other] == chord]:
            found.setdefault(name, "ほかの操作と同じキーです。")
    return found
