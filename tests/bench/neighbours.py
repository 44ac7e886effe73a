"""A database of claims as a city has them after years, and how long one more takes to be judged beside them all.

Two million claims by default: 100,000 sheets of twenty, over 40 months, 1,200 institutions and 400,000 patients.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

from tsuzuri.forms import Forms, asked
from tsuzuri.model import Batch, Document, Field, Step
from tsuzuri.rules import Asked
from tsuzuri.stages.validate import validate
from tsuzuri.store import Look, Store
from tsuzuri.synth.stories import BUSINESS_DATE, tell

SEED = 7_000_000
BOX = Batch("bt_0", "EAST-1", "KM-0001", "東区", "kodomo", 1, datetime(2025, 1, 1, tzinfo=UTC), date(2025, 1, 1))
ROWS = 20
CARES = ("外来", "外来", "外来", "調剤", "調剤", "歯科", "入院")
INDEXES = ("ix_facts_recipient_no_month", "ix_facts_inst_month_points_standing_amount", "ix_facts_care_day_points",
           "ix_facts_judged_on_inst_month")


def filled(folder: Path, claims: int) -> Store:
    """A SQLite database of so many claims."""
    store = Store(f"sqlite:///{folder / 'many.db'}")
    store.create()
    with store.unit() as unit:
        unit.add_batch(BOX)
    plain = sqlite3.connect(folder / "many.db")
    made = {name: plain.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0] for name in INDEXES}
    for name in INDEXES:
        plain.execute(f"DROP INDEX {name}")
    plain.executemany(
        "INSERT INTO documents (n, id, batch_id, form, form_version, business_date, fields, findings, noted, step, version, score,"
        " page_count, finding_count, worst, ward) VALUES (?, ?, 'bt_0', 'kodomo_renki20', 1, '2025-01-01', '{}', '[]', '[]',"
        " 'exported', 3, 1.0, 1, 0, '', '東区')", ((n, f"dc_{n:08}") for n in range(1, claims // ROWS + 1)))
    plain.executemany(
        "INSERT INTO facts (document_id, row, scheme, recipient_no, payer_no, inst_code, inst, month, care, channel, points, days,"
        " copay, paid, amount, day_points, standing, judged_on) VALUES (?,?,?,?,'',?,?,?,?,'1',?,?,?,?,?,?,1,?)", _rows(claims))
    for sql in made.values():
        plain.execute(sql)
    plain.execute("ANALYZE")
    plain.commit()
    plain.close()
    return store


def _rows(claims: int) -> Iterator[tuple[Any, ...]]:
    chance = np.random.default_rng(SEED)
    for sheet in range(1, claims // ROWS + 1):
        inst = f"43{1 + chance.integers(1200):07}"[-7:]
        month = f"{2022 + sheet * 40 * ROWS // claims // 12}-{1 + sheet * 40 * ROWS // claims % 12:02}"
        numbers, points, days, care = (chance.integers(0, most, ROWS) for most in (400_000, 3000, 8, len(CARES)))
        for row in range(ROWS):
            point, day = 80 + int(points[row]), 1 + int(days[row])
            copay = point * 3
            yield (f"dc_{sheet:08}", row + 1, "01", f"{numbers[row]:07}", inst, inst, month, CARES[care[row]], point, day, copay,
                   min(700, copay), max(0, copay - 700), point // day, "2025-01-01")


def neighbours_p95_ms(forms: Forms, claims: int, papers: int = 400) -> tuple[float, int]:
    """Wall milliseconds in which 95 of 100 papers are judged with all that is known beside them, and what they say is kept."""
    with tempfile.TemporaryDirectory() as folder:
        store = filled(Path(folder), claims)
        with store.unit() as unit:
            unit.tell_usual(date(2025, 11, 7), date.min, share=0.001, least=1000)
        took = [_judged(store, document, forms) for document in _papers(forms, papers)]
        store.close()
    return sorted(took)[int(len(took) * 0.95)], claims


def crowded_p95_ms(claims: int = 3_000, asks: int = 40) -> tuple[float, int]:
    """Core milliseconds to fetch what one claim may meet at a clinic that has so many of the same points in that month."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/crowd.db")
        store.create()
        with store.unit() as unit:
            unit.add_batch(BOX)
            for i in range(claims):
                unit.add_document(Document(f"dc_{i}", "bt_0", None, 1, BUSINESS_DATE, step=Step.CLEAN))
                unit.keep_facts(f"dc_{i}", [_priced(i)], Step.CLEAN, BUSINESS_DATE)
        with store.read() as look:
            took = [_taken(look, _priced(claims + 31 * i)) for i in range(asks)]
        store.close()
    return sorted(took)[int(len(took) * 0.95)], claims


def _priced(i: int) -> Asked:
    return Asked(scheme="01", recipient_no=f"{i * 7919 % 10**7:07}", inst_code="4310100013", month="2025-10", care="外来",
                 channel="1", points=561, days=1, copay=1122, paid=700, amount=422)


def _taken(look: Look, said: Asked) -> float:
    began = time.process_time()
    look.earlier("dc_new", [said])
    return (time.process_time() - began) * 1000


def _papers(forms: Forms, many: int) -> Iterator[Document]:
    """Claims of patients, institutions and months that the database knows."""
    chance = np.random.default_rng(SEED + 1)
    form = forms["kodomo_seikyu"]
    for i in range(many):
        story = tell(form, np.random.default_rng(SEED + i)) | {
            "recipient_no": f"{chance.integers(400_000):07}", "inst_code": f"43{1 + chance.integers(1200):07}"[-7:],
            "service_ym": f"{2022 + chance.integers(3)}-{1 + chance.integers(12):02}"}
        fields = {name: Field(value, 0.99, "" if value is None else str(value), "own", page=1) for name, value in story.items()}
        yield Document(f"dc_new{i}", "bt_0", form.name, 1, BUSINESS_DATE, fields=fields)


def _judged(store: Store, document: Document, forms: Forms) -> float:
    form = forms[str(document.form)]
    with store.unit() as unit:
        began = time.perf_counter()
        said = asked(form, document.values)
        judged = validate(document, form, unit.known(document.id, said))
        unit.add_document(judged)
        unit.keep_facts(document.id, said, judged.step, BUSINESS_DATE)
        return (time.perf_counter() - began) * 1000
