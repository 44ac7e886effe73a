"""A line over a real store, real files and the city's real forms; only the queue at its rim is a list, and time stands still."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from tests.conftest import SAMPLES
from tests.stages.bundled import FORMS
from tsuzuri import flow
from tsuzuri.errors import Stuck
from tsuzuri.flow import Limits, Line, reading
from tsuzuri.flow.intake import Declaration
from tsuzuri.flow.reading import Sight
from tsuzuri.forms import City, Forms, load_city, load_forms
from tsuzuri.forms.targets import PLAIN
from tsuzuri.image import Picture
from tsuzuri.image.pages import Caps
from tsuzuri.model import Batch, BatchSheet, Cut, Document, Field, Page, Placement, Reading, Scan, Step, Value
from tsuzuri.rules.digits import check_digit
from tsuzuri.settings import REPO
from tsuzuri.stages.validate import validate
from tsuzuri.store import Files, Store, books, queries
from tsuzuri.store.books import Fault

NOW = datetime(2025, 11, 7, 3, 0, tzinfo=UTC)       # 12:00 in Japan
DAY = date(2025, 11, 7)


@dataclass
class Recorder:
    """A queue that remembers its nudges, or is silent."""

    nudges: list[tuple[str, str]] = field(default_factory=list)
    silent: bool = False

    def send(self, nudges: list[tuple[str, str]]) -> int:
        """Write them down."""
        if self.silent:
            raise Stuck("silent", code="queue_silent")
        self.nudges += nudges
        return len(nudges)


@dataclass
class Clock:
    """Time that moves only when told to."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def on(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


@pytest.fixture(scope="session")
def city() -> Forms:
    """The forms of this repository."""
    return load_forms(REPO / "pipelines", REPO / "schemas")


@pytest.fixture(scope="session")
def model_database(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A migrated, empty SQLite file."""
    path = tmp_path_factory.mktemp("model") / "model.db"
    store = Store(f"sqlite:///{path}")
    store.create()
    store.close()
    return path.read_bytes()


@pytest.fixture
def clock() -> Clock:
    """The line's clock."""
    return Clock()


@pytest.fixture
def queue() -> Recorder:
    """The line's queue."""
    return Recorder()


@pytest.fixture
def line(tmp_path: Path, model_database: bytes, city: Forms, clock: Clock, queue: Recorder) -> Iterator[Line]:
    """A line without papers."""
    (tmp_path / "store.db").write_bytes(model_database)
    store = Store(f"sqlite:///{tmp_path / 'store.db'}")
    yield Line(
        store=store, files=Files(tmp_path / "files"), queue=queue,  # type: ignore[arg-type]
        forms=city, readers=dict, clock=clock, exports=tmp_path / "exports", city=one_target(load_city(REPO / "pipelines")),
        zone=ZoneInfo("Asia/Tokyo"), limits=Limits(caps=Caps(bytes=1 << 20, pages=5, pixels=9_000_000)),
    )
    store.close()


def one_target(city: City) -> City:
    """The city with the feed in fixed widths as its one target, without a cut-off."""
    return city.model_copy(update={"targets": PLAIN})


@pytest.fixture
def batch(line: Line) -> Batch:
    """An open batch that declares one sheet."""
    return declared(line)


def declared(line: Line, sheets: int = 1, **more: Any) -> Batch:
    """A new open batch."""
    return flow.declare_batch(line, "EAST-1", Declaration("KM-0001", "東区", "kodomo", sheets, **more))


def picture(shade: int = 255, size: tuple[int, int] = (60, 80)) -> bytes:
    """A small PNG of one colour."""
    out = io.BytesIO()
    Image.new("L", size, shade).save(out, "PNG")
    return out.getvalue()


def take(line: Line, batch: Batch, seq: int, body: bytes) -> tuple[Scan, bool]:
    """A file given to the line as the API gives it."""
    with line.files.receive(line.limits.caps.bytes) as staged:
        staged.write(body)
        return flow.take_scan(line, batch.id, seq, flow.Told(f"{seq:04}.png"), staged)


def kept(line: Line) -> list[Path]:
    """Every file that the file store holds, finished or not."""
    return [path for path in line.files.root.rglob("*") if path.is_file()]


def page_of(line: Line, batch: Batch, seq: int, body: bytes) -> Page:
    """The one page of a file that was taken and opened."""
    scan, _ = take(line, batch, seq, body)
    flow.open_scan(line, scan.id)
    with line.store.read() as look:
        (page,) = [page for page in look.pages_of_batch(batch.id) if page.scan_id == scan.id]
    return page


def claim_values() -> dict[str, Value]:
    """What stands on samples/kodomo_seikyu/a.png: a claim against which no rule speaks."""
    told: dict[str, Value] = json.loads((SAMPLES / "kodomo_seikyu" / "a.truth.json").read_text("utf-8"))["fields"]
    return told


def read_document(line: Line, name: str, batch: Batch, values: Mapping[str, Value], form: str = "kodomo_seikyu") -> Document:
    """A judged document as if surely read, not stored."""
    known = line.forms[form]
    fields = {
        n: Field(values.get(n), 1.0, "" if values.get(n) is None else str(values[n]), "ppocr", spec.area)
        for n, spec in known.fields.items()
    }
    empty = Document(name, batch.id, form, known.version, batch.business_date, fields, score=0.95)
    return validate(empty, known)


def number_of(name: str) -> str:
    """A recipient number of one's own."""
    body = f"{zlib.crc32(name.encode()) % 10**6:06}"
    return f"{body}{check_digit(body)}"


def lay(line: Line, name: str, batch: Batch, **changed: Value) -> Document:
    """The sample claim, changed, as a stored document that was read from the page of a file of its own; each name is a patient."""
    document = read_document(line, name, batch, claim_values() | {"recipient_no": number_of(name)} | changed)
    return store_document(line, document)


def store_document(line: Line, document: Document) -> Document:
    """The document with a page and a scan of its own."""
    with line.unit() as unit:
        seq = len(unit.scans_of_batch(document.batch_id)) + 1
        scan = Scan(f"s-{document.id}", document.batch_id, seq, f"{seq}.png", f"{seq:02}" * 32, 9, "image/png", 1, line.clock(),
                    step=Step.OPENED)
        unit.add_scan(scan)
        unit.add_document(document)
        unit.add_page(Page(f"p-{document.id}", scan.id, scan.batch_id, 1, line.clock(), Step.BOUND, document_id=document.id))
    return document


def stored(line: Line, name: str) -> Document:
    """The document as it stands."""
    with line.store.read() as look:
        return look.document(name)


def approved_batch(line: Line, count: int, prefix: str = "d") -> Batch:
    """A closed, balanced batch of so many approved claims, a minute apart."""
    batch = declared(line, sheets=count)
    for i in range(count):
        document = lay(line, f"{prefix}{i}", batch, number=f"{2046034 + i}")
        flow.approve(line, document.id, document.version, "sato")
        line.clock.on(minutes=1)  # type: ignore[attr-defined]
    return flow.close_batch(line, batch.id)


def with_limits(line: Line, **changed: Any) -> Line:
    """The same line under other limits."""
    return replace(line, limits=replace(line.limits, **changed))


SHADES = {"A": 40, "r": 80, "C": 120, "?": 160, "_": 200, "|": 220, "B": 240, "S": 10}   # a page's colour says what is on it
SHEET = BatchSheet("KM-0002", 1, "東区", "kodomo")
SAID = {
    "A": {"applicant": "架空　花子", "paid_total": "1500", "receipts_count": "2"},
    "r": {"clinic": "架空医院", "total": "750"},
    "C": {"amount": "983"},
}
FORM = {"A": "application", "r": "receipt", "C": "claim"}


@pytest.fixture
def sighted(line: Line, monkeypatch: pytest.MonkeyPatch, at_their_word: None) -> Line:
    """The line upon which a page's colour says which paper it is."""
    def see(seen: Picture, *_: object) -> Sight:
        shade = int(seen.pixels.flat[0])
        letter = next(letter for letter, known in SHADES.items() if known == shade)
        form = FORMS.get(FORM.get(letter, ""))
        said = SAID.get(letter, {})
        fields = form.fields if form else {}
        readings = tuple(Reading(name, said[name], 0.9999, "ppocr", spec.area) for name, spec in fields.items())
        return Sight(Placement(FORM.get(letter), blank=letter == "_", score=0.9), form, readings,
                     separator={"|": "", "B": "back", "S": ""}.get(letter), sheet=SHEET if letter == "S" else None)

    monkeypatch.setattr(reading, "see", see)
    monkeypatch.setattr(reading, "rendition", lambda shown, *_: shown)      # a small grey square is not drawn out to an A4
    return replace(line, forms=FORMS)


def fed(line: Line, told: str, cut: Cut = Cut.BY_FORM, close: bool = True) -> tuple[Batch, list[Page]]:
    """A batch with one file a letter, its pages not read yet."""
    batch = declared(line, len(told), documents=cut)
    for seq, letter in enumerate(told, start=1):
        scan, _ = take(line, batch, seq, picture(SHADES[letter], (60 + seq, 80)))
        flow.open_scan(line, scan.id)
    if close:
        flow.close_batch(line, batch.id)
    with line.store.read() as look:
        return look.batch(batch.id), look.pages_of_batch(batch.id)


def read_all(line: Line, pages: Sequence[Page]) -> None:
    """Read them in this order, and let go what is nudged."""
    for page in pages:
        flow.read_page(line, page.id)


def documents(line: Line, batch: Batch) -> list[Document]:
    """The batch's documents, by the number of their first page."""
    with line.store.read() as look:
        return sorted(look.documents_of_batch(batch.id), key=lambda d: look.scan(look.pages_of_document(d.id)[0].scan_id).seq)


def shape(line: Line, batch: Batch) -> list[tuple[str | None, int, tuple[str, ...]]]:
    """What came of it: form, pages and findings, document by document. These tests send the same pictures again and again."""
    return [(d.form, d.page_count, tuple(sorted({f.code for f in d.findings} - {"V04"}))) for d in documents(line, batch)]


def balanced(line: Line) -> bool:
    """Whether the books close."""
    with line.store.read() as look:
        lost = [one for one in books.culprits(look) if one.fault is not Fault.FED]
        return not lost and books.paper_ledger(look).balanced and all(b.tally.balanced for b in queries.batch_list(look))
