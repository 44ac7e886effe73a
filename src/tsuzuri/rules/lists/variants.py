"""Letters of names that are written in several ways (異体字): for asking whether two papers name the same person.

Which one a family writes no list says and no kana proves: a value stays as it was read. Only what is compared is folded.
"""

from __future__ import annotations

import unicodedata

# Each group is one letter in several shapes, its everyday one first; letters that only read alike (佑, 裕) are not one.
# 斉 and 斎 are two letters to the dictionary, but one family's papers mix them.
LIVING = (
    "富冨", "凛凜", "崎﨑嵜", "高髙", "辺邊邉", "斎齋斉齊", "浜濱", "沢澤", "島嶋嶌", "広廣", "桜櫻", "国國",
    "恵惠", "徳德", "瀬瀨", "真眞", "竜龍", "滝瀧", "関關", "栄榮", "条條", "与與", "万萬", "宝寶",
    "寿壽", "実實", "静靜", "峰峯", "船舩", "桧檜", "槙槇", "遥遙", "弥彌",
)
# Of these the odd shape is rare, so that the everyday one is hardly ever a misreading of it.
RARE = (
    "吉𠮷", "柳栁", "巌巖", "園薗", "館舘", "蔵藏", "豊豐", "塩鹽", "宮宫", "桑桒", "曽曾", "増增",
    "鉄鐵", "剣劍", "尭堯", "亘亙", "涼凉", "帯帶", "応應", "恒恆", "戸戶", "来來", "満滿", "為爲",
    "畑畠", "礼禮", "穂穗", "翠翆", "郎郞", "学學", "寛寬", "楽樂", "気氣", "奥奧", "横橫", "円圓",
    "勲勳", "顕顯", "暁曉", "亜亞", "清淸", "青靑", "黒黑", "緑綠", "検檢", "駅驛", "沖冲", "浅淺",
    "渋澁", "渕淵", "薮藪",
)
VARIANTS = frozenset("".join(LIVING) + "祐佑裕")      # letters that stand in another shape in others' names, read alike
_EVERYDAY = str.maketrans({odd: group[0] for group in (*LIVING, *RARE) for odd in group[1:]})


def everyday(letter: str) -> str:
    """The shape in which others write it; itself, if it has but one."""
    return letter.translate(_EVERYDAY)


def as_person(name: str) -> str:
    """A name as it is compared where the question is who it is: without gaps, each letter in its everyday shape."""
    return "".join(unicodedata.normalize("NFKC", name).split()).translate(_EVERYDAY)
