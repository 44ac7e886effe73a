"""Files that arrive in pieces, as the rows know them: on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tsuzuri.errors import NotFound, WrongTurn
from tsuzuri.store import Store, uploads
from tsuzuri.store.uploads import Upload


def test_an_upload_is_known_by_its_place_and_promise_until_it_is_dropped(store: Store, papers) -> None:
    batch = papers.batch()
    now = batch.created_at
    begun = Upload("up_1", batch.id, 3, "a.tif", "f" * 64, 5_000_000_000, now)
    with store.unit() as unit:
        unit.add_batch(batch)
        uploads.add_upload(unit, begun)
    with pytest.raises(WrongTurn), store.unit() as unit:
        uploads.add_upload(unit, Upload("up_2", batch.id, 3, "a.tif", "f" * 64, 9, now))
    with store.unit() as unit:
        assert uploads.upload_to(unit, batch.id, 3, "f" * 64) == uploads.upload(unit, "up_1") == begun
        assert uploads.upload_to(unit, batch.id, 4, "f" * 64) is None
        uploads.acknowledge(unit, "up_1", 4_999_999_999, now + timedelta(hours=1))
    with store.unit() as unit:
        assert uploads.upload(unit, "up_1").acknowledged == 4_999_999_999
        assert uploads.expired(unit, now + timedelta(hours=1)) == []
        assert uploads.expired(unit, now + timedelta(hours=2)) == ["up_1"]
        uploads.drop_upload(unit, "up_1")
    with pytest.raises(NotFound), store.read() as look:
        uploads.upload(look, "up_1")
