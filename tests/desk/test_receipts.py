"""An electronic receipt at the desk: its records drawn where a paper has its picture, its fields beside it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from tests.desk.conftest import Desk
from tests.uke.files import MEDICAL, packed
from tsuzuri import flow
from tsuzuri.model import Document
from tsuzuri.uke.layouts import layout_of
from tsuzuri.uke.picture import paper, picture, places

MEDICINE = layout_of(b"IR", "2025-11")


@pytest.fixture
def receipt(desk: Desk, tmp_path: Path) -> Document:
    """The child's receipt, imported."""
    path = tmp_path / "RECEIPTC.UKE"
    path.write_bytes(packed(MEDICAL))
    done = flow.import_receipts(desk.line, [path], "sato")
    assert done.file is not None
    with desk.line.store.read() as look:
        return look.documents_of_batch(done.file.batch_id)[0]


def test_a_clerk_sees_its_records_and_its_fields(desk: Desk, receipt: Document) -> None:
    sato = desk.person("sato")
    page = sato.web.get(f"/desk/sheets/{receipt.id}").text
    assert "こども医療費 併用レセプト" in page and "電子レセプト・2 行目から" in page
    assert f"/desk/receipts/{receipt.id}/picture" in page and 'id="join"' not in page
    drawn = sato.web.get(f"/desk/receipts/{receipt.id}/picture")
    assert drawn.headers["content-type"] == "image/svg+xml" and "88430012" in drawn.text and "公費" in drawn.text
    assert sato.web.get("/desk/").status_code == 200


def test_other_wards_and_papers_have_no_such_picture(desk: Desk, receipt: Document) -> None:
    assert desk.person("nishi").web.get(f"/desk/receipts/{receipt.id}/picture").status_code == 404
    assert desk.person("sato").web.get(f"/desk/receipts/{desk.paper().id}/picture").status_code == 404


def test_every_field_stands_in_its_own_line_of_the_drawn_sheet() -> None:
    text = "\n".join(MEDICAL[1:7])
    wide, high = paper(text, MEDICINE)
    boxes = places(text, MEDICINE)
    assert all(x >= 0 and x + w <= wide and y + h <= high for x, y, w, h in boxes)
    assert all(above[1] + above[3] <= below[1] + 1e-6 for above, below in pairwise(boxes))
    assert picture(text, 2, MEDICINE).count(b"<text") == 1 + 3 * 6


def test_text_of_a_receipt_is_never_markup() -> None:
    assert b"<script" not in picture("SJ,01,<script>alert(1)</script>&", 1, MEDICINE)
