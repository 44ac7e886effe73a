"""The hot folder: which files have come to rest, in the order of the paper. Remembers only what it saw last."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tsuzuri.station import names
from tsuzuri.station.spool import Stamp, stamp

LOOKS = 3               # so many looks must see the same size and time: shares tell times in steps of two seconds
WORDS = ("box", "ward", "procedure", "sheets")


@dataclass
class Bundle:
    """What lies in one folder: files at rest in order, files that still grow (and hold back those behind them), an end mark."""

    folder: Path
    ready: list[Path] = field(default_factory=list)
    growing: list[Path] = field(default_factory=list)
    ended: Path | None = None
    declared: dict[str, Any] = field(default_factory=dict)
    fault: str = ""


class HotFolder:
    """A folder that scanners write into: each folder in it is a batch, and so is what lies in it directly."""

    def __init__(self, root: Path, looks: int = LOOKS) -> None:
        self.root, self._looks = root, looks
        self._seen: dict[Path, tuple[Stamp, int]] = {}

    def look(self) -> list[Bundle]:
        """What there is now. Raises OSError when the folder cannot be seen, as a share that is away."""
        bundles, before, self._seen = [], self._seen, {}
        apart = [entry for entry in sorted(self.root.iterdir()) if _is_bundle(entry)]
        for folder in (self.root, *apart):
            bundle = Bundle(folder, declared=_told_by(folder.name) if folder != self.root else {})
            _read(folder / "batch.toml", bundle)
            for path in _scans(folder, deep=folder != self.root, bundle=bundle):
                self._weigh(path, bundle, before)
            bundles.append(bundle)
        return bundles

    def forget(self, path: Path) -> None:
        """It was not ready after all: look at it anew."""
        self._seen.pop(path, None)

    def stamp_of(self, path: Path) -> Stamp:
        """What the last look saw of a file."""
        return self._seen[path][0]

    def _weigh(self, path: Path, bundle: Bundle, before: dict[Path, tuple[Stamp, int]]) -> None:
        try:
            now = stamp(path)
        except OSError:
            return      # gone meanwhile
        last, times = before.get(path, (None, 0))
        times = times + 1 if last == now else 1
        if times == self._looks and not _can_be_read(path):
            times -= 1
        self._seen[path] = (now, times)
        at_rest = now[0] > 0 and times >= self._looks
        if at_rest and not bundle.growing:
            bundle.ready.append(path)
        elif not at_rest:
            bundle.growing.append(path)


def _is_bundle(entry: Path) -> bool:
    hidden = entry.name.startswith((".", "~", "$")) or entry.name.lower() in names.APART
    return not hidden and entry.is_dir() and not entry.is_symlink()


def _scans(folder: Path, deep: bool, bundle: Bundle) -> Iterator[Path]:
    """Files that may be scans, as a person counts; the end mark is noted by the way."""
    found = []
    for at, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if deep and not name.startswith((".", "~", "$"))]
        for name in files:
            path = Path(at) / name
            if names.is_end(name) and path.parent == folder:
                bundle.ended = path
            elif names.is_scan(name) and not path.is_symlink() and not names.is_hidden(path.lstat()):
                found.append(path)
    yield from sorted(found, key=lambda path: [names.order(part) for part in path.relative_to(folder).parts])


def _can_be_read(path: Path) -> bool:
    """Whether nobody holds it: Windows lets no one read what a scanner still writes."""
    try:
        with path.open("rb") as scan:
            return bool(scan.read(1))
    except OSError:
        return False


def _told_by(name: str) -> dict[str, Any]:
    """What a folder's name tells: its box, or box_ward_procedure_sheets."""
    parts = name.split("_")
    if len(parts) == 4 and parts[3].isascii() and parts[3].isdigit():
        return {"box": parts[0], "ward": parts[1], "procedure": parts[2], "sheets": int(parts[3])}
    return {"box": name}


def _read(path: Path, bundle: Bundle) -> None:
    """What batch.toml tells, word for word: what this program does not know, the office may."""
    try:
        told = tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        bundle.fault = f"batch.toml を読み取れません（{error}）。UTF-8 で書き直してください。"
        return
    bundle.declared |= {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in told.items()}
    bundle.declared.setdefault("box", bundle.folder.name)


def beside(path: Path) -> Path:
    """Where it is said what the scanner knew of a scan."""
    return path.with_name(f"{path.name}.toml")


def marks(path: Path) -> dict[str, str]:
    """What the scanner knew of a scan, from NAME.toml beside it: `imprint`, and `double_feed`, the pages at which it felt two
    sheets. What cannot be read is as if it were not there."""
    try:
        told = tomllib.loads(beside(path).read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}
    pages = told.get("double_feed", [])
    fed = ", ".join(map(str, pages)) if isinstance(pages, list) else str(pages)
    said = {"imprint": str(told.get("imprint", "")), "double_feed": fed}
    return {name: value for name, value in said.items() if value and value.isascii() and value.isprintable()}


def complete(declared: dict[str, Any]) -> bool:
    """Whether the office can be told of the batch."""
    return all(declared.get(word) not in (None, "") for word in WORDS)
