"""From read pages to documents: whatever order parallel workers read a batch in, the same pages are bound together.

A page is looked at in the unit of work that stores what was read on it, with its neighbours; what is sure already becomes a
document there and then. A form that takes others' pages shows at once, and waits for those behind it that are not read yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby

from tsuzuri.errors import WrongTurn
from tsuzuri.flow.answering import link_answers
from tsuzuri.flow.cover import hold_covers
from tsuzuri.flow.judging import judge
from tsuzuri.flow.line import Line, new_id
from tsuzuri.flow.recognising import recognised
from tsuzuri.flow.rescans import ask_again
from tsuzuri.forms import Forms
from tsuzuri.model import Batch, Collate, Document, Finding, Page, Reading, Scan, Step
from tsuzuri.rules import find
from tsuzuri.stages.assemble import assemble
from tsuzuri.stages.bind import Bundle, Leaf, Part, bundles, compose, is_back, places
from tsuzuri.stages.intake import other_half
from tsuzuri.store import Look, Unit

NEAR = 64                           # files looked at on each side: the longest application has some 20 receipts, each with a back
IDLE = timedelta(minutes=10)        # no file has come for so long: what an open batch's last paper waits for will not come


def bind_near(line: Line, unit: Unit, batch: Batch, seq: int) -> None:
    """Bind what can be bound around a page just stored, of the file of that number. The unit holds the batch."""
    among = range(max(1, seq - NEAR), seq + NEAR + 1)
    _bind(line, unit, batch, _leaves(unit, batch, batch.step is Step.CLOSED, among))


def bind_alone(line: Line, unit: Unit, batch: Batch, page: Page) -> None:
    """Make a page just stored a document of its own, whatever lies beside it; its neighbours are bound in their own time."""
    _bind_one(line, unit, batch, Bundle((page,), whole=True))
    unit.then("bind_batch", batch.id)


def bind_batch(line: Line, batch_id: str) -> None:
    """Bind all that can be bound in a batch; what nobody brings any more is waited for no longer."""
    with line.unit() as unit:
        batch = unit.batch(batch_id)
        if unit.anything_unread(batch_id):
            _bind(line, unit, batch, _leaves(unit, batch, _is_over(line, unit, batch)))
            hold_covers(line, unit, batch)


def settled(look: Look, batch: Batch) -> bool:
    """Whether a batch is closed, every page of it read, and every document begun: nothing more will change by itself."""
    return batch.step is Step.CLOSED and not look.anything_unread(batch.id)


def begin(batch_id: str, day: date) -> Document:
    """A document that says nothing yet."""
    return Document(new_id("dc"), batch_id, form=None, form_version=0, business_date=day, step=Step.WAITING)


def part(page: Page, readings: Iterable[Reading], forms: Forms) -> Part:
    """What a page says by itself."""
    form = forms.get(page.form) if page.form else None
    if form is None:
        return Part(page, page.form, noted=page.noted)
    alone = Document(page.id, page.batch_id, form.name, form.version, page.received_at.date(), noted=page.noted)
    said = assemble(alone, readings, form)
    return Part(page, form.name, said.fields, said.noted)


def readings(line: Line, look: Look, document: Document) -> list[Reading]:
    """Everything readers saw on the document's pages, its fields named as the document has them.

    Those on a page whose fields it has not are named by its place: "3.total".
    """
    pages = look.pages_of_document(document.id)
    before = list(places([document.form, *(page.form for page in pages[1:])], line.forms))
    return [replace(seen, field=_named(seen, before[seen.page - 1])) for seen in look.readings(document.id)]


def _named(seen: Reading, before: str | None) -> str:
    return f"{seen.page}.{seen.field}" if before is None else before + seen.field


def _is_over(line: Line, look: Look, batch: Batch) -> bool:
    """Whether no more files come, or none has for so long that nobody should wait for one."""
    if batch.step is Step.CLOSED:
        return True
    last = max((scan.received_at for scan in look.scans_of_batch(batch.id)), default=batch.created_at)
    return last < line.clock() - IDLE


def _leaves(look: Look, batch: Batch, over: bool, among: range | None = None) -> list[Leaf]:
    """The batch's paper in its order, with a place for what is missing: before, between and behind, unless it is over."""
    waiting, of_scan = look.waiting_documents(batch.id), dict[str, list[Page]]()
    for page in look.pages_of_batch(batch.id, among):
        of_scan.setdefault(page.scan_id, []).append(page)
    first = among.start if among else 1
    leaves = [Leaf(None)] if first > 1 else []
    due = first
    scans = look.scans_of_batch(batch.id, among)
    alone = frozenset(_awaiting(batch, scans))
    for pile, files in groupby(scans, key=lambda scan: scan.pile):
        if pile > due and not over:
            leaves.append(Leaf(None))
        sides = list(files)
        due = sides[-1].seq + 1
        seen = all(side.id in of_scan and side.seq not in alone for side in sides)
        shown = sorted((page for side in sides for page in of_scan[side.id]), key=lambda page: page.place) if seen else []
        leaves += [Leaf(page, pile, page.document_id in waiting) for page in shown] or [Leaf(None, pile)]
    more = among is not None and look.last_number(batch.id) >= among.stop
    return [*leaves, Leaf(None)] if more or not over else leaves


def _awaiting(batch: Batch, scans: Iterable[Scan]) -> Iterator[int]:
    """The numbers of files whose other half may still come: what lies on the other side of their sheets nobody knows yet."""
    if batch.collate is Collate.AS_FED or batch.step is Step.CLOSED:
        return
    came = {scan.seq for scan in scans}
    yield from (seq for seq in came if other_half(seq) not in came)


def _bind(line: Line, unit: Unit, batch: Batch, leaves: list[Leaf]) -> None:
    for bundle in bundles(leaves, line.forms, batch.cut, batch.pages_per_document):
        if bundle.whole or bundle.pages[0].step is Step.READ:
            _bind_one(line, unit, batch, bundle)
    link_answers(line, unit, batch, [leaf.page for leaf in leaves])


def _bind_one(line: Line, unit: Unit, batch: Batch, bundle: Bundle) -> None:
    """The bundle's document, judged; or, while it is not whole, its first page's, waiting for the others."""
    leader = bundle.pages[0]
    begun = unit.document(leader.document_id) if leader.document_id else None
    pages = bundle.pages if bundle.whole else bundle.pages[:1]
    said = [part(page, unit.readings_of_page(page.id), line.forms) for page in pages]
    document = compose(begun or begin(batch.id, batch.business_date), said, line.forms)
    document = replace(document, noted=(*document.noted, *_astray(unit, batch, pages, line.forms)))
    document = judge(line, unit, recognised(document, line.forms, unit))
    if not bundle.whole:
        document = replace(document, step=Step.WAITING)
    if begun is None:
        unit.add_document(document)
    else:
        unit.save_document(document, was_version=begun.version)
    ask_again(line, unit, batch, document, [(place, page) for place, page in enumerate(pages, 1) if page.step is Step.READ])
    for page in pages:
        if page.step is Step.READ and not unit.save_page(page.to(Step.BOUND, document_id=document.id), was=Step.READ):
            raise WrongTurn(f"page {page.id} was bound by another unit of work", code="bound_already")


def _astray(unit: Unit, batch: Batch, pages: Sequence[Page], forms: Forms) -> Iterator[Finding]:
    """H57 where a back does not lie on its front's sheet: a stack of backs may have been laid the wrong way round."""
    if batch.collate is Collate.AS_FED or len(pages) == 1:
        return
    sheets = [(unit.scan(page.scan_id).pile, (page.place + 1) // 2) for page in pages]
    found = [n for n, (page, sheet) in enumerate(zip(pages, sheets, strict=True), 1)
             if is_back(page, forms) and sheets.count(sheet) == 1]
    if found:
        yield find("H57", pages="・".join(map(str, found)))
