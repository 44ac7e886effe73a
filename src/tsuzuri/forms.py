"""A form is one YAML (where) and one JSON Schema (what), parsed and held against each other once, at start-up.

Touches rules only for the words it may use (kinds, checks) and engines for the names of readers. Whatever is unknown or
stray raises Misdeclared with the file, the line and the word that was probably meant. Vocabulary: pipelines/README.md.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from tsuzuri.engines import READERS
from tsuzuri.errors import Misdeclared
from tsuzuri.model import Box, Severity, Value
from tsuzuri.rules import CHECKS, FEED_COLUMNS, KINDS, complaint

Point = tuple[float, float]


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Part(_Declared):
    """One box of a composite field; `after` is the printed word that follows it (年, 月, 日)."""

    box: Box
    cells: int | None = None
    after: str = ""


class FieldSpec(_Declared):
    """Where one field lies and how it is read.

    Exactly one of: `box` (text, seal, tick), `choices` (printed word → the area a circle or tick may take),
    `parts` (a date: boxes joined by printed words, `era` printed as a word or chosen by a circle).
    `cells` is the number of digit boxes within `box`. `label_box` is where the blank form prints the label.
    """

    kind: str
    box: Box | None = None
    cells: int | None = None
    choices: dict[str, Box] = Field(default_factory=dict)
    style: Literal["circle", "tick"] = "circle"
    era: str | dict[str, Box] | None = None
    parts: tuple[Part, ...] = ()
    prefix: str = ""                      # printed close before the box (¥); in a seal's area: its pale word
    after: str = ""                       # printed close behind the box (円)
    label_box: Box | None = None
    label: str | None = None              # what is printed there, when it is not the schema's title
    second: str | None = None             # the independent second reader
    ask_below: float | None = None        # how sure a reading must be to pass unseen
    size: float | None = None             # height of the drawn ink in mm (synth)

    @model_validator(mode="after")
    def _one_place(self) -> FieldSpec:
        if sum((self.box is not None, bool(self.choices), bool(self.parts))) != 1:
            raise ValueError("a field has exactly one of: box, choices, parts")
        return self

    @property
    def area(self) -> Box:
        """The box that holds all of the field; what the desk frames."""
        if self.box is not None:
            return self.box
        eras = list(self.era.values()) if isinstance(self.era, dict) else []
        return union([*self.choices.values(), *eras, *(part.box for part in self.parts)])


class Rows(_Declared):
    """A table: the fields of its first row, and how far apart the rows are, in mm. Row 2 of `paid` is "NAME.2.paid"."""

    count: int
    pitch: float
    fields: dict[str, FieldSpec]


class Text(_Declared):
    """A printed text: `at` is its left (or centre, right) baseline point in mm; `size` its height in mm."""

    at: Point
    text: str
    size: float = 3.2
    align: Literal["left", "center", "right"] = "left"


class Print(_Declared):
    """What the blank form shows beside its fields. `frames` and `lines` are also what a page is laid onto."""

    frames: tuple[Box, ...] = ()
    lines: tuple[tuple[float, float, float, float], ...] = ()
    faint: tuple[tuple[float, float, float, float], ...] = ()
    texts: tuple[Text, ...] = ()


class Check(_Declared):
    """One rule for this form: a word of rules.CHECKS, its parameters, and, if changed, its severity."""

    check: str
    severity: Severity | None = None
    of: dict[str, Any] = Field(default_factory=dict)


class ReviewPolicy(_Declared):
    """What a person sees: below which confidence, which fields always, and the target that is aimed at."""

    ask_below: float = 0.9
    always: tuple[str, ...] = ()
    target: float = 0.998


class Export(_Declared):
    """Feed column → field of this form, and feed column → constant."""

    columns: dict[str, str] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)


class Form(_Declared):
    """One paper, fully known. `fields` has the rows expanded; `json_schema` is the schema file's content."""

    name: str
    version: int
    title: str
    title_box: Box
    number: str = ""
    paper: Point = (210.0, 297.0)
    anchors: tuple[Point, ...] = ()
    anchor_mm: float = 5.0
    fields: dict[str, FieldSpec]
    rows: dict[str, Rows] = Field(default_factory=dict)
    print: Print = Print()
    checks: tuple[Check, ...] = ()
    review: ReviewPolicy = ReviewPolicy()
    export: Export = Export()
    json_schema: dict[str, Any] = Field(default_factory=dict)

    def label(self, name: str) -> str:
        """The Japanese title of a field, as the schema has it; rows get their number."""
        if "." in name:
            table, number, column = name.split(".")
            items = self.json_schema["properties"][table]["items"]["properties"]
            return f"{items[column].get('title', column)}（{number}行目）"
        return str(self.json_schema["properties"][name].get("title", name))

    def required(self, name: str) -> bool:
        """Whether the schema demands the field."""
        return name in self.json_schema.get("required", ())

    def nest(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """Flat values as the schema's object: blanks left out, wholly blank rows left out."""
        record: dict[str, Any] = {n: v for n, v in values.items() if "." not in n and v is not None}
        for table, rows in self.rows.items():
            lines = [
                {c: v for c in rows.fields if (v := values.get(f"{table}.{i}.{c}")) is not None}
                for i in range(1, rows.count + 1)
            ]
            record[table] = [line for line in lines if line]
        return record


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


def union(boxes: list[Box]) -> Box:
    """The smallest box that holds all of them."""
    left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
    right, bottom = max(b[0] + b[2] for b in boxes), max(b[1] + b[3] for b in boxes)
    return (left, top, right - left, bottom - top)


def load_forms(pipelines: Path, schemas: Path) -> Forms:
    """Every *.yaml under `pipelines` whose name does not begin with "_"; raises Misdeclared at the first fault."""
    if not pipelines.is_dir():
        raise Misdeclared(f"{pipelines}: no such folder; name one with --pipelines or TSUZURI_PIPELINES")
    names = sorted(p for p in pipelines.glob("*.yaml") if not p.name.startswith("_"))
    if not names:
        raise Misdeclared(f"{pipelines}: holds no form (*.yaml)")
    return Forms({path.stem: _load_form(path, schemas) for path in names})


def _load_form(path: Path, schemas: Path) -> Form:
    declared, lines = _read_yaml(path)
    base = declared.pop("extends", None)
    if base is not None:
        parent, _ = _read_yaml(_existing(path.parent / f"{base}.yaml", path, f"extends: {base}"))
        declared = _over(parent, declared)
    schema_path = _existing(schemas / f"{declared.pop('schema', path.stem)}.json", path, "schema")
    declared["name"] = path.stem
    declared["json_schema"] = _read_schema(schema_path)
    try:
        form = Form.model_validate(declared)
    except ValidationError as error:
        raise Misdeclared(_explain(error, path, lines)) from error
    form = form.model_copy(update={"fields": {**form.fields, **dict(_expanded(form))}})
    _hold_against_words(form, path, lines)
    _hold_against_schema(form, path, schema_path, lines)
    return form


def _expanded(form: Form) -> Iterator[tuple[str, FieldSpec]]:
    for table, rows in form.rows.items():
        for i in range(rows.count):
            for column, spec in rows.fields.items():
                yield f"{table}.{i + 1}.{column}", _lowered(spec, i * rows.pitch)


def _lowered(spec: FieldSpec, by: float) -> FieldSpec:
    def down(box: Box) -> Box:
        return (box[0], box[1] + by, box[2], box[3])

    return spec.model_copy(update={
        "box": down(spec.box) if spec.box else None,
        "choices": {word: down(box) for word, box in spec.choices.items()},
        "parts": tuple(part.model_copy(update={"box": down(part.box)}) for part in spec.parts),
        "era": {w: down(b) for w, b in spec.era.items()} if isinstance(spec.era, dict) else spec.era,
        "label_box": None,
    })


def _hold_against_words(form: Form, path: Path, lines: dict[str, int]) -> None:
    for name, spec in form.fields.items():
        where = _place(path, lines, f"fields.{name}", f"rows.{name.split('.')[0]}")
        if spec.kind not in KINDS:
            raise Misdeclared(f"{where}: {name}: unknown kind {spec.kind!r}{_meant(spec.kind, KINDS)}")
        if spec.second is not None and spec.second not in READERS:
            raise Misdeclared(f"{where}: {name}: unknown reader {spec.second!r}{_meant(spec.second, READERS)}")
        width, height = form.paper
        x, y, w, h = spec.area
        if x < 0 or y < 0 or x + w > width or y + h > height or w <= 0 or h <= 0:
            raise Misdeclared(f"{where}: {name}: box {list(spec.area)} does not lie on a {width} × {height} mm paper")
    for i, check in enumerate(form.checks):
        if check.check not in CHECKS:
            where = _place(path, lines, f"checks.{i}")
            raise Misdeclared(f"{where}: unknown check {check.check!r}{_meant(check.check, CHECKS)}")
    for column in (*form.export.columns, *form.export.constants):
        if column not in FEED_COLUMNS:
            where = _place(path, lines, f"export.columns.{column}", f"export.constants.{column}")
            raise Misdeclared(f"{where}: unknown feed column {column!r}{_meant(column, FEED_COLUMNS)}")
    named = [*form.review.always, *form.export.columns.values(), *_fields_named(form)]
    for name in named:
        if name not in form.fields and name not in form.rows:
            raise Misdeclared(f"{path}: {name!r} is named, but is no field of this form{_meant(name, form.fields)}")
    for i, check in enumerate(form.checks):
        if wrong := complaint(check.check, check.of, form.fields, form.rows):
            raise Misdeclared(f"{_place(path, lines, f'checks.{i}')}: {wrong}")


def _fields_named(form: Form) -> Iterator[str]:
    for check in form.checks:
        for value in check.of.values():
            yield from (v[1:] for v in (value if isinstance(value, list) else [value])
                        if isinstance(v, str) and v.startswith("$"))


def _hold_against_schema(form: Form, path: Path, schema_path: Path, lines: dict[str, int]) -> None:
    known = form.json_schema.get("properties", {})
    own = {name for name in form.fields if "." not in name}
    for name in sorted(own | set(form.rows)):
        if name not in known:
            where = _place(path, lines, f"fields.{name}", f"rows.{name}")
            raise Misdeclared(f"{where}: field {name!r} stands in no property of {schema_path}{_meant(name, known)}")
    for name in known:
        if name not in own and name not in form.rows:
            raise Misdeclared(f"{schema_path}: property {name!r} has no box in {path}{_meant(name, own)}")
    for table, rows in form.rows.items():
        columns = known[table].get("items", {}).get("properties", {})
        if set(columns) != set(rows.fields):
            odd = ", ".join(sorted(set(columns) ^ set(rows.fields)))
            raise Misdeclared(f"{schema_path}: columns of {table!r} differ from {path}: {odd}")


def _read_schema(path: Path) -> dict[str, Any]:
    try:
        schema: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise Misdeclared(f"{path}: not JSON: {error}") from error
    Draft202012Validator.check_schema(schema)
    return schema


def _read_yaml(path: Path) -> tuple[dict[str, Any], dict[str, int]]:
    try:
        node = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
        declared = yaml.safe_load(path.read_text("utf-8"))
    except yaml.YAMLError as error:
        raise Misdeclared(f"{path}: not YAML: {error}") from error
    if not isinstance(declared, dict) or node is None:
        raise Misdeclared(f"{path}:1: a form is a mapping of words; see pipelines/README.md")
    lines: dict[str, int] = {}
    _note_lines(node, "", lines)
    return declared, lines


def _note_lines(node: yaml.Node, prefix: str, lines: dict[str, int]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = f"{prefix}.{key.value}" if prefix else str(key.value)
            lines[here] = key.start_mark.line + 1
            _note_lines(value, here, lines)
    elif isinstance(node, yaml.SequenceNode):
        for i, value in enumerate(node.value):
            lines[f"{prefix}.{i}"] = value.start_mark.line + 1
            _note_lines(value, f"{prefix}.{i}", lines)


def _explain(error: ValidationError, path: Path, lines: dict[str, int]) -> str:
    first = error.errors()[0]
    loc = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        word = str(first["loc"][-1])
        return f"{_place(path, lines, loc)}: unknown word {word!r}{_meant(word, _words_at(first['loc']))}"
    return f"{_place(path, lines, loc)}: {loc}: {first['msg']}"


def _words_at(loc: tuple[int | str, ...]) -> list[str]:
    here: type[BaseModel] = Form
    if loc[0] in ("fields", "rows"):
        here = FieldSpec if loc[0] == "fields" or "fields" in loc[1:] else Rows
    elif loc[0] in ("print", "checks", "review", "export") and len(loc) > 1:
        here = {"print": Print, "checks": Check, "review": ReviewPolicy, "export": Export}[str(loc[0])]
    return [*here.model_fields, "extends", "schema"]


def _place(path: Path, lines: dict[str, int], *locs: str) -> str:
    for loc in locs:
        while loc:
            if loc in lines:
                return f"{path}:{lines[loc]}"
            loc = loc.rpartition(".")[0]
    return f"{path}"


def _meant(word: str, known: Any) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(sorted(map(str, known)))}"


def _existing(path: Path, asker: Path, word: str) -> Path:
    if not path.is_file():
        raise Misdeclared(f"{asker}: {word}: {path} does not exist")
    return path


def _over(parent: dict[str, Any], child: dict[str, Any]) -> dict[str, Any]:
    merged = dict(parent)
    for key, value in child.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _over(merged[key], value) if both else value
    return {key: value for key, value in merged.items() if value is not None}
