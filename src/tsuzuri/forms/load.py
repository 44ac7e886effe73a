"""Loads a city's forms and holds them against the known words and their schemas; the first fault raises Misdeclared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from tsuzuri.engines import READERS
from tsuzuri.errors import Misdeclared
from tsuzuri.forms.city import NAME as CITY
from tsuzuri.forms.city import load_city
from tsuzuri.forms.declared import Check, Export, Form, Forms, Print, Rows
from tsuzuri.forms.field import FieldSpec
from tsuzuri.forms.keying import ReviewPolicy
from tsuzuri.forms.listed import titled
from tsuzuri.forms.prints import dated, hold_prints
from tsuzuri.forms.ruled import addressed, ruled
from tsuzuri.forms.rules import load_rulebook
from tsuzuri.forms.source import Lines, existing, meant, place, read_form, read_schema
from tsuzuri.model import Box
from tsuzuri.rules import CHECKS, FACTS, FEED_COLUMNS, KINDS, NEEDS, SHAPED, complaint
from tsuzuri.rules.lists import INSTITUTIONS, Institutions, load_institutions
from tsuzuri.rules.tables import read_tables

BESIDE = {                                         # word of a field → the kinds that the field that it names may have
    "kana": ("kana",), "postal": ("postal",), "code": ("digits", "inst_code"), "within": ("text",), "address": ("address",),
}
LONGEST_NAME = 56                                  # of a form of records: with "records:" it is a run's target


def load_forms(pipelines: Path, schemas: Path, readers: Collection[str] = tuple(READERS)) -> Forms:
    """Every *.yaml under `pipelines` whose name does not begin with "_"; raises Misdeclared at the first fault.

    `readers` are the names that `first` and `second` may have.
    """
    if not pipelines.is_dir():
        raise Misdeclared(f"{pipelines}: no such folder; name one with --pipelines or TSUZURI_PIPELINES")
    names = sorted(p for p in pipelines.glob("*.yaml") if not p.name.startswith("_"))
    if not names:
        raise Misdeclared(f"{pipelines}: holds no form (*.yaml)")
    city = load_city(pipelines) if (pipelines / CITY).is_file() else None
    tables = read_tables(pipelines / "tables")
    beside = {
        "city": city.code if city else "",
        "tables": tables,
        "institutions": load_institutions(known) if (known := pipelines / INSTITUTIONS).is_file() else Institutions(),
    }
    forms = {path.stem: _load_form(path, schemas, readers).model_copy(update=beside) for path in names}
    forms = {name: form.model_copy(update={"print": addressed(form, city.name if city else "")}) for name, form in forms.items()}
    for path in names:
        _hold_against_others(forms[path.stem], forms, path)
        _hold_against_dates(forms[path.stem], path)
        hold_prints(forms[path.stem], forms, path, read_form(path)[1])
    rulebook = load_rulebook(pipelines, forms, tables)
    return Forms({name: form.model_copy(update={"rulebook": rulebook}) for name, form in forms.items()})


def _load_form(path: Path, schemas: Path, readers: Collection[str]) -> Form:
    declared, lines = read_form(path)
    schema_path = existing(schemas / f"{declared.pop('schema', path.stem)}.json", path, "schema")
    declared["name"] = path.stem
    declared["json_schema"] = read_schema(schema_path)
    try:
        form = Form.model_validate(declared)
    except ValidationError as error:
        raise Misdeclared(_explain(error, path, lines)) from error
    form = form.model_copy(update={"fields": {**form.fields, **dict(_expanded(form))}, "print": ruled(form)})
    form = form.model_copy(update={"checks": dated(form, path, lines)})
    _hold_against_words(form, path, lines)
    _hold_against_neighbours(form, path, lines)
    _hold_against_readers(form, path, lines, readers)
    _hold_against_schema(form, path, schema_path, lines)
    _hold_records(form, place(path, lines, "export.target", "export"))
    return form


def _hold_against_neighbours(form: Form, path: Path, lines: Lines) -> None:
    """What a field names beside it is a field, and of the kind that belongs there."""
    for name, spec in form.fields.items():
        for word, kinds in BESIDE.items():
            other = getattr(spec, word)
            if other is not None and (other not in form.fields or form.fields[other].kind not in kinds):
                where = place(path, lines, f"fields.{name}", f"rows.{name.split('.')[0]}")
                wanted = " or ".join(kinds)
                raise Misdeclared(f"{where}: {name}: {word}: {other!r} is no field of kind {wanted}{meant(other, form.fields)}")


def _expanded(form: Form) -> Iterator[tuple[str, FieldSpec]]:
    for table, rows in form.rows.items():
        for i in range(rows.count):
            for column, spec in rows.fields.items():
                yield f"{table}.{i + 1}.{column}", _beside(_lowered(spec, i * rows.pitch), rows, f"{table}.{i + 1}")


def _beside(spec: FieldSpec, rows: Rows, row: str) -> FieldSpec:
    """A column that names another one means that of its own row."""
    named = {word: f"{row}.{column}" for word in BESIDE if (column := getattr(spec, word)) in rows.fields}
    return spec.model_copy(update=named)


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


def _hold_against_words(form: Form, path: Path, lines: Lines) -> None:
    for name, spec in form.fields.items():
        where = place(path, lines, f"fields.{name}", f"rows.{name.split('.')[0]}")
        if spec.kind not in KINDS:
            raise Misdeclared(f"{where}: {name}: unknown kind {spec.kind!r}{meant(spec.kind, KINDS)}")
        if spec.sought:
            _hold_sought(name, spec, where)
            continue
        width, height = form.paper
        x, y, w, h = spec.area
        if x < 0 or y < 0 or x + w > width or y + h > height or w <= 0 or h <= 0:
            raise Misdeclared(f"{where}: {name}: box {list(spec.area)} does not lie on a {width} × {height} mm paper")
    for i, check in enumerate(form.checks):
        if check.check not in CHECKS:
            where = place(path, lines, f"checks.{i}")
            raise Misdeclared(f"{where}: unknown check {check.check!r}{meant(check.check, CHECKS)}")
    for column in (*form.export.columns, *form.export.constants):
        if column not in FEED_COLUMNS:
            where = place(path, lines, f"export.columns.{column}", f"export.constants.{column}")
            raise Misdeclared(f"{where}: unknown feed column {column!r}{meant(column, FEED_COLUMNS)}")
    _hold_against_tables(form, path, lines)
    for kind in form.review.targets:
        if kind not in KINDS:
            where = place(path, lines, f"review.targets.{kind}")
            raise Misdeclared(f"{where}: unknown kind {kind!r}{meant(kind, KINDS)}")
    for name, known in _names(form):
        if name not in known and name not in form.rows and name not in form.takes:
            raise Misdeclared(f"{path}: {name!r} is named, but is no field of this form{meant(name, known)}")
    for i, check in enumerate(form.checks):
        if wrong := complaint(check.check, check.of, _known(form, check.each), {**form.rows, **form.takes}):
            raise Misdeclared(f"{place(path, lines, f'checks.{i}')}: {wrong}")


def _hold_records(form: Form, where: str) -> None:
    """A table of records has a fixed number of columns, each with a title of its own, and a name that fits a run's target."""
    if form.export.target != "records":
        return
    if form.takes or len(form.name) > LONGEST_NAME:
        raise Misdeclared(f"{where}: records: a form of at most {LONGEST_NAME} letters that takes no papers behind it")
    titles = Counter(titled(form).values())
    if twice := [title for title, many in titles.items() if many > 1]:
        raise Misdeclared(f"{where}: records: two columns would be called {twice[0]!r}; the schema's titles name them")


def _hold_against_readers(form: Form, path: Path, lines: Lines, readers: Collection[str]) -> None:
    for name, spec in form.fields.items():
        for reader in (spec.first, spec.second):
            if reader is not None and reader not in readers:
                where = place(path, lines, f"fields.{name}", f"rows.{name.split('.')[0]}")
                raise Misdeclared(f"{where}: {name}: unknown reader {reader!r}{meant(reader, readers)}; "
                                  "models of your own: TSUZURI_MODELS")


def _hold_sought(name: str, spec: FieldSpec, where: str) -> None:
    """What a field that is looked for by words, or told by a record, must and must not say."""
    reads = KINDS[spec.kind].reads
    if spec.fact and spec.fact not in FACTS:
        raise Misdeclared(f"{where}: {name}: unknown fact {spec.fact!r}{meant(spec.fact, FACTS)}")
    if (reads == "choice") is not bool(spec.words):
        raise Misdeclared(f"{where}: {name}: a choice that is found by labels or a fact has words, and nothing else has")
    if not spec.fact and bool(spec.said) is not (reads == "tick"):
        raise Misdeclared(f"{where}: {name}: a tick that is found by labels is known by what is said, and nothing else is")
    if spec.alone and spec.kind not in SHAPED:
        raise Misdeclared(f"{where}: {name}: a {spec.kind} is not known by its shape alone; those are: {', '.join(sorted(SHAPED))}")
    if spec.first is not None:
        raise Misdeclared(f"{where}: {name}: what is found by labels has been read already; it takes no first reader")


def _hold_against_others(form: Form, forms: dict[str, Form], path: Path) -> None:
    """What a form says of other forms, and of the columns that they bring."""
    columns = {table: list(rows.fields) for table, rows in form.rows.items()}
    for table, taken in form.takes.items():
        page = forms.get(taken.form)
        wrong = None
        if page is None:
            wrong = f"unknown form {taken.form!r}{meant(taken.form, forms)}"
        elif table in form.fields or table in form.rows or "." in table:
            wrong = f"{table!r} cannot name a table here; a field or table of this form is called so, or it has a dot"
        elif page.rows or page.takes:
            wrong = f"{taken.form!r} has rows or takes papers itself; it can be no row of another form"
        if page is None or wrong:
            raise Misdeclared(f"{_line_of(path, f'takes.{table}')}: takes: {wrong}")
        columns[table] = list(page.fields)
    for i, check in enumerate(form.checks):
        table, column = str(check.of.get("rows") or check.of.get("pages") or "")[1:], check.of.get("column")
        if column is not None and column not in columns.get(table, [column]):
            where = _line_of(path, f"checks.{i}")
            raise Misdeclared(f"{where}: table {table!r} has no column {column!r}{meant(str(column), columns[table])}")


def _hold_against_dates(form: Form, path: Path) -> None:
    """The dated tables that a form's checks read are there."""
    for i, check in enumerate(form.checks):
        for table in NEEDS.get(check.check, ()):
            if table not in form.tables:
                missing = path.parent / "tables" / f"{table}.csv"
                raise Misdeclared(f"{_line_of(path, f'checks.{i}')}: check {check.check!r} reads {missing}, which is missing")


def _line_of(path: Path, loc: str) -> str:
    return place(path, read_form(path)[1], loc)


def _hold_against_tables(form: Form, path: Path, lines: Lines) -> None:
    """What names a table names one; its columns, as fields of a claim, hide no field of the paper."""
    each = [("export.each", form.export.each), *((f"checks.{i}", check.each) for i, check in enumerate(form.checks))]
    for where, table in each:
        if table is not None and table not in form.rows:
            raise Misdeclared(f"{place(path, lines, where)}: each: unknown table {table!r}{meant(table, form.rows)}")
    if form.cover and form.cover.table is not None:
        table = form.cover.table
        where = place(path, lines, "cover.table")
        if table not in form.rows:
            raise Misdeclared(f"{where}: cover: unknown table {table!r}{meant(table, form.rows)}")
        if form.rows[table].count != len(form.cover.lines):
            raise Misdeclared(f"{where}: cover: {table!r} has {form.rows[table].count} rows, lines tells {len(form.cover.lines)}")
    for table, rows in form.rows.items():
        where = place(path, lines, f"rows.{table}.void", f"rows.{table}")
        if rows.void is not None and (rows.void not in rows.fields or rows.fields[rows.void].kind != "struck"):
            raise Misdeclared(f"{where}: void: {rows.void!r} is no column of kind 'struck'{meant(rows.void, rows.fields)}")
        if table == form.export.each and (hidden := set(rows.fields) & set(form.fields)):
            raise Misdeclared(f"{where}: a column of {table!r} and a field of the paper are both called {min(hidden)!r}")


def _names(form: Form) -> Iterator[tuple[str, dict[str, FieldSpec]]]:
    """Each field that the form names somewhere, and what may be named there."""
    columns = {f"{table}.{column}": spec for table, rows in form.rows.items() for column, spec in rows.fields.items()}
    for name in form.review.named:
        yield name, {**form.fields, **columns}
    for name in form.export.columns.values():
        yield name, _known(form, form.export.each)
    same = [name for number, names in form.ditto.items() for name in (number, *names)]
    for name in (*same, *(form.cover.needed if form.cover else ()), *(form.sender.fields if form.sender else ())):
        yield name, form.fields
    columns = {f"{table}.{column}": spec for table, rows in form.rows.items() for column, spec in rows.fields.items()}
    for name in form.once:
        yield name, form.fields | columns
    for check in form.checks:
        for v in _leaves(check.of):
            if isinstance(v, str) and v.startswith("$"):
                yield v[1:], _known(form, check.each)


def _leaves(value: Any) -> Iterator[Any]:
    """Every plain value in a check's parameters: in lists and in facts too."""
    if isinstance(value, list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _leaves(one)
    else:
        yield value


def _known(form: Form, each: str | None) -> dict[str, FieldSpec]:
    return form.fields if each is None else {**form.fields, **form.rows[each].fields}


def _hold_against_schema(form: Form, path: Path, schema_path: Path, lines: Lines) -> None:
    known = form.json_schema.get("properties", {})
    own = {name for name in form.fields if "." not in name}
    for name in sorted(own | set(form.rows)):
        if name not in known:
            where = place(path, lines, f"fields.{name}", f"rows.{name}")
            raise Misdeclared(f"{where}: field {name!r} stands in no property of {schema_path}{meant(name, known)}")
    for name in known:
        if name not in own and name not in form.rows:
            raise Misdeclared(f"{schema_path}: property {name!r} has no box in {path}{meant(name, own)}")
    for table, rows in form.rows.items():
        columns = known[table].get("items", {}).get("properties", {})
        if set(columns) != set(rows.fields):
            odd = ", ".join(sorted(set(columns) ^ set(rows.fields)))
            raise Misdeclared(f"{schema_path}: columns of {table!r} differ from {path}: {odd}")


def _explain(error: ValidationError, path: Path, lines: Lines) -> str:
    first = error.errors()[0]
    loc = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        word = str(first["loc"][-1])
        return f"{place(path, lines, loc)}: unknown word {word!r}{meant(word, _words_at(first['loc']))}"
    return f"{place(path, lines, loc)}: {loc}: {first['msg']}"


def _words_at(loc: tuple[int | str, ...]) -> list[str]:
    rooms: dict[str, type[BaseModel]] = {
        "print": Print, "checks": Check, "review": ReviewPolicy, "export": Export, "fields": FieldSpec, "rows": Rows,
    }
    here = rooms.get(str(loc[0]), Form) if len(loc) > 1 else Form
    if here is Rows and "fields" in loc[1:]:
        here = FieldSpec
    return [*here.model_fields, "extends", "moved", "schema"]

