"""A form as its author declared it: what the YAML may say, word by word, and what the schema adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Literal

from pydantic import ConfigDict, Field, SkipValidation, model_validator

from tsuzuri.forms.field import NOWHERE, Declared, FieldSpec, Keyed, Point
from tsuzuri.forms.keying import ReviewPolicy
from tsuzuri.forms.letters import Sender
from tsuzuri.model import Box, Document, Severity, Value
from tsuzuri.rules.lists import Institutions, Listed
from tsuzuri.rules.rulebook import Rulebook
from tsuzuri.rules.tables import Tables

_PLACED = {"rules": "a box", "labels": "labels", "records": "a fact"}


class Text(Declared):
    """A printed text: `at` is its left (or centre, right) baseline point in mm; `size` its height in mm."""

    at: Point
    text: str
    size: float = 3.2
    align: Literal["left", "center", "right"] = "left"


class Print(Declared):
    """What the blank form shows beside its fields. `frames` and `lines` are also what a page is laid onto."""

    frames: tuple[Box, ...] = ()
    lines: tuple[tuple[float, float, float, float], ...] = ()
    faint: tuple[tuple[float, float, float, float], ...] = ()
    texts: tuple[Text, ...] = ()


class Rows(Declared):
    """A table: the fields of its first row, and how far apart the rows are, in mm. Row 2 of `paid` is "NAME.2.paid".

    `void` names the column (kind `struck`) that says that the row was crossed out. `print` is what the first row shows
    besides, and every further one so much lower; "{row}" in a text is the row's number.
    """

    count: int
    pitch: float
    void: str | None = None
    print: Print = Print()
    fields: dict[str, FieldSpec]


class Taken(Declared):
    """Which papers are bound behind this one: pages of another form, and how many of them at most are read into its fields.

    `overleaf`: it is printed on this one's back, so that a duplex scan may bring it first.
    """

    form: str
    most: int = Field(default=20, ge=1, le=50)
    overleaf: bool = False

    @model_validator(mode="after")
    def _one_back(self) -> Taken:
        if self.overleaf and self.most != 1:
            raise ValueError("overleaf: a sheet has one back, so `most: 1`")
        return self


class Check(Declared):
    """One rule for this form: a word of rules.CHECKS, its parameters, and, if changed, its severity.

    With `each`, a table's name, it runs for every row of it; there `$name` is first of all a column.
    """

    check: str
    each: str | None = None
    severity: Severity | None = None
    of: dict[str, Any] = Field(default_factory=dict)


class Export(Declared):
    """Where claims go at night. To the benefits system: feed column → field of this form, and feed column → constant.

    As `records`, they are lines of a table of the form's own, with all that stands on the paper. With `each`, a table's
    name, every row of it is a claim; there a field is first of all a column.
    """

    target: Literal["benefits", "records"] = "benefits"
    each: str | None = None
    columns: dict[str, str] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _records_are_whole(self) -> Export:
        if self.target == "records" and (self.columns or self.constants):
            raise ValueError("records leave whole, under their own titles: no columns, no constants")
        return self


class CoverLine(Declared):
    """Which claims one row of a cover sums up: those of a scheme (the feed's code), of a stay and fee table if it says."""

    scheme: str
    inout: Literal["入院", "外来"] | None = None
    table: Literal["医科", "歯科", "調剤"] | None = None

    @property
    def words(self) -> str:
        """How a clerk would call them."""
        return "・".join(word for word in (self.inout, self.table) if word)


class Cover(Declared):
    """Which fields of a cover (総括表) say whose claims it sums up, and how many and how much they are.

    `table` is its breakdown, with columns among count, points, copay and amount; `lines` says what each of its rows sums up.
    """

    institution: str
    month: str
    count: str
    amount: str
    table: str | None = None
    lines: tuple[CoverLine, ...] = ()

    @property
    def needed(self) -> tuple[str, ...]:
        """The fields without which it is held against nothing."""
        return (self.institution, self.month, self.count, self.amount)


class InUse(Declared):
    """From when till when a print is accepted, by a day that stands on it: the name of its field."""

    day: str
    since: date | None = None
    until: date | None = None

    @model_validator(mode="after")
    def _a_time(self) -> InUse:
        if not (self.since or self.until) or (self.since and self.until and self.until < self.since):
            raise ValueError("in_use says since when, or until when, or both in that order")
        return self


class Form(Declared):
    """One paper, fully known. `fields` has the rows expanded; `json_schema` is the schema file's content.

    `found` by rules: it is always printed alike, and laid onto its lines. By labels: any layout under one of `titles`
    (`title` among them); `others` are printed words that look like a label and are none. As records: it is no paper at all, and
    each field is a fact that an electronic record tells.
    `takes` names tables whose rows are whole pages of another form: "evidence.2.total" is `total` on the second such page.
    `Forms.of` gives the form with as many of them as a document has.
    `version_of` names the form of which this is another print: what it claims leaves as that one's.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)     # `institutions` is whatever can be asked; `tables` are the city's

    name: str
    version: int
    version_of: str | None = None
    in_use: InUse | None = None
    title: str
    title_box: Box = NOWHERE
    found: Literal["rules", "labels", "records"] = "rules"
    titles: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    number: str = ""
    paper: Point = (210.0, 297.0)
    anchors: tuple[Point, ...] = ()
    anchor_mm: float = 5.0
    fields: dict[str, FieldSpec]
    rows: dict[str, Rows] = Field(default_factory=dict)
    takes: dict[str, Taken] = Field(default_factory=dict)
    cover: Cover | None = None
    once: tuple[str, ...] = ()            # of records: fields, "table.column" of each row, that two papers may not both say
    ditto: dict[str, tuple[str, ...]] = Field(default_factory=dict)      # whose number → the fields that are the same where it is
    sender: Sender | None = None
    print: Print = Print()
    checks: tuple[Check, ...] = ()
    review: ReviewPolicy = ReviewPolicy()
    export: Export = Export()
    json_schema: dict[str, Any] = Field(default_factory=dict)
    tables: Tables = Tables()             # the city's dated tables
    rulebook: Rulebook = Rulebook()       # the city's word on rules, and the version of all by which papers are judged
    city: str = ""                        # the municipality's code, whose towns addresses are held against
    institutions: SkipValidation[Listed] = Field(default_factory=Institutions, exclude=True, repr=False)      # known to the city

    @model_validator(mode="after")
    def _one_way_to_find(self) -> Form:
        ruled = self.found == "rules"
        if ruled and self.title_box == NOWHERE:
            raise ValueError("a form that is found by its rules has a title_box")
        if not ruled and (self.rows or self.anchors or self.print != Print()):
            raise ValueError("a form that is found by labels or as records has no rows, anchors or print: it may look any way")
        for name, spec in self.fields.items():
            way = "records" if spec.fact else "labels" if spec.sought else "rules"
            if way != self.found:
                raise ValueError(f"{name}: found by {self.found}, a field has {_PLACED[self.found]}")
        return self

    @property
    def called(self) -> str:
        """How clerks call it: by its title, and other prints of a form apart from it."""
        return f"{self.title}（旧様式）" if self.version_of else self.title

    @property
    def leaves_as(self) -> str:
        """The name under which its claims and records leave."""
        return self.version_of or self.name

    def label(self, name: str) -> str:
        """The Japanese title of a field, as the schema has it; rows get their number, pages their paper's title."""
        if "." in name:
            table, number, column = name.split(".")
            items = self.json_schema["properties"][table]["items"]
            title = items["properties"][column].get("title", column)
            return f"{items.get('title', table)}{number}：{title}" if table in self.takes else f"{title}（{number}行目）"
        return str(self.json_schema["properties"][name].get("title", name))

    def required(self, name: str) -> bool:
        """Whether the schema demands the field."""
        return name in self.json_schema.get("required", ())

    def target(self, name: str) -> float:
        """Of fields like this one that pass unseen, the share that must be right: its own word, its kind's, or the form's."""
        spec = self.fields[name]
        return spec.target if spec.target is not None else self.review.targets.get(spec.kind, self.review.target)

    def keyed(self, name: str) -> Keyed:
        """By whom the field is keyed: its own word, or the form's."""
        return self.fields[name].keyed or self.review.keyed(name)

    def nest(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """Flat values as the schema's object: blanks left out, rows wholly blank or crossed out left out."""
        record: dict[str, Any] = {n: v for n, v in values.items() if "." not in n and v is not None}
        for table, rows in self.rows.items():
            record[table] = [
                {c: v for c in rows.fields if (v := values.get(f"{table}.{i}.{c}")) is not None}
                for i in self.lines(table, values)
            ]
        return record

    def lines(self, table: str, values: Mapping[str, Value]) -> list[int]:
        """The numbers of a table's rows that hold something and are not crossed out. A bound page is there, whatever it says."""
        rows = self.rows[table]
        return [i for i in range(1, rows.count + 1)
                if not (rows.void and values.get(f"{table}.{i}.{rows.void}"))
                and (table in self.takes or any(_says(values.get(f"{table}.{i}.{c}")) for c in rows.fields))]

    def void(self, values: Mapping[str, Value]) -> frozenset[str]:
        """The fields of rows that are crossed out, but for the column that says so."""
        return frozenset(
            f"{table}.{i}.{c}"
            for table, rows in self.rows.items() if rows.void
            for i in range(1, rows.count + 1) if values.get(f"{table}.{i}.{rows.void}")
            for c in rows.fields if c != rows.void
        )


class Forms(Mapping[str, Form]):
    """All forms of one city, by name."""

    def __init__(self, forms: dict[str, Form]) -> None:
        self._forms = forms

    def __getitem__(self, name: str) -> Form:
        return self._forms[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._forms)

    def __len__(self) -> int:
        return len(self._forms)

    @property
    def rulebook(self) -> Rulebook:
        """The city's word on rules, which all its forms share."""
        return next((form.rulebook for form in self._forms.values()), Rulebook())

    def found_by(self, way: Literal["rules", "labels", "records"]) -> Forms:
        """Those that are found that way."""
        return Forms({name: form for name, form in self._forms.items() if form.found == way})

    def of(self, document: Document) -> Form | None:
        """The document's form, its tables of bound pages as long as the document has pages for them; None if it is not known."""
        form = self._forms.get(document.form) if document.form else None
        return with_pages(form, self._forms, document.fields) if form and form.takes else form

    def prints(self, name: str) -> list[str]:
        """The form and all other prints of it."""
        return [known for known, form in self._forms.items() if form.leaves_as == name]

    def is_taken(self, name: str) -> bool:
        """Whether papers of this form are bound behind papers of another one, and are nothing by themselves."""
        return any(taken.form == name for form in self._forms.values() for taken in form.takes.values())


def _says(value: Value) -> bool:
    return value is not None and value is not False     # 0 yen is no blank


def with_pages(form: Form, forms: Mapping[str, Form], fields: Iterable[str]) -> Form:
    """The form with, in each table of `takes`, as many rows as `fields` ("evidence.3.total") name: specs, schema, checks."""
    numbers = [(table, int(number)) for table, number, _ in (n.split(".") for n in fields if "." in n) if table in form.takes]
    specs, rows, checks = dict(form.fields), dict(form.rows), list(form.checks)
    properties = dict(form.json_schema.get("properties", {}))
    for table, taken in form.takes.items():
        page = forms[taken.form]
        count = max((number for named, number in numbers if named == table), default=0)
        own = {name: spec.model_copy(update={"target": page.target(name), "keyed": page.keyed(name)})
               for name, spec in page.fields.items()}
        rows[table] = Rows(count=count, pitch=0.0, fields=own)
        properties[table] = {"type": "array", "title": page.title, "items": {**page.json_schema, "title": page.title}}
        for before in (f"{table}.{i}." for i in range(1, count + 1)):
            specs |= {before + name: spec for name, spec in own.items()}
            checks += [check.model_copy(update={"of": _renamed(check.of, before)}) for check in page.checks]
    return form.model_copy(update={
        "fields": specs, "rows": rows, "checks": tuple(checks),
        "json_schema": {**form.json_schema, "properties": properties}})


def _renamed(of: Mapping[str, Any], before: str) -> dict[str, Any]:
    """A check's parameters, each field that they name put behind `before`."""
    def one(value: Any) -> Any:
        if isinstance(value, list):
            return [one(v) for v in value]
        if isinstance(value, dict):
            return _renamed(value, before)
        return f"${before}{value[1:]}" if isinstance(value, str) and value.startswith("$") else value

    return {name: one(value) for name, value in of.items()}
