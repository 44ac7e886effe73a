"""Files broken at random: every one is refused with advice or becomes documents; none crashes, hangs or eats the memory."""

from __future__ import annotations

import io
import multiprocessing
import resource
from collections import Counter
from collections.abc import Iterator
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from tsuzuri.engines import open_readers
from tsuzuri.errors import Refused
from tsuzuri.flow.reading import Office, read_file
from tsuzuri.forms import load_forms
from tsuzuri.image.pages import Caps, open_page, probe
from tsuzuri.model import Document
from tsuzuri.settings import REPO

SAMPLE = REPO / "samples" / "kodomo_seikyu" / "a.png"
MEMORY = 3 * 2**30         # bytes a worker may map: models, libraries and two copies of the largest permitted page
PATIENCE_S = 150.0         # for one file: 4 s of work, and a machine may have other work; poppler is given 20 s a page
CAPS = Caps(bytes=8 * 2**20, pages=5, pixels=12_000_000)
DAY = date(2026, 6, 30)
READ_EVERY = 10            # so many files are opened for each that is read whole


def originals() -> list[tuple[str, bytes]]:
    """A claim as each kind of file that stations send, small enough to be broken thousands of times."""
    with Image.open(SAMPLE) as opened:
        gray = opened.convert("L").resize((827, 1169))
    black = gray.point(lambda v: 255 * (v > 140)).convert("1")
    kinds = (("a.jpg", gray, "JPEG", {}), ("a.png", gray, "PNG", {}), ("a.tif", gray, "TIFF", {"compression": "tiff_lzw"}),
             ("b.tif", black, "TIFF", {"compression": "group4", "save_all": True, "append_images": [black]}),
             ("a.pdf", gray, "PDF", {}), ("b.pdf", black, "PDF", {"save_all": True, "append_images": [black]}))
    found = []
    for name, picture, kind, more in kinds:
        out = io.BytesIO()
        picture.save(out, kind, **more)
        found.append((name, out.getvalue()))
    return found


def mutant(body: bytes, chance: Random) -> bytes:
    """The file with some bytes changed, lost, doubled or cut off; the headers oftener than the rest."""
    broken = bytearray(body)
    for _ in range(chance.choice((1, 1, 2, 4, 16, 64))):
        at = int(len(broken) * chance.random() ** chance.choice((1, 4)))
        long = chance.choice((1, 1, 2, 4, 64))
        how = chance.randrange(5)
        if how == 0:
            broken[at:at + long] = chance.randbytes(long)
        elif how == 1:
            broken[at:at + long] = bytes([chance.choice((0, 1, 127, 128, 255))]) * long
        elif how == 2:
            del broken[at:at + long]
        elif how == 3:
            broken[at:at] = broken[at:at + long * 16]
        else:
            del broken[max(1, at):]
    return bytes(broken)


def look(pipe: Connection, folder: Path) -> None:
    """A worker: opens every page of each file it is told of, and reads it whole where it is asked to; tells what became of it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    forms, readers = load_forms(REPO / "pipelines", REPO / "schemas"), open_readers()
    while (told := pipe.recv()) is not None:
        name, whole = told
        try:
            if whole:
                found: list[Document] = [document for _, document in read_file(folder / name, forms, readers, CAPS, Office(DAY))]
                pipe.send(("read", all(document.findings or document.form for document in found)))
            else:
                for number in range(1, probe(folder / name, CAPS).pages + 1):
                    open_page(folder / name, number, CAPS)
                pipe.send(("opened", True))
        except Refused as error:
            pipe.send(("refused", bool(error.code and error.message)))


def outcomes(folder: Path, many: int, seed: int) -> Iterator[tuple[int, str, bool]]:
    """(number, what became of it, whether that is in order) of so many broken files."""
    theirs, ours = multiprocessing.get_context("spawn").Pipe()
    worker = multiprocessing.get_context("spawn").Process(target=look, args=(theirs, folder), daemon=True)
    worker.start()
    sources = originals()
    try:
        for i in range(many):
            chance = Random(seed + i)
            name, body = sources[i % len(sources)]
            path = folder / f"{i}-{name}"
            path.write_bytes(mutant(body, chance))
            ours.send((path.name, (i // len(sources)) % READ_EVERY == 0))
            if not ours.poll(PATIENCE_S):
                yield i, "hung" if worker.is_alive() else "crashed", False
                return
            yield i, *ours.recv()
            path.unlink()
        ours.send(None)
        worker.join(PATIENCE_S)
    finally:
        worker.kill()


def hold(folder: Path, many: int, seed: int) -> Counter[str]:
    """What became of so many; fails at the first that is not in order, and names it."""
    counted: Counter[str] = Counter()
    for number, outcome, in_order in outcomes(folder, many, seed):
        assert in_order, f"mutant {number} of seed {seed}: {outcome}"
        counted[outcome] += 1
    assert sum(counted.values()) == many
    return counted


@pytest.fixture(autouse=True)
def found_by_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A spawned worker imports this file by its name."""
    monkeypatch.syspath_prepend(REPO)


def test_broken_files_are_refused_or_read_and_none_breaks_its_reader(tmp_path: Path) -> None:
    counted = hold(tmp_path, 60, seed=1)
    assert counted["refused"] and counted["opened"]


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_ten_thousand_broken_files_are_refused_or_read_and_none_breaks_its_reader(tmp_path: Path) -> None:
    counted = hold(tmp_path, 10_000, seed=100_000)
    assert counted["refused"] > 1000 and counted["opened"] > 1000 and counted["read"] > 100
