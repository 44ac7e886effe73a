"""A document as the sheet page wants it: words, marks, what stands in each input. Touches forms and rules.

Two shapes. `frame` is what never changes while the page is open (labels, choices, boxes), for the template;
`state` is what every save renews, for the page's scripts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tsuzuri.desk import words
from tsuzuri.forms import FieldSpec, Form, private
from tsuzuri.model import Act, Box, Document, Field, Finding, Page, Review, Severity, Step, Value
from tsuzuri.rules import DOUBTFUL, UNREADABLE, key, show
from tsuzuri.rules.reckon import Step as Line
from tsuzuri.stages.explain import Account

PERSON = "person"
EDITABLE = (Step.REVIEW, Step.CLEAN)
MASK = "＊＊＊＊"
BLIND = "ブラインド入力待ち"      # in the place of a value that two key, neither seeing it
MARKS = frozenset({"seal", "tick", "struck"})    # there or not
DIGITS_ONLY = frozenset(
    {
        "digits",
        "recipient_no",
        "payer_no",
        "insurer_no",
        "inst_code",
        "account_no",
        "int",
        "yen",
        "postal",
        "phone",
    }
)


@dataclass(frozen=True)
class Paper:
    """All that is told about one document: itself, its form if it has one, its pages, each page's form, what people did, and how
    its claims are reckoned. `drawn`: it is no paper but an electronic receipt, drawn on a sheet of that width and height in mm.
    `instead`: fields in which something else is shown than what was read, to see whether anybody looks.
    """

    document: Document
    form: Form | None
    pages: Sequence[Page]
    leaves: Sequence[Form | None]
    reviews: Sequence[Review]
    accounts: Sequence[Account] = ()
    drawn: tuple[float, float] | None = None
    instead: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Viewer:
    """Who looks, when, and what they may do."""

    id: str
    name: str
    may_edit: bool
    masked: bool
    now: datetime
    zone: ZoneInfo


def by_hand(paper: Paper) -> bool:
    """Whether a person named the form and no reader has seen it: the page was never laid on it, so its boxes lie."""
    named = any(review.action == "name_form" for review in paper.reviews)
    return named and not placed(paper.document)


def placed(document: Document, page: int = 1) -> bool:
    """Whether a reader saw the page laid on its form: only then do the form's boxes say where on it things stand."""
    return any(field.reader not in ("none", PERSON) for field in document.fields.values() if field.page == page)


def frame(document: Document, form: Form, boxes: Mapping[str, Box | None]) -> list[dict[str, Any]]:
    """The fields in the form's order, each as `framed`."""
    return [framed(name, document, form, boxes.get(name)) for name in form.fields]


def framed(name: str, document: Document, form: Form, box: Box | None) -> dict[str, Any]:
    """A field's label, kind, choices, its page and, where there is one, its box (mm)."""
    spec = form.fields[name]
    return {
        "name": name,
        "label": form.label(name),
        "kind": spec.kind,
        "required": form.required(name.split(".")[0]),
        "choices": _choices(spec),
        "box": box,
        "page": document.fields[name].page if name in document.fields else 1,
        "inputmode": "numeric" if spec.kind in DIGITS_ONLY else "text",
    }


def boxes(document: Document, form: Form) -> dict[str, Box | None]:
    """Where each field stands on the picture: as the form says, or, if it had to be found, where it was."""
    fields, laid = document.fields, {page: placed(document, page) for page in range(1, max(1, document.page_count) + 1)}
    return {name: spec.area if not spec.sought else fields[name].box if name in fields else None
            for name, spec in form.fields.items() if laid.get(fields[name].page if name in fields else 1)}


def state(paper: Paper, viewer: Viewer) -> dict[str, Any]:
    """Everything a save may change, as a JSON object."""
    document, form = paper.document, paper.form
    held_by = holder(document, viewer)
    hidden = document.blind | (private(document, form) if form and viewer.masked else frozenset[str]())
    word, tone = words.STEPS[document.step]
    return {
        "id": document.id,
        "who": viewer.id,
        "name": viewer.name,
        "version": document.version,
        "step_word": word,
        "step_tone": tone,
        "editable": viewer.may_edit and document.step in EDITABLE and held_by is None,
        "held_by": held_by,
        "why": why_not(document),
        "pages": _pages(paper),
        "labels": {name: form.label(name) for name in form.fields} if form else {},
        "fields": {name: {**told(name, document, form, name in hidden), **lured(paper.instead, name)} for name in form.fields}
        if form else {},
        "findings": [_finding(finding, form) for finding in document.findings],
        "accounts": [_account(account) for account in paper.accounts],
        "history": [_review(review, form, viewer, hidden) for review in reversed(paper.reviews)],
    }


def lured(instead: Mapping[str, str], name: str) -> dict[str, str]:
    """What a field shows in the place of what was read, where something else is shown to see whether anybody looks."""
    return {"shown": instead[name], "ink": ""} if name in instead else {}


def _pages(paper: Paper) -> list[dict[str, Any]]:
    if paper.drawn is not None:
        return [{"picture": f"/desk/receipts/{paper.document.id}/picture", "paper": paper.drawn}]
    return [_page(paper, place) for place in range(1, len(paper.pages) + 1)]


def _page(paper: Paper, place: int) -> dict[str, Any]:
    """A page's picture and, where it was laid on its form, the paper's size in mm."""
    page, leaf = paper.pages[place - 1], paper.leaves[place - 1]
    return {"picture": picture_of(page), "paper": leaf.paper if leaf and placed(paper.document, place) else None}


def picture_of(page: Page) -> str | None:
    """Where the page's picture is to be had; another picture has another address, so that a browser may keep it for a while."""
    return f"/desk/pages/{page.id}/picture?v={page.picture[:12]}" if page.picture else None


def holder(document: Document, viewer: Viewer) -> str | None:
    """Who else holds the document just now."""
    until = document.leased_until
    held = document.leased_by not in (None, viewer.name) and until is not None and until > viewer.now
    return document.leased_by if held else None


def why_not(document: Document) -> str:
    """Why the document cannot be approved as it stands, or ""."""
    if document.form is None:
        return "帳票がまだ選ばれていないため、承認できません。"
    stops = [finding for finding in document.findings if finding.severity.blocks]
    if not stops:
        return ""
    if all(finding.field in document.blind for finding in stops):
        return f"二人が入力するか、裁定を待つ欄が {len(stops)} 件あるため、まだ承認できません（ブラインド入力・裁定の画面）。"
    codes = "、".join(dict.fromkeys(finding.code for finding in stops))
    return f"エラーが {len(stops)} 件残っているため、承認できません（{codes}）。直せないときは返戻してください。"


def shown(spec: FieldSpec, field: Field) -> str | None:
    """What stands in a field's input. None leaves its choices open: several were marked, or none clearly."""
    if field.raw == UNREADABLE and field.reader == PERSON:
        return UNREADABLE
    open_still = field.value is None and field.raw != "" and field.reader != PERSON
    if open_still and (spec.kind in MARKS or spec.options):
        return None
    if spec.kind in MARKS:
        return "1" if field.value else "0"
    if spec.options:
        return str(field.value or "")
    if field.value is None and field.reader != PERSON:
        return field.raw  # what could not be understood is there to be mended, not to be typed anew
    return show(spec.kind, field.value)


def passed(kind: str, value: Value) -> str:
    """A value that passed, as it stands on a page beside its picture: あり and なし for marks, "" for nothing."""
    return ("あり" if value else "なし") if kind in MARKS else show(kind, value)


def told(name: str, document: Document, form: Form, masked: bool) -> dict[str, Any]:
    """What a save may change of one field: what stands in its input, what was read, and its mark."""
    spec = form.fields[name]
    field = document.fields.get(name) or Field(None, 0.0, "", "none")
    if name in document.blind:
        return {"shown": None if spec.kind in MARKS or spec.options else BLIND, "ink": "", "state": "blind", "by_person": False}
    if masked:
        blank = field.value is None
        return {
            "shown": "" if blank else MASK,
            "ink": "",
            "state": "blank" if blank else "auto",
            "by_person": False,
        }
    return {
        "shown": shown(spec, field),
        "ink": "" if spec.kind in MARKS else _said(field.raw),
        "state": _mark(name, field, document.findings, form),
        "by_person": field.reader == PERSON,
    }


def _said(raw: str) -> str:
    """What was read, as a clerk reads it: 外来・入院, and ？ behind what is doubtful."""
    words = raw.replace("|", "・")
    return f"{words[1:]}？" if raw.startswith(DOUBTFUL) and len(raw) > 1 else words


def _mark(name: str, field: Field, findings: Sequence[Finding], form: Form) -> str:
    mine = {finding.severity for finding in findings if finding.field == name}
    if mine & {Severity.F, Severity.E}:
        return "bad"
    if field.reader == PERSON:
        return "done"
    if Severity.W in mine or form.keyed(name) == "always":
        return "pending"
    return "blank" if field.value is None and field.raw == "" else "auto"


def _choices(spec: FieldSpec) -> list[tuple[str, str]]:
    if spec.kind in MARKS:
        return [("1", "あり"), ("0", "なし")]
    return [*((word, word) for word in spec.options), ("", "記入なし")] if spec.options else []


def _finding(finding: Finding, form: Form | None) -> dict[str, Any]:
    known = form is not None and finding.field in form.fields
    return {
        "key": key(finding),
        "code": finding.code,
        "severity": finding.severity.value,
        "word": words.SEVERITIES[finding.severity][1],
        "act": "" if finding.act is Act.NONE else finding.act.value,
        "message": finding.message,
        "field": finding.field if known else None,
    }


def _account(account: Account) -> dict[str, Any]:
    """One claim's reckoning: its lines, of each way that may be, with their sums as a clerk reads them."""
    return {
        "title": f"{account.row}行目" if account.row else "",
        "fits": account.fits is not False,
        "ways": [[_step(step) for step in way.steps] for way in account.found],
    }


def _step(step: Line) -> dict[str, str]:
    return {"name": step.name, "says": step.says, "yen": "" if step.yen is None else f"{step.yen:,}円"}


def _review(review: Review, form: Form | None, viewer: Viewer, hidden: frozenset[str]) -> dict[str, Any]:
    return {
        "by": review.by,
        "at": f"{review.at.astimezone(viewer.zone):%Y-%m-%d %H:%M}",
        "word": words.ACTIONS.get(review.action, review.action),
        "note": _note(review, form),
        "changes": [_change(name, pair, form, name in hidden) for name, pair in review.changes.items()],
    }


def _note(review: Review, form: Form | None) -> str:
    if review.action in ("merged", "split_off", "move"):
        return f"書類 {review.note[-8:]}"
    if review.action == "name_form" and form is not None and review.note == form.name:
        return form.called
    return "、".join(filter(None, (review.note, *review.accepted)))


def _change(name: str, pair: Sequence[Value], form: Form | None, masked: bool) -> dict[str, str]:
    spec = form.fields.get(name) if form else None
    if form is None or spec is None:
        return {"label": name, "before": "", "after": ""}
    if masked:
        return {"label": form.label(name), "before": MASK, "after": MASK}
    before, after = (("あり" if v else "なし") if spec.kind in MARKS else show(spec.kind, v) for v in pair)
    return {"label": form.label(name), "before": before, "after": after}


def masked_boxes(document: Document, form: Form, page: int) -> list[Box] | None:
    """Boxes (mm) on a page that must not be seen by those for whom values are masked; None if nobody knows where they are.

    A field may have moved since the paper was read: it is hidden where it was and where it is. One that the form did not have
    yet may stand anywhere on a paper that was printed before.
    """
    hidden = private(document, form)
    if not placed(document, page) or (document.form_version != form.version and not hidden <= document.fields.keys()):
        return None
    known = boxes(document, form)
    here = {name: field for name, field in document.fields.items() if name in hidden and field.page == page}
    found = {name: {box for box in (known.get(name), field.box) if box is not None} for name, field in here.items()}
    return sorted(set().union(*found.values())) if all(found.values()) else None
