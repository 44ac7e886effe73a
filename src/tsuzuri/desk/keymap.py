"""The keys of the desk, as data: the one table that the listener, F1, the buttons and the settings page are made from.

A chord is what a browser tells of a key: its `key` alone ("F2", "PageUp"), or with a modifier the place of the key ("Ctrl+KeyS",
"Alt+Digit1"), which stays the same under a Japanese input method. Each page has the keys of its mode alone, so that two modes may
give one key two meanings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

MODES = {
    "sheet": "一枚ごと", "run": "項目ごと", "carpet": "数字の照合", "second": "ブラインド入力", "judge": "裁定",
    "sample": "抜き取り",
}
EVERY = tuple(MODES)
VALUE, SEEN, WAY, ON, PAGE = "値を決める", "画像を見る", "欄を移る", "書類を進める", "この画面"
GROUPS = (VALUE, SEEN, WAY, ON, PAGE)
ONE = ("sheet",)
TYPED = ("sheet", "run", "second")
UNDONE = (*TYPED, "carpet", "sample")


@dataclass(frozen=True, slots=True)
class Act:
    """Something a key does in these modes; `word` says what, in Japanese. `plain`: a key that types may do it, for no input that
    could want the letter has the caret then.
    """

    name: str
    chord: str
    word: str
    group: str
    modes: tuple[str, ...]
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Fixed:
    """What a key does that stays as it is: every form works so, and hands know it."""

    key: str
    word: str
    group: str
    modes: tuple[str, ...]


ACTS = (
    Act("ditto", "F8", "直前の書類と同じ値を入れる（同じ受給者・同じ医療機関のとき）", VALUE, ONE),
    Act("blank", "F9", "紙に記入なし", VALUE, TYPED),
    Act("unreadable", "F10", "判読不能", VALUE, (*TYPED, "judge")),
    Act("senior", "F11", "監督者に判断を頼む（理由を書く）", ON, TYPED),
    *(Act(f"candidate{n}", f"Alt+Digit{n}", f"読み取り候補 {n} を選ぶ", VALUE, ONE) for n in range(1, 6)),
    Act("undo", "Ctrl+KeyZ", "直前の確認を取り消す（20件まで、次に進んだ後も）", VALUE, UNDONE),
    Act("toggle", "F2", "書類の全体を見る／戻る", SEEN, EVERY),
    Act("smaller", "F3", "画像を縮小", SEEN, ONE),
    Act("larger", "F4", "画像をさらに拡大", SEEN, ONE),
    Act("rotate", "F6", "画像を右に90度回す", SEEN, ONE),
    Act("contrast", "F7", "画像の濃さを変える（濃く／反転／元に戻す）", SEEN, ONE),
    Act("pageBack", "PageUp", "前の紙", SEEN, ONE),
    Act("pageOn", "PageDown", "次の紙", SEEN, ONE),
    Act("explain", "Alt+KeyK", "この欄の指摘の説明（もう一度で次の指摘）", WAY, ONE),
    Act("cellUp", "Alt+ArrowUp", "表で、上の行の欄へ", WAY, ONE),
    Act("cellDown", "Alt+ArrowDown", "表で、下の行の欄へ", WAY, ONE),
    Act("field", "Alt+KeyO", "この数字の欄を、項目ごとの確認で開く", WAY, ("carpet",)),
    Act("save", "Ctrl+KeyS", "保存", ON, ONE),
    Act("approve", "Ctrl+Enter", "承認して次の一枚へ", ON, ONE),
    Act("postpone", "Ctrl+Enter", "この画面は確認せず、次の画面へ", ON, ("carpet",)),
    Act("giveBack", "Alt+KeyR", "返戻（理由を書く）", ON, ONE),
    Act("leave", "Alt+KeyN", "承認せずに次の一枚へ", ON, ONE),
    Act("earlier", "Alt+ArrowLeft", "自分が処理した前の書類を見る（見るだけ。表の中では左の欄へ）", ON, ONE),
    Act("later", "Alt+ArrowRight", "見ている書類の次へ戻る（表の中では右の欄へ）", ON, ONE),
    Act("first", "1", "Ａが正しい", VALUE, ("judge",), plain=True),
    Act("second", "2", "Ｂが正しい", VALUE, ("judge",), plain=True),
    Act("other", "3", "別の値を入力する", VALUE, ("judge",), plain=True),
    Act("again", "0", "どちらも違う：ほかの二人が入力し直す", VALUE, ("judge",), plain=True),
    Act("right", "1", "○ 正しい", VALUE, ("sample",), plain=True),
    Act("wrong", "2", "× 誤り", VALUE, ("sample",), plain=True),
    Act("illegible", "3", "？ 誰にも読めない", VALUE, ("sample",), plain=True),
    Act("doubt", "Space", "疑わしい（もう一度で元に戻す）", VALUE, ("carpet",), plain=True),
    Act("keys", "F1", "キーの一覧", PAGE, EVERY),
)
FIXED = (
    Fixed("Enter", "この欄を確認して、次の「要確認」へ（最後の一つで指摘がなければ、承認して次の一枚へ）", VALUE, ONE),
    Fixed("Enter", "この欄を確認して次へ（最後の欄では次の画面へ）", VALUE, ("run",)),
    Fixed("Enter", "ほかはすべて読み取りどおり：確認して次の画面へ", VALUE, ("carpet",)),
    Fixed("Enter", "入力して、次の欄へ", VALUE, ("second",)),
    Fixed("Enter", "別の値を決める", VALUE, ("judge",)),
    Fixed("0 … 9", "正しい数字を入れる", VALUE, ("carpet",)),
    Fixed("1 … 9", "丸や印の欄で、その番目を選ぶ", VALUE, TYPED),
    Fixed("Space", "注意の「確認した」に印を付ける", VALUE, ONE),
    Fixed("Esc", "この欄を元の値に戻す", VALUE, ("sheet", "run", "carpet")),
    Fixed("Esc", "別の値をやめる", VALUE, ("judge",)),
    Fixed("Tab / Shift+Tab", "次の欄／前の欄（確認済みも含む）", WAY, ("sheet", "run")),
    Fixed("← ↑ ↓ →", "違う数字のところへ", WAY, ("carpet",)),
)
NAMES = {act.name: act for act in ACTS}

_CHORD = re.compile(r"(Ctrl\+)?(Alt\+)?(Shift\+)?(F\d{1,2}|Enter|PageUp|PageDown|Home|End|Insert|Pause|Arrow\w+|Key[A-Z]|Digit\d"
                    r"|Comma|Period|Slash|Semicolon|Minus|Equal|Space|Numpad\w+|Bracket\w+|Backslash|IntlRo|IntlYen)")
_TYPES = re.compile(r"(Shift\+)?(Key|Digit|Numpad|Comma|Period|Slash|Semicolon|Minus|Equal|Bracket|Backslash|Intl)\w*")
_PLAIN = re.compile(r"[0-9a-z/*\-+.]|Space")
# The browser's own, or a form's: no page can have them, or should.
_TAKEN = frozenset({"F5", "F12", "Enter", "Home", "End", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Space",
                    *(f"Ctrl+Key{letter}" for letter in "WTNACVXR")})
_SIGNS = {"ArrowLeft": "←", "ArrowRight": "→", "ArrowUp": "↑", "ArrowDown": "↓", "Comma": "，", "Period": "．", "Slash": "／"}


def of(mode: str) -> list[Act]:
    """What keys do in a mode; on a page of no mode there is the list of keys alone."""
    return [act for act in ACTS if mode in act.modes or act.name == "keys"]


def in_effect(own: Mapping[str, str]) -> dict[str, str]:
    """Act → chord, a person's own choices before the house's."""
    return {act.name: own.get(act.name, act.chord) for act in ACTS}


def told(own: Mapping[str, str]) -> list[dict[str, str]]:
    """Every act with its chord, the chord as a person reads it, and the house's."""
    keys = in_effect(own)
    return [{"name": act.name, "chord": keys[act.name], "shown": shown(keys[act.name]), "word": act.word, "house": shown(act.chord),
             "modes": "・".join(MODES[mode] for mode in act.modes) if act.modes != EVERY else "すべて"} for act in ACTS]


def grouped(mode: str, own: Mapping[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """All keys of a mode by what they are for, as F1 shows them: a heading, and under it each key with its word."""
    keys = in_effect(own)
    said = {group: [(one.key, one.word) for one in FIXED if mode in one.modes and one.group == group] for group in GROUPS}
    for act in of(mode):
        said[act.group].append((shown(keys[act.name]), act.word))
    return [(group, rows) for group, rows in said.items() if rows]


def shown(chord: str) -> str:
    """A chord as it stands on a keyboard: "Ctrl+S", "Alt+←"."""
    *held, last = [chord] if len(chord) == 1 else chord.split("+")
    return "+".join([*held, _SIGNS.get(last, re.sub(r"^(Key|Digit)", "", last))])


def trouble(own: Mapping[str, str]) -> dict[str, str]:
    """Act → what is wrong with the chord chosen for it, in Japanese; empty if all may be."""
    keys = in_effect(own)
    found = dict.fromkeys(own.keys() - NAMES.keys(), "この操作はありません。")
    for name, chord in own.items():
        act = NAMES.get(name)
        if act is None or (act.plain and _free_plain(act, chord)):
            pass
        elif not _CHORD.fullmatch(chord) or (_TYPES.fullmatch(chord) and chord != "Space"):
            found[name] = "このキーは使えません。F キーか、Ctrl・Alt と組み合わせたキーを選んでください。"
        elif chord in _TAKEN:
            found[name] = "このキーはブラウザーか入力に使うため、選べません。"
        if act and [other for other in ACTS if other is not act and keys[other.name] == chord and {*act.modes} & {*other.modes}]:
            found.setdefault(name, "ほかの操作と同じキーです。")
    return found


def _free_plain(act: Act, chord: str) -> bool:
    """Whether a key that types may do this: on the carpet digits are typed."""
    return bool(_PLAIN.fullmatch(chord)) and not ("carpet" in act.modes and chord.isdigit())
