"""The form studio: a scan of a blank form becomes a draft, a draft is tried, kept, shown as files, put among the forms.

Nothing of it touches the line's own forms: workers read by those that they loaded when they started.
"""

from __future__ import annotations

import difflib
import io
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tsuzuri.engines import READERS
from tsuzuri.errors import Misdeclared, NotAllowed, Stuck, WrongTurn
from tsuzuri.flow.line import Line
from tsuzuri.flow.plain import plain
from tsuzuri.flow.reading import judged_page
from tsuzuri.forms import Form, Forms, load_forms
from tsuzuri.forms.drafted import Draft, Folders, completed, drafted_from, held, texts
from tsuzuri.image import Picture
from tsuzuri.image.blanks import PAPERS, Blank, blank_form
from tsuzuri.image.pages import encode_jpeg, open_page, rendition
from tsuzuri.stages.phrases import look
from tsuzuri.store.studio import KeptDraft, draft, keep_draft, note_live

BLANK_DRAFT: dict[str, Any] = {"version": 1, "title": "", "title_box": [60, 15, 90, 12], "fields": {}}
KEPT_AS = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Tried:
    """One sample under a draft: what `tsuzuri read` would say of its first page, and its picture (JPEG) as it was laid."""

    read: dict[str, Any]
    picture: bytes


def folders(line: Line) -> Folders:
    """Where the city's forms lie; raises Stuck at a desk that was not told."""
    if line.folders is None:
        raise Stuck("this desk does not know the folder of forms", code="no_folders")
    return line.folders


def writable(line: Line) -> bool:
    """Whether forms may be put into the folder from here."""
    city = line.folders
    return city is not None and os.access(city.pipelines, os.W_OK) and os.access(city.schemas, os.W_OK)


def open_blank(line: Line, path: Path) -> tuple[str, Blank]:
    """A scan of a blank form, upright and straight, and the name under which its picture is kept. Raises Refused for what is no
    scan. Which way is up is told by its text; that it was fed on its side or upside down costs nobody a second scan."""
    scanned = open_page(path, 1, line.limits.caps)
    upright = np.ascontiguousarray(np.rot90(scanned.pixels, -_turns(line, scanned)))
    blank = blank_form(replace(scanned, pixels=upright))
    return line.files.put(encode_jpeg(blank.picture)), blank


def _turns(line: Line, scanned: Picture) -> int:
    """How many quarter turns clockwise bring a scan upright."""
    return look(scanned, PAPERS[0], line.finder(), line.readers()["ppocr"]).turns


def begun(name: str, blank: Blank | None) -> Draft:
    """A draft that says what was found on a blank form, if there is one, and no field yet."""
    tree = dict(BLANK_DRAFT)
    if blank is not None:
        tree |= {"paper": list(blank.paper), "anchors": [list(at) for at in blank.anchors],
                 "print": {"lines": [list(line) for line in blank.lines]}}
    return Draft(name, tree, {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
                              "additionalProperties": False, "required": [], "properties": {}})


def hold_draft(line: Line, told: Draft) -> tuple[Draft, Form]:
    """The draft with what its schema lacks, as a form; raises Misfit with the place that is meant."""
    city = folders(line)
    whole = completed(told, city)
    return whole, held(whole, city, (*READERS, *line.readers()))


def try_draft(line: Line, form: Form, path: Path) -> Tried:
    """A sample's first page, read by the line's own readers as if this were the only form; it takes seconds, and keeps nothing."""
    picture = open_page(path, 1, line.limits.caps)
    placement, document = judged_page(picture, Forms({form.name: form}), line.readers(), line.today())
    shown = rendition(picture, placement, form.paper if document.form else None)
    return Tried({**plain(document), "fault": placement.fault}, encode_jpeg(shown))


def keep(line: Line, told: Draft, picture: str | None, by: str) -> KeptDraft:
    """The draft, kept under its name and version. What is no form yet may be kept too: work is not lost."""
    with suppress(Misdeclared, TypeError, KeyError, ValueError, AttributeError):       # half drawn: the check tells of it
        told = completed(told, folders(line))
    kept = KeptDraft(0, told.name, _version(told), told.tree, told.schema, picture, by, line.clock())
    with line.unit() as unit:
        n = keep_draft(unit, kept)
    return KeptDraft(**{**asdict(kept), "n": n})


def _version(told: Draft) -> int:
    version = told.tree.get("version")
    return version if isinstance(version, int) else 0


def diffs(line: Line, told: Draft) -> str:
    """What would change in the folder, as a unified diff of both files; against nothing for a new form."""
    city = folders(line)
    return "".join(_diffs(told, city))


def _diffs(told: Draft, city: Folders) -> Iterator[str]:
    for path, text in _files(told, city).items():
        before = path.read_text("utf-8") if path.is_file() else ""
        name = f"{path.parent.name}/{path.name}"
        found = difflib.unified_diff(before.splitlines(), text.splitlines(), f"a/{name}" if before else "/dev/null", f"b/{name}",
                                     lineterm="", n=2)
        yield from (f"{line}\n" for line in found)


def _files(told: Draft, city: Folders) -> dict[Path, str]:
    yaml, schema = texts(told, city)
    return {city.pipelines / f"{told.name}.yaml": yaml, city.schemas / f"{told.tree.get('schema', told.name)}.json": schema}


def packed(line: Line, told: Draft, form: Form, picture: str | None) -> bytes:
    """The form's four files as a ZIP: YAML, schema, the blank's picture, and a truth with nothing filled in yet."""
    out, city = io.BytesIO(), folders(line)
    truth = {"form": told.name, "fields": dict.fromkeys(form.fields)}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in _files(told, city).items():
            folder = "pipelines" if path.suffix == ".yaml" else "schemas"
            _put(archive, f"{folder}/{path.name}", text.encode())
        _put(archive, f"samples/{told.name}/a.truth.json", json.dumps(truth, ensure_ascii=False, indent=1).encode() + b"\n")
        if picture is not None:
            _put(archive, f"samples/{told.name}/a.png", _png(line.files.present(picture)))
    return out.getvalue()


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    """An entry without a clock: the same draft is the same ZIP."""
    archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)


def _png(path: Path) -> bytes:
    out = io.BytesIO()
    with Image.open(path) as opened:
        opened.save(out, "PNG", dpi=(203.2, 203.2))
    return out.getvalue()


def put_live(line: Line, n: int, by: str) -> list[str]:
    """A kept draft's files put into the city's folder, those that stood there kept beside them; the names of what was kept.

    Raises NotAllowed for whoever drew it, Misfit for what is no form, WrongTurn where the folder cannot be written. If the
    folder as a whole no longer loads, everything stands as it stood before.
    """
    city = folders(line)
    with line.store.read() as look:
        kept = draft(look, n)
    if kept.by == by:
        raise NotAllowed("作成した人とは別の監督者が適用してください。", code="own_draft")
    if not writable(line):
        raise WrongTurn("帳票のフォルダに書き込めません。ZIP を取り出して、管理者に渡してください。", code="folder_read_only")
    whole, _ = hold_draft(line, Draft(kept.form, kept.tree, kept.schema))
    stamp = line.clock().strftime(KEPT_AS)
    with _or_as_before(_files(whole, city), stamp) as old:
        load_forms(city.pipelines, city.schemas, (*READERS, *line.readers()))
    with line.unit() as unit:
        note_live(unit, n, by, line.clock())
    return [path.name for path in old]


@contextmanager
def _or_as_before(files: dict[Path, str], stamp: str) -> Iterator[list[Path]]:
    """The files written, what stood there kept under another name; put back if what follows does not hold."""
    before = {path: path.read_text("utf-8") if path.is_file() else None for path in files}
    kept = []
    for path, text in files.items():
        if (was := before[path]) is not None and was != text:
            aside = path.with_name(f"{path.name}.{stamp}.bak")
            aside.write_text(was, "utf-8")
            kept.append(aside)
        _replace(path, text)
    try:
        yield kept
    except Misdeclared:
        for path, was in before.items():
            path.unlink() if was is None else _replace(path, was)
        for aside in kept:
            aside.unlink()
        raise


def _replace(path: Path, text: str) -> None:
    """The file whole, or not at all: a worker may be starting."""
    staged = path.with_name(f".{path.name}.part")
    staged.write_text(text, "utf-8")
    staged.replace(path)


__all__ = ["Draft", "Tried", "begun", "diffs", "drafted_from", "folders", "hold_draft", "keep", "open_blank", "packed", "put_live",
           "try_draft", "writable"]
