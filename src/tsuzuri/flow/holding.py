"""What stays behind at night: counted by its reason, and listed paper by paper, so that nobody has to search for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from types import TracebackType
from typing import NamedTuple

from tsuzuri.model import Claim, ExportRun, Step
from tsuzuri.rules.sheets import BOM, lined
from tsuzuri.store.files import Files, Staged

MOST = 1 << 34      # bytes of a list: a hundred million papers
TITLES = ("理由", "理由コード", "書類", "請求", "様式", "区", "バッチ", "業務日付")
REASONS: Mapping[str, str] = {
    Step.WAITING: "続き待ち", Step.REVIEW: "要確認", Step.CLEAN: "指摘なし（承認待ち）",
    "batch_open": "バッチ受付中", "batch_unbalanced": "枚数不一致", "same_sheet": "同じ用紙に保留あり",
    "after_cut_off": "締め後の承認", "no_account": "口座の登録なし", "bank_unknown": "金融機関・支店が見つからない",
    "bad_holder": "口座名義に使えない文字",
}
# What helps, for whoever must do something; what is not here goes by itself with a later night.
HELPS: Mapping[str, str] = {
    Step.WAITING: "続きの用紙を待っています。届かないときは、その書類を開いて1枚で確定してください。",
    Step.REVIEW: "その書類を開いて確認し、承認または返戻してください。", Step.CLEAN: "内容を見て承認してください。",
    "batch_open": "スキャン拠点がバッチを閉じると、次の夜に送られます。",
    "batch_unbalanced": "バッチの枚数を数え直し、申告と合わせてください。",
    "same_sheet": "同じ用紙のほかの行の保留がなくなると、一緒に送られます。", "after_cut_off": "次の業務日付の分として送られます。",
    "no_account": "医療機関または受給者の台帳に口座を登録すると、次回の振込に入ります。",
    "bank_unknown": "金融機関と支店の名称またはコードを、書類か台帳で直してください。",
    "bad_holder": "口座名義を、銀行で使えるカナ・英数字に直してください。",
}
UNFIT_HELPS = "その項目の値が、受け取る側の桁数や文字に合いません。その書類を開き、要確認に戻して直してください。"
COLUMNS: Mapping[str, str] = {
    "form": "様式", "ward": "区", "claim_id": "請求番号", "channel": "受付経路", "scheme": "制度", "recipient_no": "受給者番号",
    "payer_no": "公費負担者番号", "inst_code": "医療機関コード", "service_ym": "診療年月", "inout": "入院・外来", "table": "点数表",
    "days": "日数", "points": "点数", "copay": "一部負担金", "kougaku": "高額療養費", "other_public": "他の公費",
    "fuka": "附加給付", "patient_paid": "本人負担額", "amount": "請求額", "method": "支払方法", "account": "口座番号",
}


def reason_word(reason: str) -> str:
    """A reason as a clerk would say it."""
    if reason.startswith("unfit:"):
        column = reason.removeprefix("unfit:")
        return f"連携様式に合わない（{COLUMNS.get(column, column)}）"
    return REASONS.get(reason, reason)


def reason_help(reason: str) -> str:
    """What a clerk can do about it."""
    return UNFIT_HELPS if reason.startswith("unfit:") else HELPS.get(reason, "")


def reasons(run: ExportRun) -> list[tuple[str, int]]:
    """Why papers stayed behind in a run, as a clerk would say it, and how many."""
    return [(reason_word(reason), many) for reason, many in sorted(run.held.items())]


class Stays(NamedTuple):
    """A paper that stays: a document, or one claim of it."""

    document_id: str
    claim_id: str
    form: str | None
    ward: str
    batch_id: str
    day: date | None


def staying_claim(claim: Claim) -> Stays:
    """A claim that stays."""
    return Stays(claim.document_id, claim.id, claim.form, claim.ward, claim.batch_id, None)


class Held:
    """Counts by reason, and the list as CSV for people (UTF-8 with a byte order mark): ids only, no ink. Streamed to a file."""

    def __init__(self, files: Files, titles: Mapping[str, str]) -> None:
        self.counts = Counter[str]()
        self._files, self._titles = files, titles
        self._staged: Staged | None = None

    def __enter__(self) -> Held:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None,
    ) -> None:
        if self._staged is not None:
            self._staged.discard()

    def add(self, reason: str, one: Stays) -> None:
        """It stays, for that reason."""
        self.counts[reason] += 1
        if self._staged is None:
            self._staged = self._files.receive(MOST)
            self._staged.write(BOM + lined(TITLES, "utf-8"))
        form = self._titles.get(one.form or "", one.form or "")
        cells = (reason_word(reason), reason, one.document_id, one.claim_id, form, one.ward, one.batch_id,
                 one.day.isoformat() if one.day else "")
        self._staged.write(lined(cells, "utf-8"))

    def kept(self) -> str:
        """The list's sha256, by which the store of files has it from now on; "" where nothing stays."""
        return self._staged.keep() if self._staged is not None else ""
