"""支払決定通知: what each payee of a payment that was handed over gets, and how it comes about: a sheet a payee, and its claims."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from tsuzuri.errors import WrongTurn
from tsuzuri.flow.line import Line
from tsuzuri.flow.outlet import Bundle
from tsuzuri.flow.printing import sender_of
from tsuzuri.flow.taking import Asked, Chosen, Way
from tsuzuri.forms.targets import Target
from tsuzuri.model import Column, ExportRun, Listing, RunStep, Table, Transfer
from tsuzuri.rules.writers import Row, Totals
from tsuzuri.stages.feed_rows import feed_row
from tsuzuri.stages.notices import account_line, notice_line, summed, table_head
from tsuzuri.store import Look
from tsuzuri.synth.listing import listing_pages
from tsuzuri.synth.marks import Mark
from tsuzuri.synth.printed import printed

Told = tuple[Transfer, list[Row]]      # a payee, and what it is paid for
TITLE = "支払決定通知書"
OPENING = "医療費助成に係る請求について、次のとおり支払うことを決定しましたので通知します。"
NOTHING = "今回は、差し引く過誤調整額が支払額を上回るため、お振り込みはありません。"
CARRIED = "差し引ききれない過誤調整額は、次回以降の支払額から差し引きます。"
COLUMNS = (Column("診療年月", 28), Column("制度", 52), Column("区分", 18), Column("件数", 18, True), Column("点数", 24, True),
           Column("金額（円）", 26, True))


def _choose(line: Line, look: Look, asked: Asked) -> Chosen:
    """Whoever is paid by the run of that date; it must have been handed over."""
    paid = look.run_for(asked.day, asked.target.of)
    if paid is None or paid.step is not RunStep.SENT:
        raise WrongTurn(f"the payment of {asked.day} has not been handed over yet; {asked.name} tells of it", code="payment_first")
    return Chosen(sum(1 for _ in look.transfers_of(paid.id)), scope={"of": paid.id})


def _fill(line: Line, look: Look, run: ExportRun, target: Target, into: Bundle) -> Totals:
    paid, total, many, claims = look.run(str(run.scope["of"])), 0, 0, 0
    pieces = {paper.word: (into.open(name, paper.word), paper.coded)
              for name, paper in zip(target.names(run.business_date), target.files, strict=True)}
    pages = list[list[Mark]]()
    lists, coded = pieces.get("notice_list", (None, ""))
    if lists is not None:
        lists.write(table_head(coded))
    for payee, rows in _told(line, look, paid):
        many, total, claims = many + 1, total + payee.amount, claims + len(rows)
        if "notices" in pieces:
            pages += listing_pages(notice(line, paid, payee, rows))
        if lists is not None:
            for row in rows:
                lists.write(notice_line(f"{paid.pays_on}", payee, row, coded))
    if "notices" in pieces:
        sheets, _ = pieces["notices"]
        sheets.count, sheets.amount = many, total
        sheets.write(printed(TITLE, pages))
    if lists is not None:
        lists.count, lists.amount = claims, total
    return Totals(many, total)


def _told(line: Line, look: Look, paid: ExportRun) -> Iterator[Told]:
    """Every payee with its claims; one payee in memory at a time."""
    claims = groupby(look.claims_paid(paid.id), key=lambda pair: pair[0])
    number, mine = next(claims, (0, iter(())))
    for payee in look.transfers_of(paid.id):
        rows = list[Row]()
        if number == payee.n:
            rows = [feed_row(claim, line.forms, line.city) for _, claim in mine]
            number, mine = next(claims, (0, iter(())))
        yield payee, rows


def notice(line: Line, paid: ExportRun, payee: Transfer, rows: list[Row]) -> Listing:
    """One payee's sheet: what was claimed by month and scheme, what is set off, what is paid when and whereto."""
    sums = summed(rows)
    shown = tuple((*key, f"{count:,}", f"{points:,}", f"{yen:,}") for key, (count, points, yen) in sums.items())
    count, points, yen = (sum(one[i] for one in sums.values()) for i in range(3))
    day = paid.pays_on
    facts = (
        ("振込額", f"{payee.amount:,} 円"), ("振込日", f"{day:%Y年%-m月%-d日}" if day and payee.amount else "—"),
        ("振込先", account_line(payee)), ("口座名義", payee.holder),
        ("計算", f"今回の請求 {payee.gross:,} 円 ＋ 前回からの過誤調整 {payee.before:,} 円 ＝ {payee.gross + payee.before:,} 円"),
        *((("次回への繰越", f"{payee.carried:,} 円"),) if payee.carried else ()))
    closing = (*((NOTHING,) if not payee.amount else ()), *((CARRIED,) if payee.carried else ()))
    return Listing(
        TITLE, f"医療機関コード {payee.customer}", f"{paid.business_date:%Y年%-m月%-d日}", f"{payee.name or payee.holder}　御中",
        sender_of(line.city.letters), (OPENING,), facts,
        (Table(COLUMNS, shown, "内訳", ("合計", "", "", f"{count:,}", f"{points:,}", f"{yen:,}")),), closing, (),
        "金額の前の「-」は取消（過誤）です。内訳の一件ごとの明細は、あわせてお渡しする一覧にあります。")


NOTICES = Way(_choose, _fill)
