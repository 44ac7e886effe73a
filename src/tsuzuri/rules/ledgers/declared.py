"""The ledgers of the office, as data: their columns, what files call them, and which tell entries apart. Touches nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Check = Literal["", "warn", "refuse"]


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is ours and the table's; `titles` are what files call it, the first is shown. `cell` is a word of cells.CELLS.

    `check`: what a wrong check digit does. `needed`: a file must have the column, and each row must fill it.
    """

    name: str
    titles: tuple[str, ...]
    cell: str = "text"
    needed: bool = False
    check: Check = ""


@dataclass(frozen=True, slots=True)
class Bare:
    """A published file without a line of titles: its columns in their order (None: left alone), and what it takes for granted."""

    columns: tuple[Column | None, ...]
    constants: Mapping[str, str]


@dataclass(frozen=True)
class Ledger:
    """One ledger. `key`: the columns that name who or what a row is about; `dated`: rows hold from `since` to `until`.

    `shown` names the column by which people know a row; `private`: it is a citizen's, and masked in every diff.
    """

    name: str
    title: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    shown: str = "name"
    dated: bool = True
    private: bool = False
    bare: Bare | None = None
    places: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", {column.name: i for i, column in enumerate(self.columns)})

    def titled(self, name: str) -> Column | None:
        """The column that a file calls so."""
        return next((c for c in (*self.columns, *(SPAN if self.dated else ()), ACT) if name in (c.name, *c.titles)), None)


SPAN = (
    Column("since", ("有効開始日", "資格取得日", "開始日", "適用開始日", "開設日"), "day"),
    Column("until", ("有効終了日", "資格喪失日", "終了日", "適用終了日", "廃止日"), "day"),
)
ACT = Column("act", ("処理区分", "異動区分"), "act")      # of a delta alone: 削除 takes a row back, anything else brings one
ACCOUNT = (
    Column("account_bank", ("金融機関コード",), "digits4"),
    Column("account_branch", ("支店コード",), "digits3"),
    Column("account_kind", ("口座種目", "預金種目"), "account_kind"),
    Column("account_no", ("口座番号",), "digits7"),
    Column("account_holder", ("口座名義カナ", "口座名義"), "kana"),
)
NAME = Column("name", ("名称",), needed=True)
KANA = Column("kana", ("名称カナ", "カナ"), "kana")

RECIPIENTS = Ledger("recipients", "受給者", ("scheme", "recipient_no"), private=True, columns=(
    Column("scheme", ("制度", "制度区分"), "scheme", needed=True),
    Column("recipient_no", ("受給者番号",), "digits7", needed=True, check="warn"),
    Column("person", ("宛名番号",), needed=True),
    Column("name", ("氏名", "受給者氏名"), "name", needed=True),
    Column("kana", ("氏名カナ", "フリガナ", "カナ氏名"), "kana", needed=True),
    Column("birth", ("生年月日",), "day", needed=True),
    Column("sex", ("性別",), "sex"),
    Column("ward", ("区",)),
    Column("postal", ("郵便番号",), "postal"),
    Column("address", ("住所",)),
    Column("grade", ("区分", "等級")),
    Column("payer_no", ("公費負担者番号",), "digits8", check="warn"),
    Column("insurer_no", ("保険者番号",), "insurer", check="warn"),
    Column("symbol", ("記号",)),
    Column("number", ("番号",)),
    Column("branch", ("枝番",)),
    Column("next_no", ("新受給者番号",), "digits7", check="warn"),
    Column("others", ("他公費", "他公費法別番号"), "others"),
    *ACCOUNT,
))
INSTITUTIONS = Ledger(
    "institutions", "医療機関", ("code",), columns=(
        Column("code", ("医療機関コード",), "digits10", needed=True, check="warn"),
        Column("name", ("医療機関名", "名称"), needed=True),
        Column("table", ("点数表", "点数表区分"), "table", needed=True),
        Column("contract_since", ("契約開始日",), "day"),
        Column("contract_until", ("契約終了日",), "day"),
        Column("kana", ("医療機関名カナ", "名称カナ"), "kana"),
        Column("postal", ("郵便番号",), "postal"),
        Column("address", ("所在地", "住所")),
        Column("phone", ("電話番号",)),
        *ACCOUNT,
    ),
    bare=Bare((Column("code", ("医療機関コード",), "medical_code", needed=True, check="warn"), None, NAME,
               Column("postal", ("郵便番号",), "postal"), Column("address", ("所在地",))), {"table": "1"}),
)
INSURERS = Ledger("insurers", "保険者", ("number",), columns=(
    Column("number", ("保険者番号",), "insurer", needed=True, check="refuse"), Column("name", ("保険者名", "名称"), needed=True)))
BANKS = Ledger("banks", "金融機関", ("code",), columns=(
    Column("code", ("金融機関コード",), "digits4", needed=True), Column("name", ("金融機関名", "名称"), needed=True), KANA))
BRANCHES = Ledger("branches", "支店", ("bank", "code"), columns=(
    Column("bank", ("金融機関コード",), "digits4", needed=True), Column("code", ("支店コード",), "digits3", needed=True),
    Column("name", ("支店名", "名称"), needed=True), KANA))
POSTCODES = Ledger("postcodes", "郵便番号", ("code", "city", "town"), shown="town", dated=False, columns=(
    Column("code", ("郵便番号",), "postal", needed=True), Column("prefecture", ("都道府県",), needed=True),
    Column("city", ("市区町村",), needed=True), Column("town", ("町域",))))
CALENDAR = Ledger("calendar", "休日", ("day",), dated=False, columns=(
    Column("day", ("日付",), "day", needed=True), Column("name", ("休日名", "名称"), needed=True)))

LEDGERS: Mapping[str, Ledger] = {
    ledger.name: ledger for ledger in (RECIPIENTS, INSTITUTIONS, INSURERS, BANKS, BRANCHES, POSTCODES, CALENDAR)}
