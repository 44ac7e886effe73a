"""What a station is told: on the command line, in the environment (TSUZURI_STATION_…), or in a TOML file, in this order."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tsuzuri.station.trouble import Misused

PREFIX = "TSUZURI_STATION_"


def default_home(environ: Mapping[str, str] = os.environ) -> Path:
    """Where this machine's user keeps such things."""
    if os.name == "nt":
        return Path(environ.get("LOCALAPPDATA") or Path.home()) / "Tsuzuri" / "station"
    return Path(environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "tsuzuri-station"


@dataclass(frozen=True)
class Settings:
    """One station's settings. `batch`: what is said of every batch of which its folder does not say otherwise."""

    home: Path
    url: str = ""
    key: str = field(default="", repr=False)
    pin: str = ""
    ca: Path | None = None
    proxy: str | None = None
    rate_kib: int = 0
    leave: bool = False
    port: int = 8431
    batch: dict[str, Any] = field(default_factory=dict)

    def is_open_to_ears(self) -> bool:
        """Whether key and papers go over a net in clear."""
        told = urlsplit(self.url)
        return told.scheme == "http" and told.hostname not in ("127.0.0.1", "localhost", "::1")

    def must_reach(self) -> None:
        """Raises Misused without address and key, or for an address that is none."""
        if self.url and (urlsplit(self.url).scheme not in ("http", "https") or not urlsplit(self.url).hostname):
            raise Misused(f"サーバーのアドレス {self.url} は https:// で始めてください（例: https://tsuzuri.city.example）。")
        if not self.url or not self.key:
            raise Misused(f"サーバーのアドレスと鍵が要ります: --url と {PREFIX}KEY、または {self.home / 'station.toml'} に "
                          'url = "…" と key = "…" を書いてください。')


def settled(given: Mapping[str, Any], config: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings, from `given` (None: not said), the environment and the file. Raises Misused for a file that cannot be read."""
    said = {name: value for name, value in given.items() if value is not None and name != "batch"}
    heard = {name: environ[PREFIX + name.upper()] for name in _names() if environ.get(PREFIX + name.upper())}
    home = Path(said.get("home") or heard.get("home") or default_home(environ))
    written = _read(config or home / "station.toml", must=config is not None)
    told = {**{name: written[name] for name in _names() & written.keys()}, **heard, **said, "home": home}
    batch = {**written.get("batch", {}), **{name: value for name, value in given.get("batch", {}).items() if value is not None}}
    try:
        return Settings(**{name: _typed(name, value) for name, value in told.items()}, batch=batch)
    except (TypeError, ValueError) as error:
        raise Misused(f"設定を読み取れません: {error}") from error


def _names() -> set[str]:
    return {one.name for one in fields(Settings)} - {"batch"}


def _typed(name: str, value: Any) -> Any:
    if name in ("home", "ca"):
        return Path(value).expanduser()
    if name in ("rate_kib", "port"):
        return int(value)
    if name == "leave":
        return value if isinstance(value, bool) else str(value).lower() in ("1", "true", "yes")
    return str(value).strip()


def _read(path: Path, must: bool) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        if must:
            raise Misused(f"{path} がありません。") from None
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Misused(f"{path} を読み取れません: {error}") from error
