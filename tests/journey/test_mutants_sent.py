"""Files broken at random or by malice, sent to a real web server: each is taken or refused with advice, and it serves on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from random import Random

import httpx
import pytest

from tests.api.conftest import digest_of
from tests.journey.conftest import Serve
from tests.journey.served import Served
from tests.journey.test_bad_input import FILES
from tests.journey.test_mutants import mutant, originals

GROWS_MIB = 150.0


def broken(many: int, seed: int) -> Iterator[bytes]:
    """So many broken files."""
    sources = originals()
    for i in range(many):
        yield mutant(sources[i % len(sources)][1], Random(seed + i))


def send(served: Served, bodies: Iterable[bytes]) -> Counter[int]:
    """How often each status was answered."""
    counted: Counter[int] = Counter()
    before = lie(served)
    shown = {"Authorization": f"Bearer {served.key()}"}
    with httpx.Client(base_url=served.url, headers=shown, trust_env=False, timeout=120) as web:
        told = {"box": "KM-1", "ward": "東区", "procedure": "kodomo", "sheets": 1}
        batch, taken = web.post("/v1/batches", json=told).json()["id"], 0
        for i, body in enumerate(bodies):
            said = web.put(f"/v1/batches/{batch}/scans/{taken + 1}", content=body, headers={"Content-Digest": digest_of(body)})
            counted[said.status_code] += 1
            if said.status_code == 201:
                taken += 1
                continue
            assert said.status_code in (413, 422), f"file {i}: {said.text}"
            assert said.json()["code"] not in ("", "refused", "error") and re.search(r"[ぁ-んァ-ヶ一-龠]", said.json()["detail"])
        assert web.get(f"/v1/batches/{batch}").json()["files"] == taken
    store = served.store()
    with store.read() as look:
        kept = {scan.sha256 for scan in look.scans_of_batch(batch)}
    store.close()
    assert kept - before == lie(served) - before, "what was refused left something"
    return counted


def lie(served: Served) -> set[str]:
    """Names of all files in its store."""
    return {path.name for path in (served.home / "files").rglob("*") if path.is_file()}


def test_broken_files_are_taken_or_refused_at_the_door(serve: Serve) -> None:
    counted = send(serve(), broken(30, seed=200_000))
    assert counted[201] and counted[422]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_thousand_broken_files_are_taken_or_refused_at_the_door(serve: Serve) -> None:
    served = serve()
    send(served, broken(30, seed=200_000))
    before = served.most_mib()
    counted = send(served, broken(1000, seed=300_000))
    assert counted[201] > 100 and counted[422] > 100
    assert served.most_mib() < before + GROWS_MIB
    assert "broke" not in served.said()


@pytest.mark.slow
@pytest.mark.skipif(not FILES, reason="the folder of nasty files is not beside this checkout")
def test_every_nasty_file_is_taken_or_refused_at_the_door(serve: Serve) -> None:
    served = serve()
    counted = send(served, (path.read_bytes() for path in FILES))
    assert counted.total() == len(FILES) and counted[201] and counted[422]
    assert "broke" not in served.said()
