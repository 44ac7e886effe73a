"""bind: pages in a row become documents: which belong together, and what they say as one. Touches forms and rules.

`bundles` tells from a stretch of a batch which pages belong together, as far as that is sure already. Whatever order pages are
read in, what it says once they all are is the same. `compose` makes one document of what its pages say, `parts` undoes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from tsuzuri.forms import Form, Forms
from tsuzuri.model import Cut, Document, Field, Finding, Page, Severity, Step
from tsuzuri.rules import find

ALONE, UNREAD = "H20", "H21"      # a paper without the one that it belongs to; a page of which nothing was read


@dataclass(frozen=True, slots=True)
class Leaf:
    """A place in the order of a batch's paper, in the pile of that number (a file, or two with a side each). `page` None: not
    there yet, or out of sight.

    `waits`: its page leads a document that waits for the pages behind it.
    """

    page: Page | None
    file: int = 0
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Bundle:
    """Pages that belong together, the leading one first. `whole`: no more can come."""

    pages: tuple[Page, ...]
    whole: bool


def bundles(leaves: Sequence[Leaf], forms: Forms, cut: Cut = Cut.BY_FORM, count: int = 1) -> list[Bundle]:
    """The documents among these leaves that are not bound for good yet, in their order; `count` belongs to Cut.BY_COUNT.

    A page behind a place not seen yet is in none, unless it begins a document: whose it is, nobody knows so far.
    """
    found: list[Bundle] = []
    here: list[Page] = []
    sure = True
    before: Leaf | None = None

    def close(whole: bool) -> None:
        if here:
            found.append(Bundle(tuple(here), whole or not _grows(here[0], forms, cut)))
            here.clear()

    for leaf in _fronts_first(leaves, forms):
        page = leaf.page
        if before is not None and _cuts(before, leaf, cut, count):
            close(whole=True)
            sure = True
        if page is None or page.step is Step.RECEIVED:
            close(whole=False)
            sure = False
        elif page.step is Step.SEPARATOR or (page.step is Step.BOUND and not leaf.waits):
            close(whole=True)
            sure = True
        elif page.step is not Step.BLANK:
            begins = leaf.waits or _begins(page, forms, cut)
            if here and not begins and _joins(page, here[0], forms, cut):
                here.append(page)
            elif sure or begins:
                close(whole=True)
                here.append(page)
                sure = True
        before = leaf
    close(whole=True)
    return found


def _fronts_first(leaves: Sequence[Leaf], forms: Forms) -> Iterator[Leaf]:
    """The leaves, but of each sheet scanned back first its front; a back whose other side is not read yet is not there yet."""
    ahead = [*leaves, Leaf(None, -1)]
    skip = False
    for leaf, other in pairwise(ahead):
        if skip:
            skip = False
        elif leaf.page is None or not _two_sides(leaf, other):
            yield leaf
        elif _back_first(leaf.page, other, forms):
            yield from (other, leaf)
            skip = True
        elif is_back(leaf.page, forms) and (other.page is None or other.page.step is Step.RECEIVED):
            yield replace(leaf, page=replace(leaf.page, step=Step.RECEIVED))
        else:
            yield leaf


def _two_sides(leaf: Leaf, other: Leaf) -> bool:
    """Whether the one behind it is, or may be, the other side of a leaf's sheet."""
    if leaf.page is None or leaf.page.place % 2 == 0 or leaf.file != other.file:
        return False
    return other.page is None or other.page.place == leaf.page.place + 1


def _back_first(page: Page, other: Leaf, forms: Forms) -> bool:
    """Whether a page is, or while it is not read may be, the back of the one scanned behind it."""
    front = other.page
    if front is None or front.form is None or front.form not in forms or not (front.step is Step.READ or other.waits):
        return False
    backs = {taken.form for taken in forms[front.form].takes.values() if taken.overleaf}
    return page.form in backs if page.step is Step.READ else page.step is Step.RECEIVED and bool(backs)


def is_back(page: Page, forms: Forms) -> bool:
    """Whether what was read on a page is the other side of some form."""
    return page.step is Step.READ and any(
        taken.overleaf and taken.form == page.form for form in forms.values() for taken in form.takes.values())


def _cuts(before: Leaf, leaf: Leaf, cut: Cut, count: int) -> bool:
    """Whether the batch's declaration ends a document between two neighbours."""
    if cut in (Cut.BY_FORM, Cut.SEPARATED):
        return False
    if before.file != leaf.file or before.page is None or leaf.page is None:
        return before.file != leaf.file
    return cut is Cut.BY_COUNT and (before.page.place - 1) // count != (leaf.page.place - 1) // count


def _begins(page: Page, forms: Forms, cut: Cut) -> bool:
    """Whether a document begins with this page wherever it lies."""
    if page.form is None:
        return cut is Cut.BY_FORM
    return not forms.is_taken(page.form)


def _grows(leader: Page, forms: Forms, cut: Cut) -> bool:
    """Whether pages behind this one may belong to it."""
    return cut is not Cut.BY_FORM or bool(leader.form in forms and leader.form and forms[leader.form].takes)


def _joins(page: Page, leader: Page, forms: Forms, cut: Cut) -> bool:
    """Whether a page that begins nothing belongs to this leader, where nothing between them ends its document."""
    return cut is not Cut.BY_FORM or _table(leader.form, page.form, forms) is not None


def _table(leader: str | None, form: str | None, forms: Forms) -> str | None:
    """The table of the leading form whose rows are pages of that form."""
    takes = forms[leader].takes if leader in forms and leader else {}
    return next((table for table, taken in takes.items() if taken.form == form), None)


@dataclass(frozen=True, slots=True)
class Part:
    """What one page says by itself: `fields` and `noted` are named as on its own form and lie on page 1."""

    page: Page
    form: str | None
    fields: Mapping[str, Field] = field(default_factory=dict)
    noted: tuple[Finding, ...] = ()


def compose(document: Document, read: Sequence[Part], forms: Forms) -> Document:
    """The document, bound from these pages in this order, not judged yet. The first says which form it is.

    Fields of the others stand in the tables that its form has for them ("evidence.2.total"); a page for which it has none is
    bound all the same, and a person must look at it (H21). A paper that belongs behind another one, and leads, says so (H20).
    """
    leader = read[0]
    fields: dict[str, Field] = {}
    noted: list[Finding] = []
    unread: list[int] = []
    for place, (part, before) in enumerate(zip(read, places([part.form for part in read], forms), strict=True), start=1):
        if before is None:
            unread.append(place)
        else:
            fields |= {before + name: replace(f, page=place) for name, f in part.fields.items()}
        noted += [_moved(finding, before, place) for finding in part.noted]
    if leader.form is not None and forms.is_taken(leader.form):
        noted.append(find(ALONE, title=forms[leader.form].title))
    if unread:
        noted.append(find(UNREAD, pages="・".join(map(str, unread))))
    known = forms.get(leader.form) if leader.form else None
    return replace(
        document, form=leader.form, form_version=known.version if known else 0, score=leader.page.score, fields=fields,
        noted=tuple(noted), page_count=len(read))


def places(named: Sequence[str | None], forms: Forms) -> Iterator[str | None]:
    """What stands before the names of each page's fields in a document of pages of these forms: "" of the first.

    None for a page whose fields the leading form does not take.
    """
    yield ""
    leader, counts = named[0], Counter[str]()
    for form in named[1:]:
        table = _table(leader, form, forms)
        if table is None or leader is None or counts[table] == forms[leader].takes[table].most:
            yield None
            continue
        counts[table] += 1
        yield f"{table}.{counts[table]}."


def _moved(finding: Finding, before: str | None, place: int) -> Finding:
    """A page's finding as the document's. That a page behind the first cannot be read does not forbid a claim: its leader can."""
    named = f"{before}{finding.field}" if finding.field and before is not None else None
    severity = Severity.W if finding.code == "V02" and place > 1 else finding.severity
    return replace(finding, field=named, page=place, severity=severity)


def parts(document: Document, pages: Sequence[Page], form: Form | None) -> list[Part]:
    """What each page says by itself, with whatever people have settled in it. `form` is the document's (`Forms.of`)."""
    return [Part(page, document.form if place == 1 else page.form, *_said(document, place, form))
            for place, page in enumerate(pages, start=1)]


def _said(document: Document, place: int, form: Form | None) -> tuple[dict[str, Field], tuple[Finding, ...]]:
    tables = form.takes if form else {}

    def own(name: str) -> str:
        return name.split(".", 2)[2] if name.split(".")[0] in tables else name

    fields = {own(name): replace(f, page=1) for name, f in document.fields.items() if f.page == place}
    noted = tuple(
        replace(finding, field=own(finding.field) if finding.field else None, page=1) for finding in document.noted
        if (finding.page or 1) == place and finding.code not in (ALONE, UNREAD))
    return fields, noted
