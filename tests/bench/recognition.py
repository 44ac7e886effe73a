"""What 受給者台帳 wins, and that nobody who is not in it is turned into somebody who is. `python tests/bench/recognition.py`

Sheets are read once and kept (.work/ledger-PURPOSE.jsonl); what follows is reckoned from that: each sheet is held against a made-up
city of 740,000 people, once with its own person in it, and once for each sort of near twin in that person's place.
Nearly every number of a sheet is somebody's in that city. Seeds below 60,000 tune; from 5,000,000 on they are the figure.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_THREAD_LIMIT", "1")

import numpy as np
from rich.console import Console
from rich.progress import track

from tsuzuri.flow.reading import see
from tsuzuri.forms import NOWHERE, Form, Forms, asked
from tsuzuri.house import city_forms, form_readers
from tsuzuri.image import Picture
from tsuzuri.image.pages import Caps, encode_jpeg, open_page
from tsuzuri.model import CHOSEN, MET, Document, Reading, Step, Value
from tsuzuri.rules import Known, same
from tsuzuri.rules.known import Recipient
from tsuzuri.rules.person import SAID, Sought, alike, near
from tsuzuri.settings import Settings
from tsuzuri.stages.assemble import assemble
from tsuzuri.stages.recognise import recognise, sought
from tsuzuri.stages.validate import validate
from tsuzuri.synth.fonts import Purpose
from tsuzuri.synth.papers import make
from tsuzuri.synth.people import GAP, _names, with_check
from tsuzuri.synth.stories import BUSINESS_DATE

HERE = Path(__file__).resolve().parent
KEPT = HERE.parents[1] / ".work"
FORMS = ("kodomo_seikyu", "hitorioya_seikyu", "jyudo_seikyu", "kodomo_shinsei")
STYLES = ("typed", "hand", "digits")
RECIPES = ("clean", "office", "poor", "fax")
FIRST = {"tuning": 31_000, "test": 5_200_000}
ROW = {"recipient_no": "recipient_no", "birth": "birth", "kana": "patient_kana", "name": "patient_name", "insurer_no": "insurer_no",
       "symbol": "symbol", "number": "number"}
CITIZENS = 740_000
OLDEST = date(1940, 1, 1)


def gather(forms: Forms, purpose: Purpose, many: int, to: Path) -> list[dict[str, Any]]:
    """The first so many sheets, each read once; what the file has already is not read again."""
    to.parent.mkdir(parents=True, exist_ok=True)
    done = [json.loads(line) for line in to.read_text("utf-8").splitlines()] if to.is_file() else []
    readers = form_readers(Settings(), forms) if len(done) < many else {}
    with to.open("a", encoding="utf-8") as rows, tempfile.TemporaryDirectory() as folder:
        for n in track(range(len(done), many), disable=len(done) >= many):
            name = FORMS[n % len(FORMS)]
            turn = n // len(FORMS)
            paper = make(forms[name], FIRST[purpose] + n, STYLES[turn % 3], RECIPES[turn // 3 % 4], purpose)
            path = Path(folder) / "a.jpg"
            path.write_bytes(encode_jpeg(Picture(paper.picture, paper.dpi), quality=85))
            sight = see(open_page(path, 1, Caps()), forms, readers)
            known = sight.placement.form == name
            row = {"form": name, "truth": paper.truth, "readings": [asdict(r) for r in sight.readings] if known else []}
            rows.write(json.dumps(row, ensure_ascii=False) + "\n")
            rows.flush()
            done.append(row)
    return done[:many]


def reading(told: Mapping[str, Any]) -> Reading:
    others = tuple((text, p) for text, p in told["others"])
    return Reading(**{**told, "box": NOWHERE, "marks": tuple(told["marks"]), "others": others})


class City:
    """People by seed, as arrays; rows are made of those that are asked for."""

    def __init__(self, seed: int, many: int = CITIZENS) -> None:
        chance = np.random.default_rng(seed)
        self.names = _names()
        given = [*self.names["boy"], *self.names["girl"]]
        self.given = given
        self.body = chance.permutation(1_000_000)[:many]
        self.holder = {int(body): i for i, body in enumerate(self.body)}
        self.day = chance.integers(0, (BUSINESS_DATE - OLDEST).days, many)
        self.born: dict[int, list[int]] = {}
        for i, day in enumerate(self.day.tolist()):
            self.born.setdefault(day, []).append(i)
        self.surname = chance.integers(0, len(self.names["surname"]), many)
        self.own = chance.integers(0, len(given), many)
        self.card = chance.integers(1, 99_999, many)

    def row(self, i: int, scheme: str) -> Recipient:
        surname, own = self.names["surname"][self.surname[i]], self.given[self.own[i]]
        born = OLDEST + timedelta(days=int(self.day[i]))
        return Recipient(
            scheme, with_check(f"{self.body[i]:06d}"), f"{i:010d}", surname[0] + GAP + own[0], surname[1] + GAP + own[1],
            born.isoformat(), "2024-12-01", insurer_no="01430016", symbol="43120", number=str(self.card[i]))

    def alike(self, wanted: Sequence[Sought]) -> list[Recipient]:
        found = set[int]()
        for one in wanted:
            found |= {self.holder[int(n[:6])] for n in one.numbers if len(n) == 7 and int(n[:6]) in self.holder}
            said = {SAID["kana"](kana) for kana in one.kanas}
            for day in one.births:
                for i in self.born.get((date.fromisoformat(day) - OLDEST).days, ()):
                    kana = SAID["kana"](self.names["surname"][self.surname[i]][1] + self.given[self.own[i]][1])
                    if any(alike(kana, name) for name in said):
                        found.add(i)
        scheme = wanted[0].scheme if wanted else ""
        return [self.row(i, scheme) for i in sorted(found)]


def own_row(truth: Mapping[str, Value], scheme: str) -> Recipient:
    """The row of the person whom a sheet names."""
    said = {word: str(truth.get(name) or "") for word, name in ROW.items()}
    return Recipient(scheme, said["recipient_no"], "own", said["name"], said["kana"], said["birth"], "2024-12-01",
                     insurer_no=said["insurer_no"], symbol=said["symbol"], number=said["number"])


def twins(own: Recipient, document: Document, form: Form, chance: np.random.Generator) -> Iterator[tuple[str, list[Recipient]]]:
    """Sorts of people who are in the ledger in the place of the one whom the sheet names, each as near as that sort comes."""
    names = _names()
    given = [*names["boy"], *names["girl"]]
    kanji, kana = given[int(chance.integers(len(given)))]
    near_kana = min((g for g in given if g[1] != own.kana.split()[-1]), key=lambda g: _apart(g[1], own.kana.split()[-1]))
    family, said = (own.name.split() or [""])[0], (own.kana.split() or [""])[0]
    n = int(own.recipient_no[:6] or 0)
    following = with_check(f"{(n + 1) % 1_000_000:06d}")
    swapped = own.recipient_no[:2] + own.recipient_no[3:4] + own.recipient_no[2:3] + own.recipient_no[4:6]
    yield "stranger", []
    yield "twin", [replace(own, recipient_no=following, name=family + GAP + near_kana[0], kana=said + GAP + near_kana[1])]
    day = date.fromisoformat(own.birth or "2015-01-01") + timedelta(days=int(chance.integers(400, 1_500)))
    sibling = replace(own, recipient_no=following, name=family + GAP + kanji, kana=said + GAP + kana)
    yield "sibling", [replace(sibling, birth=day.isoformat())]
    yield "swapped", [replace(own, recipient_no=with_check(swapped), name=family + GAP + kanji, kana=said + GAP + kana)]
    other = replace(own, recipient_no=following, name="架空" + GAP + "異字", birth=day.isoformat())
    yield "same kana", [replace(other, symbol="9", number="9")]
    yield "misread", list(_misread(own, document, form, day))


def _misread(own: Recipient, document: Document, form: Form, day: date) -> Iterator[Recipient]:
    """For each of the person's fields that readers may read otherwise: a stranger who has just that, one who has the birth too."""
    for word, name in ROW.items():
        field = document.fields.get(name)
        for text, _ in field.others if field else ():
            other = replace(own, recipient_no="9999995", name="別人" + GAP + "某", kana="ベツジン" + GAP + "ボウ",
                            birth=day.isoformat(), symbol="1", number="1", person="other")
            yield replace(other, **{word: text if word != "birth" else own.birth})
            if word != "birth":
                yield replace(other, **{word: text}, birth=own.birth)


def _apart(a: str, b: str) -> int:
    return sum(x != y for x, y in zip(a, b, strict=False)) + abs(len(a) - len(b))


@dataclass
class Told:
    """What one sheet against one ledger came to."""

    before: Document
    after: Document
    truth: Mapping[str, Value]

    def wrong(self, document: Document, name: str, form: Form) -> bool:
        true = self.truth.get(name)
        field = document.fields[name]
        return bool(field.raw) if true is None else not same(form.fields[name].kind, field.value, true)


def hold(document: Document, form: Form, rows: Sequence[Recipient]) -> Document:
    """The document judged with those rows known."""
    claims = asked(form, document.values)
    numbers = {claim.recipient_no for claim in claims}
    known = Known(loaded=frozenset({"recipients"}), recipients=tuple(r for r in rows if r.recipient_no in numbers), own=claims)
    return validate(document, form, known)


def count(sheets: Sequence[Mapping[str, Any]], forms: Forms, city: City) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    chance = np.random.default_rng(7)
    for sheet in sheets:
        if not sheet["readings"]:
            continue
        said = [reading(r) for r in sheet["readings"]]
        document = assemble(Document("", "", None, 0, BUSINESS_DATE), said, forms[sheet["form"]])
        form = forms.of(document)
        assert form is not None
        own = own_row(sheet["truth"], form.export.constants.get("scheme", ""))
        there = city.alike(sought(document, form))
        cases = [("in it", [own, *(r for r in there if r.recipient_no != own.recipient_no)])]
        cases += [(sort, [*rows, *there]) for sort, rows in twins(own, document, form, chance)]
        for sort, rows in cases:
            tell(found.setdefault(sort, Counter()), document, form, rows, sheet["truth"])
    return found


def shaken(document: Document, form: Form, chance: np.random.Generator) -> Document:
    """The same sheet read as badly as can be: of every word of the person half is doubted, and five others are held possible."""
    fields = dict(document.fields)
    for word, name in ROW.items():
        field = fields.get(name)
        if field is None or not field.raw:
            continue
        ink, letters = field.raw, "0123456789" if word not in ("kana", "name") else "アイカキサシタチナニ"
        others = []
        for _ in range(5):
            i = int(chance.integers(len(ink)))
            others.append((ink[:i] + letters[int(chance.integers(10))] + ink[i + 1:], 0.2))
        numbers = [n for n in near(ink) if n != ink] if word == "recipient_no" else []
        others = [(numbers[int(i)], 0.2) for i in chance.integers(len(numbers), size=5)] if numbers else others
        doubted = bool(chance.random() < 0.5)
        fields[name] = replace(field, confidence=0.5 if doubted else field.confidence, others=tuple(others))
    return replace(document, fields=fields)


def shake(sheets: Sequence[Mapping[str, Any]], forms: Forms, city: City, times: int) -> Counter[str]:
    """Sheets of people who are not in the ledger, shaken so often each, against the city and each sort of near twin."""
    to, chance = Counter[str](), np.random.default_rng(11)
    for sheet in sheets:
        if not sheet["readings"]:
            continue
        said = [reading(r) for r in sheet["readings"]]
        document = assemble(Document("", "", None, 0, BUSINESS_DATE), said, forms[sheet["form"]])
        form = forms.of(document)
        assert form is not None
        own = own_row(sheet["truth"], form.export.constants.get("scheme", ""))
        for _ in range(times):
            seen = shaken(document, form, chance)
            there = city.alike(sought(seen, form))
            for _, rows in twins(own, seen, form, chance):
                after = recognise(seen, form, [*rows, *there])
                chosen = [name for name, field in after.fields.items() if field.reader.endswith(CHOSEN)]
                met = [name for name, field in after.fields.items() if field.reader.endswith(MET)]
                to["sheets"] += 1
                to["rows"] += len(rows) + len(there)
                wrong = {n for n in (*chosen, *met) if not same(form.fields[n].kind, after.fields[n].value, sheet["truth"].get(n))}
                to["turned"] += not wrong.isdisjoint(chosen)
                to["met wrong"] += not wrong.isdisjoint(met)
    return to


def tell(to: Counter[str], document: Document, form: Form, rows: Sequence[Recipient], truth: Mapping[str, Value]) -> None:
    after = recognise(document, form, rows)
    told = Told(hold(document, form, rows), hold(after, form, rows), truth)
    to["sheets"] += 1
    to["clean before"] += told.before.step is Step.CLEAN
    to["clean after"] += told.after.step is Step.CLEAN
    turned = False
    for name in (name for name in ROW.values() if name in document.fields and document.fields[name].raw):
        was, now = told.wrong(told.before, name, form), told.wrong(told.after, name, form)
        reader = told.after.fields[name].reader
        doubted = [any(f.code == "V54" and f.field == name for f in d.findings) for d in (told.before, told.after)]
        to["fields"] += 1
        to["wrong before"] += was
        to["wrong after"] += now
        to["asked before"] += doubted[0]
        to["asked after"] += doubted[1]
        to["chosen"] += reader.endswith(CHOSEN)
        to["chosen wrong"] += reader.endswith(CHOSEN) and now
        to["met"] += reader.endswith(MET)
        to["met wrong"] += reader.endswith(MET) and now
        to["wrong and passed before"] += was and not doubted[0]
        to["wrong and passed after"] += now and not doubted[1]
        shown = [c.value for c in told.after.candidates if c.field == name]
        to["wrong, right one shown"] += now and any(same(form.fields[name].kind, value, truth.get(name)) for value in shown)
        turned |= reader.endswith(CHOSEN) and now
    to["turned"] += turned


def at_most(wrong: int, n: int) -> float:
    """The upper end of a 95 % interval of a share of which `wrong` of n were seen (Wilson; of none: 3 in n)."""
    if not wrong:
        return 3 / max(n, 1)
    share, z = wrong / n, 1.96
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    return middle + z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))


def _row_counts(told: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in told.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--purpose", choices=tuple(FIRST), default="test")
    parser.add_argument("--sheets", type=int, default=120)
    parser.add_argument("--shaken", type=int, default=3, help="how often each sheet is read as badly as can be")
    args = parser.parse_args()
    forms = city_forms(Settings())
    sheets = gather(forms, args.purpose, args.sheets, KEPT / f"ledger-{args.purpose}.jsonl")
    city = City(5_000_009 if args.purpose == "test" else 31_009)
    found = count(sheets, forms, city)
    console = Console(width=150)
    for sort, told in found.items():
        console.print(f"{sort}: {_row_counts(told)}", markup=False)
    outside = sum((told for sort, told in found.items() if sort != "in it"), Counter[str]())
    console.print(f"not in the ledger: {outside['turned']} of {outside['sheets']} turned into somebody who is, "
                  f"at most {at_most(outside['turned'], outside['sheets']):.4f}", markup=False)
    badly = shake(sheets, forms, city, args.shaken)
    console.print(f"read as badly as can be: {_row_counts(badly)}; turned at most {at_most(badly['turned'], badly['sheets']):.5f}",
                  markup=False)


if __name__ == "__main__":
    main()
