"""From a received page to what was seen on it. One job is one sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from tsuzuri.engines import Reader
from tsuzuri.engines.finder import Finder, open_finder
from tsuzuri.errors import Refused, Stuck
from tsuzuri.flow.binding import begin, bind_alone, bind_near, part
from tsuzuri.flow.cover import hold_covers
from tsuzuri.flow.hiding import forget_unwanted, keep_without, still_there, without
from tsuzuri.flow.line import Line
from tsuzuri.flow.recognising import recognised
from tsuzuri.forms import Form, Forms, asked
from tsuzuri.image import Picture
from tsuzuri.image.pages import Caps, encode_jpeg, open_page, probe, rendition
from tsuzuri.image.separators import batch_sheet, separator
from tsuzuri.model import Act, Batch, BatchSheet, Document, Finding, Page, Placement, Reading, Scan, Severity, Step
from tsuzuri.rules import find
from tsuzuri.rules.ledgers.people import People
from tsuzuri.stages.align import align
from tsuzuri.stages.bind import Leaf, Part, bundles, compose
from tsuzuri.stages.find import find_form
from tsuzuri.stages.ill_seen import ill_seen
from tsuzuri.stages.intake import differing
from tsuzuri.stages.mask import Spot, masked, spots, told
from tsuzuri.stages.read import read
from tsuzuri.stages.validate import validate
from tsuzuri.store import Unit
from tsuzuri.store.studio import note_lay


def read_page(line: Line, page_id: str) -> None:
    """A received page is read: its picture, its form and all its readings are kept, and it is bound, or marked as blank."""
    # Asked before a try is counted: a full disk is no fault of the page, and must not set a whole box aside as unreadable.
    line.files.check()
    with line.unit() as unit:
        page = unit.page(page_id)
        if page.step is not Step.RECEIVED:
            return
        scan = unit.scan(page.scan_id)
        again = (*_seen_before(line, unit, scan), *_fed_double(page, scan))
        path = line.files.path(scan.kept)
        lost = not path.is_file()
        if lost and line.files.empty():
            line.files.present(scan.kept)       # nor is a folder that this machine does not see
        # Counted before the work: a page that kills its worker must not be tried for ever.
        unit.note_try("read_page", page.id, line.clock())
    if page.tries >= line.limits.max_tries:
        _set_aside(line, page, scan, LOST if lost else _broke_the_reader(line.limits.max_tries))
        return
    try:
        picture = open_page(line.files.present(scan.kept), page.number, line.limits.caps)
    except Refused as error:
        _set_aside(line, page, scan, _cannot_be_shown(error))
        return
    sight = see(picture, line.forms, line.readers(), line.finder)
    shown = without(picture, sight.placement, sight.hidden)
    upright = line.files.put(encode_jpeg(rendition(shown, sight.placement, _paper(sight.form))))
    anew = keep_without(line, scan, {page.number: shown}) if shown is not picture else None
    try:
        _keep(line, _seen(replace(page, picture=upright), sight, again), scan, sight, anew)
    except Stuck:
        if anew is not None:
            with line.unit() as unit:
                unit.let_go(anew)       # it shows what stands on the file's other pages
        raise
    if anew is not None:
        forget_unwanted(line)


def _paper(form: Form | None) -> tuple[float, float] | None:
    return form.paper if form else None


@dataclass(frozen=True)
class Sight:
    """One page as seen: how it lies, which form it is (None: unknown or blank), what the readers saw, and what is odd about it.

    `separator`: it is no paper of anybody's, but a sheet that ends a document (""), or a 返戻票: the id of what went back.
    `sheet` is the batch sheet that it is. `hidden` is where a 個人番号 stands: the readings are without it already, the picture is
    not.
    """

    placement: Placement
    form: Form | None
    readings: tuple[Reading, ...]
    noted: tuple[Finding, ...] = ()
    hidden: tuple[Spot, ...] = ()
    separator: str | None = None
    sheet: BatchSheet | None = None


def see(picture: Picture, forms: Forms, readers: Mapping[str, Reader], finder: Callable[[], Finder] = open_finder) -> Sight:
    """Align and read one page, and see what must not be kept of it; no store, no queue."""
    sight = _seen_by(picture, forms, readers, finder)
    if sight.placement.blank or sight.separator is not None:
        return sight
    hidden = spots(rendition(picture, sight.placement, _paper(sight.form)), sight.form, readers, sight.readings)
    return replace(sight, readings=masked(sight.readings, hidden), noted=(*sight.noted, *told(hidden)), hidden=hidden)


def _seen_by(picture: Picture, forms: Forms, readers: Mapping[str, Reader], finder: Callable[[], Finder]) -> Sight:
    """Lines of text are looked for only where no form's rules lie on the page."""
    placement = align(picture, forms.found_by("rules"), readers)
    form = forms[placement.form] if placement.form else None
    if form is not None:
        return Sight(placement, form, read(picture, placement, form, readers), tuple(ill_seen(placement, form)))
    said = None if placement.blank else separator(picture)
    if said is not None:
        sheet = batch_sheet(said)
        return Sight(placement, None, (), separator="" if sheet else said, sheet=sheet)
    loose = forms.found_by("labels")
    if placement.blank or not loose:
        return Sight(placement, None, (), tuple(ill_seen(placement, None)))
    found = find_form(picture, loose, finder(), readers)
    known = forms[found.placement.form] if found.placement.form else None
    return Sight(found.placement, known, found.readings, (*ill_seen(replace(placement, astray=()), known), *found.noted))


def _seen(page: Page, sight: Sight, again: Iterable[Finding] = ()) -> Page:
    """The page with what was seen of it, moved on."""
    if sight.placement.blank:
        return page.to(Step.BLANK)
    if sight.separator is not None:
        return page.to(Step.SEPARATOR, names=sight.separator)
    return page.to(Step.READ, form=sight.placement.form, score=sight.placement.score, noted=(*again, *sight.noted))


def _keep(line: Line, page: Page, scan: Scan, sight: Sight | None = None, anew: str | None = None) -> None:
    """One commit: what was seen on the page, how it lay, and what that makes of it and of the pages beside it.

    `anew` names the file that takes the place of the one that was sent. Raises Stuck where another of its pages was faster.
    """
    with line.unit() as unit:
        batch = unit.batch(page.batch_id)       # held: two neighbours read at once must not each take the other for unread
        if not unit.save_page(page, was=Step.RECEIVED):
            return  # told twice: somebody else finished this page first
        still_there(line, unit, *filter(None, (page.picture, anew)))
        if anew is not None and not unit.mask_scan(scan, anew):
            raise Stuck("another page of this file was masked meanwhile; read once more", code="masked_meanwhile")
        if sight is not None and sight.sheet is not None and page.number == 1:
            batch = _held_to(line, unit, batch, sight.sheet)
        if sight is not None:
            unit.add_readings(page.id, sight.readings)
            _note_lay(unit, page, sight)
        bind_near(line, unit, batch, scan.seq)
        hold_covers(line, unit, batch)


def _held_to(line: Line, unit: Unit, batch: Batch, sheet: BatchSheet) -> Batch:
    """The batch, with H54 where the sheet on top of it says that it is another one's."""
    told = tuple(one for one in line.forms.rulebook.fit(differing(batch, sheet)) if one not in batch.findings)
    if told:
        batch = replace(batch, findings=(*batch.findings, *told))
        unit.save_batch(batch, was=batch.step)
    return batch


def _note_lay(unit: Unit, page: Page, sight: Sight) -> None:
    """Where a printer has moved a box is told by many pages together; one page costs a row of a few letters."""
    if sight.form is not None and sight.form.found == "rules":
        note_lay(unit, sight.form.name, page.received_at, {region: by for region, *by in sight.placement.aside})


def _set_aside(line: Line, page: Page, scan: Scan, finding: Finding) -> None:
    """There is no dead end: a page that cannot be read is bound as it is, and waits for a person.

    Where even that broke, its neighbours may be what breaks: it becomes a document by itself, and they are left out of it.
    """
    aside = page.to(Step.READ, noted=(finding,))
    if page.tries <= line.limits.max_tries:
        _keep(line, aside, scan)
        return
    with line.unit() as unit:
        batch = unit.batch(page.batch_id)
        if unit.save_page(aside, was=Step.RECEIVED):
            bind_alone(line, unit, batch, aside)


@dataclass(frozen=True)
class Office:
    """What is known where there is no database: the business date, and the people of 受給者台帳, if anybody."""

    day: date
    people: People = field(default_factory=People)


def read_file(
    path: Path, forms: Forms, readers: Mapping[str, Reader], caps: Caps, office: Office,
) -> Iterator[tuple[tuple[int, ...], Document]]:
    """Every document of a file, as (page numbers, judged document): the line without server or database."""
    last, open_still = probe(path, caps).pages, list[Leaf]()
    said: dict[str, Part] = {}
    for number in range(1, last + 1):
        page, readings = _page_of(path, number, forms, readers, caps)
        said[page.id] = part(page, readings, forms)
        leaves = [*open_still, Leaf(page)]
        found = bundles(leaves if number == last else [*leaves, Leaf(None)], forms)
        for bundle in found:
            if bundle.whole:
                document = compose(begin("", office.day), [said.pop(page.id) for page in bundle.pages], forms)
                yield tuple(page.number for page in bundle.pages), _told_of(document, forms, office.people)
        told = {page.id for bundle in found if bundle.whole for page in bundle.pages}
        open_still = [leaf for leaf in leaves if leaf.page and leaf.page.id in said and leaf.page.id not in told]


def judged_page(picture: Picture, forms: Forms, readers: Mapping[str, Reader], day: date) -> tuple[Placement, Document]:
    """One picture as a document by itself: how it lies, and what was read and judged."""
    sight = see(picture, forms, readers)
    blank = replace(sight.placement, blank=False)
    page = _seen(Page("1", "", "", 1, datetime.min), replace(sight, placement=blank, separator=None))
    document = compose(begin("", day), [part(page, sight.readings, forms)], forms)
    return sight.placement, validate(document, forms.of(document))


def _told_of(document: Document, forms: Forms, people: People) -> Document:
    """The document judged, with what is known of the people."""
    document, form = recognised(document, forms, people), forms.of(document)
    return validate(document, form, people.known(asked(form, document.values)) if form else None)


def _page_of(
    path: Path, number: int, forms: Forms, readers: Mapping[str, Reader], caps: Caps,
) -> tuple[Page, tuple[Reading, ...]]:
    page = Page(str(number), "", "", number, datetime.min)
    try:
        sight = see(open_page(path, number, caps), forms, readers)
    except Refused as error:
        return page.to(Step.READ, noted=(_cannot_be_shown(error),)), ()
    return _seen(page, sight), sight.readings


LOST = Finding("V02", Severity.E, Act.RESCAN, "保管したファイルが失われています。原本を再スキャンしてください。")


def _cannot_be_shown(error: Refused) -> Finding:
    return Finding("V02", Severity.E, Act.RESCAN, error.message)


def _broke_the_reader(tries: int) -> Finding:
    message = f"このページは{tries}回読み取りに失敗しました。原本を確認し、再スキャンするか手入力してください。"
    return Finding("V02", Severity.E, Act.RESCAN, message)


def _fed_double(page: Page, scan: Scan) -> tuple[Finding, ...]:
    """H53 where the scanner felt two sheets at once."""
    return (find("H53"),) if page.number in scan.double_fed else ()


def _seen_before(line: Line, unit: Unit, scan: Scan) -> tuple[Finding, ...]:
    """V04 where the very same file came so many days before at most."""
    last = unit.scan_before(scan) if scan.duplicate_of is not None else None
    if last is None or (days := (scan.received_at - last.received_at).days) > line.forms.rulebook.of("V04")["days"]:
        return ()
    return (find("V04", scan=last.id, days=days),)
