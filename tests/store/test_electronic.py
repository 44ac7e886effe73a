"""Electronic receipts and their files, as rows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.store.conftest import NOON
from tsuzuri.errors import WrongTurn
from tsuzuri.store import Store
from tsuzuri.store.electronic import ElectronicFile, StoredReceipt

FILE = ElectronicFile("f1", "b1", "a" * 64, "RECEIPTC.UKE", ["a" * 64], 1012, 21, 2, 0, 1, {"U401": 1}, NOON, "sato")
RECEIPT = StoredReceipt("f1", 0, 2, "4310100013", "2025-11", "1", "2025-10", "88430012", "0001230", "d" * 64, "IR,1,43",
                        "RE,1\nHO,2", None)


def test_a_file_and_its_receipts_come_back_as_they_were_in_their_order(store: Store, papers) -> None:
    second = replace(RECEIPT, number="2", first_line=9)
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        unit.add_electronic_file(replace(FILE, receipts=0))
        unit.add_receipt(RECEIPT)
        unit.add_receipt(second)
        unit.save_electronic_file(FILE)
    with store.read() as look:
        assert look.electronic_file(FILE.sha256) == FILE and look.electronic_files() == [FILE]
        assert look.electronic_file("b" * 64) is None
        assert list(look.receipts_of_file("f1")) == [RECEIPT, second]
        assert look.receipt_digest(RECEIPT.key) == "d" * 64
        assert look.receipt_digest(replace(RECEIPT, claimed="2025-12").key) is None


def test_a_key_and_a_files_bytes_are_told_once(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        unit.add_electronic_file(FILE)
        unit.add_receipt(RECEIPT)
    with pytest.raises(WrongTurn), store.unit() as unit:
        unit.add_receipt(replace(RECEIPT, records="RE,1"))
    with pytest.raises(WrongTurn), store.unit() as unit:
        unit.add_electronic_file(replace(FILE, id="f2"))


def test_a_documents_receipt_is_found_and_a_paper_has_none(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
        unit.add_electronic_file(FILE)
        unit.add_document(papers.document("d1"))
        unit.add_document(papers.document("d2"))
        unit.add_receipt(replace(RECEIPT, document_id="d1"))
    with store.read() as look:
        found = look.receipt_of("d1")
        assert found is not None and found.records == RECEIPT.records and look.receipt_of("d2") is None
