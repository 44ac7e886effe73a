"""A form not yet in the folder: held by the very loader that a start-up asks, and written as the files that it would be.

Touches plain YAML and JSON; its faults come back with the field that they mean.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tsuzuri.errors import Misdeclared
from tsuzuri.forms.declared import Form
from tsuzuri.forms.load import load_forms
from tsuzuri.forms.shapes import fitted
from tsuzuri.forms.source import (
    ADDED,
    ADDED_OF_SCHEMA,
    Tree,
    parent_of,
    read_form,
    read_schema,
    read_yaml,
    schema_parent_of,
)
from tsuzuri.forms.written import beneath, form_text, same, schema_text

NAMED = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class Folders:
    """Where a city's forms and schemas lie."""

    pipelines: Path
    schemas: Path


@dataclass(frozen=True)
class Draft:
    """A form's YAML and its schema as whole trees, whatever they extend, under the name that it would have."""

    name: str
    tree: Tree
    schema: Tree


class Misfit(Misdeclared):
    """A draft that is no form yet; `place` is the dotted place that is meant ("fields.amount", "checks.2"), "" for all of it."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(message)
        self.place = place


def drafted_from(name: str, city: Folders) -> Draft:
    """A form of the folder, laid open."""
    tree, _ = read_form(city.pipelines / f"{name}.yaml")
    return Draft(name, tree, read_schema(city.schemas / f"{tree.get('schema', name)}.json"))


def held(draft: Draft, city: Folders, readers: Collection[str]) -> Form:
    """The draft as a form beside the city's own words and tables; raises Misfit with the field that is meant.

    Of the city's other forms only those that it names are loaded: what they say of one another is the start-up's to hold.
    """
    _hold_names(draft)
    with TemporaryDirectory() as folder:
        there, schemas = Path(folder) / "pipelines", Path(folder) / "schemas"
        there.mkdir()
        schemas.mkdir()
        for path in city.pipelines.iterdir():
            if path.name == "tables" or (path.name.startswith("_") and path.suffix in (".yaml", ".csv")):
                (there / path.name).symlink_to(path.resolve())
        for one in (draft, *_named(draft, city)):
            (there / f"{one.name}.yaml").write_text(form_text(one.tree), "utf-8")
            (schemas / f"{one.tree.get('schema', one.name)}.json").write_text(schema_text(one.schema), "utf-8")
        try:
            return load_forms(there, schemas, readers)[draft.name]
        except Misdeclared as error:
            raise _misfit(error.message, there / f"{draft.name}.yaml", folder) from error


def _hold_names(draft: Draft) -> None:
    """Both are names of files."""
    if not NAMED.fullmatch(draft.name):
        raise Misfit("name", "帳票名は英小文字で始め、英小文字・数字・_ の40文字以内にしてください。")
    if not NAMED.fullmatch(str(draft.tree.get("schema", draft.name)).lstrip("_")):
        raise Misfit("schema", "スキーマ名は英小文字・数字・_ にしてください。")


def _named(draft: Draft, city: Folders) -> Iterator[Draft]:
    """The forms that a draft cannot be loaded without."""
    asked = [taken.get("form") for taken in draft.tree.get("takes", {}).values() if isinstance(taken, dict)]
    for name in dict.fromkeys((*asked, draft.tree.get("version_of"))):
        if name and name != draft.name and (city.pipelines / f"{name}.yaml").is_file():
            yield drafted_from(name, city)


def _misfit(message: str, path: Path, folder: str) -> Misfit:
    told = re.match(rf"{re.escape(str(path))}:(\d+): (.*)", message, re.DOTALL)
    place = _place(path, int(told[1])) if told else ""
    says = (told[2] if told else message).replace(f"{folder}/", "")
    return Misfit(place, says)


def _place(path: Path, line: int) -> str:
    """The field, column or check that a line of a form is about."""
    spots = [spot for spot, at in read_yaml(path)[1].items() if at.endswith(f":{line}")]
    parts = min(spots, key=len).split(".") if spots else [""]
    return ".".join(parts[:4] if parts[0] == "rows" else parts[:2])


def texts(draft: Draft, city: Folders) -> tuple[str, str]:
    """The draft's YAML and JSON as they would stand in the folder: over what its file extends now, if that can be said."""
    schema = draft.tree.get("schema", draft.name)
    return _yaml(draft, city.pipelines / f"{draft.name}.yaml"), _json(draft, city.schemas / f"{schema}.json")


def _yaml(draft: Draft, path: Path) -> str:
    if not path.is_file():
        return form_text(draft.tree)
    before = path.read_text("utf-8")
    if same(read_form(path)[0], draft.tree):
        return before
    declared, parent = read_yaml(path)[0], parent_of(path)
    said = beneath(parent, draft.tree, ADDED) if parent is not None else None
    if said is None:
        return form_text(draft.tree, before)
    head: Tree = {word: declared[word] for word in ("extends", "moved") if word in declared}
    if "version" not in declared and "version" in said:
        head["version"] = said["version"]
    order = dict.fromkeys((*head, *(word for word in declared if word in said)))
    return form_text({**order, **head, **said}, before)


def _json(draft: Draft, path: Path) -> str:
    if not path.is_file():
        return schema_text(draft.schema)
    if same(read_schema(path), draft.schema):
        return path.read_text("utf-8")
    parent = schema_parent_of(path)
    said = beneath(parent, draft.schema, ADDED_OF_SCHEMA) if parent is not None else None
    if said is None:
        return schema_text(draft.schema)
    return schema_text({"extends": json.loads(path.read_text("utf-8"))["extends"], **said})


def completed(draft: Draft, city: Folders) -> Draft:
    """The draft with a property for each field, and a version of its own where it differs from the file of its name."""
    _hold_names(draft)
    tree, schema = dict(draft.tree), fitted(draft.tree, draft.schema)
    if (city.pipelines / f"{draft.name}.yaml").is_file():
        now = drafted_from(draft.name, city)
        if not same({**tree, "version": 0}, {**now.tree, "version": 0}):
            tree["version"] = max(int(tree.get("version", 1)), int(now.tree["version"]) + 1)
    return Draft(draft.name, tree, schema)
