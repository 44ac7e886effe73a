"""`tsuzuri …`: finds the part of the program that is meant, for a scanning PC has the station's part alone."""

from __future__ import annotations

import sys
from importlib.util import find_spec

NEEDS = {
    "station": ("typer", "httpx", "cryptography"),
    "service": ("fastapi", "sqlalchemy", "redis", "rq", "cv2", "onnxruntime", "jinja2"),
}
HELP = """Tsuzuri: a city's paper medical-expense claims, from the scanner to the benefits system.

On this machine only the scanner station is installed:
  tsuzuri station --help
All else (up, read, forms …) wants the service: pip install 'tsuzuri[service]'
"""


def main() -> None:
    """Run the command that was typed, or say what is missing for it."""
    words = sys.argv[1:]
    if words[:1] == ["station"]:
        _must_have("station")
        from tsuzuri.station.cli import run

        sys.exit(run(words[1:]))
    if not _missing("service"):
        from tsuzuri.cli import main as run_service

        return run_service()
    if words in ([], ["--help"]) and not _missing("station"):
        sys.stdout.write(HELP)
        return None
    return _must_have("service")


def _missing(part: str) -> list[str]:
    return [name for name in NEEDS[part] if find_spec(name) is None]


def _must_have(part: str) -> None:
    if missing := _missing(part):
        sys.stderr.write(f"not_installed: this wants `pip install 'tsuzuri[{part}]'` (missing: {', '.join(missing)})\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
