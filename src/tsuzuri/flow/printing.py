"""What is printed about paper itself: the ledger of a day, the certificate that boxes left. Worded here, set by synth."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from tsuzuri.errors import Stuck, WrongTurn
from tsuzuri.flow.balance import Balance, balance
from tsuzuri.flow.line import Line
from tsuzuri.forms import Letters
from tsuzuri.model import BoxStep, Carton, Column, Listing, Removal, Table
from tsuzuri.store import boxes
from tsuzuri.store.books import By, Ledger, Within, books
from tsuzuri.store.files import sync_folder
from tsuzuri.synth.listing import listing_pdf

ACCOUNTS = {"fed": "申告", "awaited": "未着", "stored": "保管", "exported": "連携済", "filed": "綴込済", "in_work": "作業中",
            "returned": "返戻", "blank": "白紙", "separator": "区切り"}
MOST_BOXES = 500        # of a day's ledger, a row each; a ward has a few a day
TITLES = {BoxStep.DESTROYED: "廃棄証明書", BoxStep.RETURNED: "返却書"}

RULES = ("計算", "申告 ＝ 保管 ＋ 未着"), ("", "保管 ＝ 連携済 ＋ 綴込済 ＋ 作業中 ＋ 返戻 ＋ 白紙 ＋ 区切り")
FOOT = "申告はスキャン拠点が数えた枚数（両面は2ページ）、保管は届いたファイルのページ数、未着は送信中のバッチの残りです。"
SAYS = {BoxStep.DESTROYED: "下記の文書を、復元できない方法で廃棄しました。",
        BoxStep.RETURNED: "下記の文書をお返しします。お確かめのうえ、受領の署名をお願いします。"}
LISTED = (Column("", 9, True), Column("箱番号", 46), Column("区", 16), Column("業務", 20), Column("封印", 20), Column("受領日", 21),
          Column("ページ", 16, True), Column("重さ kg", 18, True))


def ledger_pdf(line: Line, told: Balance) -> bytes:
    """The books as a sheet to sign and file."""
    return listing_pdf(ledger_sheet(line, told))


def file_ledger(line: Line, day: date) -> Path:
    """The books of the whole house as they stand now, filed beside the night's files; one filed before for that day stays.

    Raises Stuck where the disk cannot take it.
    """
    path = line.exports / f"ledger_{day:%Y%m%d}.pdf"
    if path.exists():
        return path
    temp = path.with_suffix(f".{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temp.open("wb") as out:
            out.write(ledger_pdf(line, balance(line)))
            out.flush()
            os.fsync(out.fileno())
        temp.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise Stuck(f"{path}: cannot be written ({error.strerror}); free space", code="export_unwritable") from error
    finally:
        temp.unlink(missing_ok=True)
    return path


def ledger_sheet(line: Line, told: Balance) -> Listing:
    """What the day's sheet says: the sums, by ward, by box that is still in work, and whatever does not add up."""
    wards = Table((Column("区", 22), *_columns("")), tuple(_counts(name, one) for name, one in told.wards.items()),
                  "区ごと（単位はページ）", _counts("合計", told.whole))
    open_still = {name: one for name, one in told.boxes.items() if one.in_work or one.awaited or not _closes(one)}
    shown = list(open_still.items())[:MOST_BOXES]
    held = Table((Column("箱", 40), *_columns("", 14.0)), tuple(_counts(name, one) for name, one in shown),
                 f"処理の終わっていない箱（{len(open_still):,} 箱）")
    wrong = Table((Column("区", 18), Column("箱", 42), Column("内容", 106)),
                  tuple((one.culprit.ward, one.culprit.box, one.says) for one in told.wrong), "合わないところ")
    closes = "合っています" if told.closes else f"合いません（{len(told.wrong)} 件）"
    return Listing(
        "紙の帳尻", _scope(told.within), f"{told.at.astimezone(line.zone):%Y年%-m月%-d日 %H:%M} 現在", line.city.name, (), (),
        (("帳尻", closes), *RULES), (wards, held, *((wrong,) if told.wrong else ())), (), ("確認者", "責任者"), FOOT)


def certificate_pdf(line: Line, n: int) -> bytes:
    """The certificate of a removal that is done; the same bytes whenever it is asked for."""
    with line.store.read() as look:
        done = boxes.removal(look, n)
        cartons = [boxes.known_box(look, number) for number in done.boxes]
        sheets = {number: books(look, By.BOX, Within(box=number)).get(number) for number in done.boxes}
    if done.done_at is None:
        raise WrongTurn("まだ承認されていない申し出です。", code="not_agreed")
    return listing_pdf(certificate(line, done, cartons, {name: one.stored for name, one in sheets.items() if one}))


def certificate(line: Line, done: Removal, cartons: Sequence[Carton], pages: Mapping[str, int]) -> Listing:
    """What the certificate says: which boxes, how heavy, when, by whom, who stood by; and the hash of the list of boxes."""
    gone = done.kind is BoxStep.DESTROYED
    at = (done.done_at or done.at).astimezone(line.zone)
    rows = tuple((str(i), one.number, one.ward, one.procedure, one.seal or "—", f"{one.received_at.astimezone(line.zone):%Y-%m-%d}",
                  f"{pages.get(one.number, 0):,}", _kg(one.weight_g)) for i, one in enumerate(cartons, start=1))
    weight = done.told.get("weight_g") or sum(one.weight_g or 0 for one in cartons)
    total = ("", f"{len(rows)} 箱", "", "", "", "", f"{sum(pages.values()):,}", _kg(int(weight)))
    to = str(done.told.get("to") or line.city.name)
    return Listing(
        TITLES[done.kind], f"搬出 第 {done.n} 号", f"{at:%Y年%-m月%-d日}", f"{to}　御中", sender_of(line.city.letters),
        (SAYS[done.kind],), _facts(done, int(weight)), (Table(LISTED, rows, "箱の一覧", total),), (), _signers(gone),
        f"箱の一覧の SHA-256: {list_hash(rows)}")


def list_hash(rows: Sequence[Sequence[str]]) -> str:
    """The SHA-256 of a list as printed: cells parted by tabs, rows by line feeds, UTF-8."""
    return hashlib.sha256("".join("\t".join(row) + "\n" for row in rows).encode()).hexdigest()


def _facts(done: Removal, weight_g: int) -> tuple[tuple[str, str], ...]:
    gone = done.kind is BoxStep.DESTROYED
    told = (("方法", done.told.get("method")), ("立会人", done.told.get("witness")), ("運搬・処理", done.told.get("carrier")),
            ("総重量", f"{_kg(weight_g)} kg" if weight_g else ""),
            ("申し出" if gone else "担当", done.by), ("承認", done.second if gone else ""), ("備考", done.told.get("note")))
    return tuple((label, str(value)) for label, value in told if value)


def _signers(gone: bool) -> tuple[str, ...]:
    return ("廃棄した人", "立会人", "承認した人") if gone else ("返却した人", "受領した人")


def sender_of(letters: Letters | None) -> tuple[str, ...]:
    """Who writes: the office, its address and telephone; nothing where the city says none."""
    if letters is None:
        return ()
    office = letters.office
    return tuple(filter(None, (office.office, office.address, f"電話　{office.phone}" if office.phone else "")))


def _columns(before: str, wide: float = 16.0) -> tuple[Column, ...]:
    return tuple(Column(f"{before}{title}", wide, number=True) for title in ACCOUNTS.values())


def _counts(name: str, books: Ledger) -> tuple[str, ...]:
    return name if _closes(books) else f"{name} ×", *(f"{getattr(books, one):,}" for one in ACCOUNTS)


def _closes(books: Ledger) -> bool:
    return books.balanced and books.complete


def _scope(within: Within) -> str:
    told = (within.ward, within.box and f"箱 {within.box}", within.batch and f"バッチ {within.batch}",
            within.date and f"業務日付 {within.date:%Y-%m-%d}")
    return "・".join(one for one in told if one) or "全体"


def _kg(grams: int | None) -> str:
    return f"{grams / 1000:,.1f}" if grams else "—"
