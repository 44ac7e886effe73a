"""The schema: what migrations build is what the tables say."""

from __future__ import annotations

from datetime import datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from tsuzuri.errors import Stuck
from tsuzuri.store import Store
from tsuzuri.store.named import NAMING
from tsuzuri.store.tables import batches, metadata


def test_migrations_build_exactly_the_tables(store: Store) -> None:
    with store.unit() as unit:
        context = MigrationContext.configure(unit.connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        built = inspect(unit.connection)
        assert built.get_foreign_keys("pages") and built.get_unique_constraints("pages")


def test_bringing_the_schema_up_twice_changes_nothing(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
    store.create()
    with store.read() as look:
        assert look.batch("b1") == papers.batch()


def test_a_time_without_a_zone_is_refused(store: Store, papers) -> None:
    with pytest.raises(Exception, match="without a zone"), store.unit() as unit:
        unit.add_batch(papers.batch(created_at=datetime(2025, 11, 7)))  # noqa: DTZ001


def test_a_look_cannot_change_anything(store: Store, papers) -> None:
    with store.unit() as unit:
        unit.add_batch(papers.batch())
    with pytest.raises(Exception, match=r"read.?only"), store.read() as look:
        look.connection.execute(text("UPDATE batches SET box = 'x'"))
    with store.read() as look:
        assert look.batch("b1").box == "KM-0001"


def test_sqlite_is_told_to_survive_a_power_cut(tmp_path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a' / 'b.db'}")
    store.create()
    with store.unit() as unit:
        say = unit.connection.exec_driver_sql
        assert say("PRAGMA journal_mode").scalar() == "wal"
        assert say("PRAGMA synchronous").scalar() == 2
        assert say("PRAGMA foreign_keys").scalar() == 1
    store.close()


def test_a_unit_on_sqlite_takes_the_pen_before_it_reads(tmp_path, papers, monkeypatch) -> None:
    monkeypatch.setattr("tsuzuri.store.engine.BUSY_MS", 1)
    store = Store(f"sqlite:///{tmp_path / 'b.db'}")
    store.create()
    with store.unit(), pytest.raises(Stuck) as refused, store.unit():
        pass
    assert refused.value.code == "database_busy" and refused.value.retry
    store.close()


def test_a_database_that_does_not_answer_asks_for_patience() -> None:
    store = Store("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(Stuck) as stuck, store.unit():
        pass
    assert stuck.value.code == "database_unreachable"
    store.close()


def test_a_full_disk_asks_for_room(tmp_path, papers) -> None:
    store = Store(f"sqlite:///{tmp_path / 'b.db'}")
    store.create()
    with pytest.raises(Stuck) as stuck, store.unit() as unit:
        pages = unit.connection.exec_driver_sql("PRAGMA page_count").scalar()
        unit.connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        for number in range(10_000):
            unit.add_batch(papers.batch(f"b{number}", box="x" * 60))
    assert stuck.value.code == "disk_full"
    with store.read() as look:
        assert look.connection.execute(batches.select()).all() == []
    store.close()


def test_the_sweep_knows_every_column_that_names_a_file() -> None:
    naming = {str(column) for column, _ in NAMING} | {"electronic_files.volumes"}
    others = {"unwanted_files.sha256", "export_runs.sha256", "deliveries.sha256", "electronic_files.sha256"}
    told = {str(column) for table in metadata.tables.values() for column in table.c if column.name in (
        "sha256", "masked", "picture", "volumes", "held_list")}
    assert told == naming | others
