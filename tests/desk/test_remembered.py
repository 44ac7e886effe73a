"""What is dear to count is told again for a while; where little waits every look counts anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tsuzuri.desk import remembered
from tsuzuri.store import Store


def test_a_count_is_told_again_fifty_times_as_long_as_it_took(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now, counted = [100.0], [0]
    monkeypatch.setattr(remembered, "monotonic", lambda: now[0])

    def count(took: float) -> int:
        now[0] += took
        counted[0] += 1
        return counted[0]

    counts: remembered.Remembered[int] = remembered.Remembered()
    store, other = Store(f"sqlite:///{tmp_path / 'a'}"), Store(f"sqlite:///{tmp_path / 'b'}")
    assert counts.told(store, None, lambda: count(0.03)) == 1
    now[0] += 1.4
    assert counts.told(store, None, lambda: count(0.03)) == 1
    assert counts.told(store, "東区", lambda: count(0.0)) == 2 and counts.told(other, None, lambda: count(0.0)) == 3
    now[0] += 0.2
    assert counts.told(store, None, lambda: count(0.0)) == 4
    now[0] += 0.001
    assert counts.told(store, None, lambda: count(0.0)) == 5
