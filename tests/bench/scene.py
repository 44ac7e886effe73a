"""What README's pictures show: the sample batch, read by the real line, and a morning's work of fictional people upon it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import product

from tsuzuri import flow
from tsuzuri.flow import READING_DOUBTS, Line, Plan
from tsuzuri.flow.carpet import digits_of
from tsuzuri.flow.judging import judge
from tsuzuri.flow.second import Field
from tsuzuri.flow.studio import begun, folders, keep
from tsuzuri.forms.drafted import drafted_from
from tsuzuri.model import Document, Step
from tsuzuri.store import accounts, samples
from tsuzuri.store.questions import Wish
from tsuzuri.store.strokes import Stroke, note_strokes
from tsuzuri.store.studio import note_lay

PEOPLE = (("sato", "clerk"), ("ito", "clerk"), ("kato", "adjudicator"), ("kansa", "auditor"), ("honda", "supervisor"))
PASSWORD = "kusamakura-1906"
HABITS = {"sato": 4200, "ito": 6100, "kato": 5200}       # milliseconds a field
MODES = (("sheet", 1.0), ("run", 0.25), ("sample", 0.4))  # and which share of that in each mode
MOVED_FROM = 22                                          # of the last pages of a form, so many lie elsewhere


@dataclass(frozen=True)
class Scene:
    """What is looked at: papers by id, a run's address, and the digit that is most often read."""

    batch: str
    sheet: str
    rows: str
    returned: str
    run: str
    digit: str


def lay(line: Line, batch: str, by: str) -> Scene:
    """The work of a morning upon a batch that has been read."""
    with line.unit() as unit:
        for name, role in PEOPLE:
            accounts.add_user(unit, name, PASSWORD, role, line.clock(), None if role != "clerk" else "東区")
    with line.store.read() as look:
        papers = list(look.documents_of_batch(batch))
    claims = [one for one in papers if one.form == "kodomo_seikyu"]
    clean, waiting = ([one for one in claims if one.step is step] for step in (Step.CLEAN, Step.REVIEW))
    waiting.sort(key=lambda one: -sum(finding.severity.blocks for finding in one.findings))
    _leave_to_two(line, clean[:2])
    _approve(line, [one for one in papers if one.step is Step.CLEAN and one not in clean[:2]])
    sheet, *others = waiting
    returned, asked = others[0], [one for one in papers if one.step is Step.REVIEW and one.form not in (None, "kodomo_seikyu")]
    flow.give_back(line, returned.id, returned.version, "sato", "\n".join(f"{f.code} {f.message}" for f in returned.findings))
    flow.ask(line, asked[0].id, asked[0].version, (Wish.SENIOR, "続柄の記載が台帳と違います。判断をお願いします。"), "ito")
    flow.ask(line, asked[1].id, asked[1].version, (Wish.RESCAN, "右端が切れています。"), "sato")
    _work(line, papers)
    _draw_samples(line, by)
    _drift(line)
    _draw_forms(line, by)
    flow.night(line, line.today())
    with line.store.read() as look:
        papers = list(look.documents_of_batch(batch))
        form, field, _ = look.doubted_kinds(READING_DOUBTS)[0]
    read = "".join(digits_of(one, name) for one in papers if one.step is Step.REVIEW for name in one.fields)
    rows = next(one.id for one in papers if (known := line.forms.of(one)) and known.export.each)
    return Scene(batch, sheet.id, rows, returned.id, f"/desk/runs/{form}/{field}", max("0123456789", key=read.count))


def _leave_to_two(line: Line, clean: list[Document]) -> None:
    """Two clean papers' amounts are doubted after all: one waits for its second entry, one was keyed differently by two."""
    for document, entries in zip(clean, (("sato",), ("sato", "ito")), strict=True):
        with line.unit() as unit:
            fields = {**document.fields, "amount": replace(document.fields["amount"], confidence=0.4)}
            unit.save_document(judge(line, unit, document.to(Step.REVIEW, fields=fields)), was_version=document.version)
            version = unit.document(document.id).version
        for by, more in zip(entries, (0, 70), strict=False):
            ink = str(int(document.values["amount"] or 0) + more)
            flow.key_blind(line, Field(document.id, version, "amount"), ink, by)


def _approve(line: Line, papers: list[Document]) -> None:
    for by, one in zip(["sato", "ito", "sato", "kato", "sato", "ito", "kato", "sato"], papers, strict=False):
        with line.store.read() as look:
            current = look.document(one.id)
        flow.approve(line, one.id, current.version, by)


def _work(line: Line, papers: list[Document]) -> None:
    """How long each field was before whom, yesterday and today; now and then one was shown wrong on purpose."""
    with line.unit() as unit:
        note_strokes(unit, _strokes(papers, random.Random(1), line.clock()))


def _strokes(papers: list[Document], chance: random.Random, now: datetime) -> Iterator[Stroke]:
    for (i, (by, usual)), (mode, share), days in product(enumerate(HABITS.items()), MODES, (0, 1)):
        for document, field in [(one, name) for one in papers for name in list(one.fields)[i::6]]:
            lured, took_ms = chance.random() < 0.02, int(usual * share * chance.uniform(0.5, 1.6))
            yield Stroke(document.id, field, mode, by, now - timedelta(days=days), took_ms, chance.choice((1, 1, 1, 3, 6)),
                         chance.random() < 0.1, "1230" if lured else None, chance.random() < 0.9 if lured else None)


def _draw_samples(line: Line, by: str) -> None:
    """A sample of what passed, half of it judged already."""
    month = f"{line.today():%Y-%m}"
    for asked in ("amount", "days", "service_ym"):
        flow.draw_sample(line, Plan(month, "kodomo_seikyu", asked, 8), by, seed=7)
    with line.store.read() as look:
        drawn = [one.n for one in samples.waiting_samples(look, "honda", None, limit=100)]
    for n in drawn[::2]:
        flow.judge_sample(line, n, "wrong" if n == drawn[0] else "right", "honda")


def _draw_forms(line: Line, by: str) -> None:
    """A form in hand for the new print run, and one that was only begun."""
    draft = drafted_from("kodomo_shinsei", folders(line))
    for column in draft.tree["rows"].values():
        column["fields"]["paid"]["box"][0] += 2.0
    keep(line, draft, None, by)
    keep(line, begun("atarashii_todoke", None), None, "honda")


def _drift(line: Line) -> None:
    """A new print run of the application for refund has the column of what was paid 2 mm further right."""
    now = line.clock()
    with line.unit() as unit:
        for i in range(40):
            moved = {"receipts.paid": (2.0, 0.0)} if i > 40 - MOVED_FROM else {}
            note_lay(unit, "kodomo_shinsei", now - timedelta(minutes=40 - i), moved)
