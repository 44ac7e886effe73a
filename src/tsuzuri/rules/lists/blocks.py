"""How blocks are numbered (3丁目9番14号, 3-9-14): what stands there for a digit, and what is such a number. Touches nothing."""

from __future__ import annotations

import re
import unicodedata

_CHOME = re.compile(r"(?<=[0-9])[工エT丁个J][目且日自]")       # 丁目 behind a number, misread
# A 1 is hardly more than a stroke; Latin letters stand in no block's number.
_STROKES = dict.fromkeys("/\\|", "1")
_LETTERS = dict(zip("lIi!SsZzOoDBq", "1111552200089", strict=True))
_DIGITS = str.maketrans({**_STROKES, **_LETTERS, "ノ": "1"})
# ノ between a number and a number may be the の of 2の3; where no number stands before it, it is a stroke too.
_RUN = re.compile(r"(?:(?<=-)ノ|(?<=丁目)ノ|ノ(?=丁目))?[0-9/\\|lIi!SsZzOoDBq]*")
_OPENS = ("-", "丁目", "番", "番地")
_CLOSES = ("丁目", "番", "号", "-")
_WORD = str.maketrans("八力工口夕二卜千才", "ハカエロタニトチオ")
_NUMBER = "[1-9][0-9]{0,4}"
_BLOCK = re.compile(
    rf"(?:{_NUMBER}(?:-{_NUMBER}){{0,3}}"
    rf"|{_NUMBER}丁目(?:{_NUMBER}(?:-{_NUMBER}){{0,2}}|{_NUMBER}番(?:地?|地?[のノ-]?{_NUMBER}|{_NUMBER}号))?"
    rf"|{_NUMBER}番(?:地?|地?[のノ-]?{_NUMBER}|{_NUMBER}号))(?:\s*[^\W\d丁目番号].*)?",
)


def mended(address: str) -> str:
    """The address, half-width, with 丁目 and digits where only these can stand. Sound addresses stay as they are."""
    text = _CHOME.sub("丁目", unicodedata.normalize("NFKC", address))
    text = re.sub(r"(?<=[0-9号])\s?[八力工口夕二卜千才](?=[ァ-ヺー])", lambda found: found[0].translate(_WORD), text)
    return _CHOME.sub("丁目", _RUN.sub(lambda found: _as_number(text, found), text))


def is_block(tail: str) -> bool:
    """Whether what follows a town's name is a block's number, a building's name perhaps behind it."""
    return _BLOCK.fullmatch(tail) is not None


def as_place(address: str) -> str:
    """An address as it is compared: 3丁目9番14号 is 3-9-14, gaps do not count."""
    bare = "".join(mended(address).split())
    return re.sub(r"(?<=[0-9])(?:丁目|番地の?|番)(?=[0-9])", "-", re.sub(r"(?<=[0-9])(?:番地?|号)(?![0-9室])", "", bare))


def _as_number(text: str, found: re.Match[str]) -> str:
    run, left, right = found[0], text[: found.start()], text[found.end():]
    closes = not right or right[0].isspace() or right.startswith(_CLOSES)
    opens = left.endswith(_OPENS)
    if not run or run.isdecimal():
        return run
    if any(c in _LETTERS for c in run):
        numbered = closes and (opens or ("一" <= left[-1:] <= "龠" and right.startswith(("-", "丁目"))))
    else:
        numbered = closes or any(c.isdecimal() for c in run)
    return run.translate(_DIGITS) if numbered else run
