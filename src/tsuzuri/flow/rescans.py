"""Paper that is to be fed again: asked for by itself where the scanner felt two sheets at once, settled when it comes again.

A clerk asks by flow.asking, and a supervisor may say that it was none; the station's page shows whatever is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tsuzuri.errors import NotFound, Refused
from tsuzuri.flow.line import Line, new_id
from tsuzuri.model import Batch, Document, Page, Review
from tsuzuri.store import Unit
from tsuzuri.store.questions import Question, Wish

DOUBLE_FED = "H53"
WHY = "スキャナーが二重送りを検知しました（{places}枚目）。2枚が重なっていたら、両方をスキャンし直してください。"


def ask_again(line: Line, unit: Unit, batch: Batch, document: Document, pages: Sequence[tuple[int, Page]]) -> None:
    """The station is asked to feed those of a document's new pages again, by their places in it, that went through two at once."""
    places = [place for place, page in pages if any(finding.code == DOUBLE_FED for finding in page.noted)]
    if places:
        why = WHY.format(places="・".join(map(str, places)))
        unit.ask(Question(document.id, Wish.RESCAN, batch.station, line.clock(), why))
        _write_down(line, unit, document.id, batch.station, "ask_rescan", why)


def must_be_wanted(unit: Unit, station: str, documents: Iterable[str]) -> None:
    """Raises Refused for a document of which this station brought nothing: it cannot bring it again."""
    for document_id in documents:
        try:
            brought = unit.batch(unit.document(document_id).batch_id).station
        except NotFound:
            brought = ""
        if brought != station:
            raise Refused(f"再スキャンの依頼 {document_id} はありません。番号を依頼の一覧で確かめてください。",
                          code="no_such_rescan")


def fed_again(line: Line, unit: Unit, batch: Batch) -> None:
    """A batch that is closed has brought again what it said it would: the desk goes on with those papers."""
    for document_id in batch.slip.rescans:
        if unit.answer(document_id, batch.station, line.clock(), Wish.RESCAN):
            _write_down(line, unit, document_id, batch.station, "answer", f"スキャンし直した紙がバッチ {batch.id} で届きました。")


def _write_down(line: Line, unit: Unit, document_id: str, by: str, action: str, note: str) -> None:
    unit.add_review(Review(new_id("rv"), document_id, by, line.clock(), action, note))
