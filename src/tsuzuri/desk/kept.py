"""Scripts and styles, which a browser keeps for good: whatever changes among them, all have another address from then on."""

from __future__ import annotations

import hashlib
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"      # of any other address: a page that was open when the desk was renewed


def digest_of(folder: Path) -> str:
    """Of all files of a folder, names and bytes, in hex; short, for it stands in addresses."""
    told = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        told.update(f"{path.name} {path.stat().st_size} ".encode() + path.read_bytes())
    return told.hexdigest()[:12]


class Kept(StaticFiles):
    """The files of a folder under `/DIGEST/name`; modules that import one another by "./name" stay under one digest."""

    def __init__(self, directory: Path, digest: str) -> None:
        super().__init__(directory=directory)
        self.digest = digest

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file under this digest to be kept, under any other to be asked for again."""
        first, _, name = path.partition("/")
        response = await super().get_response(name or first, scope)
        response.headers["Cache-Control"] = FOREVER if first == self.digest else ASK_AGAIN
        return response
