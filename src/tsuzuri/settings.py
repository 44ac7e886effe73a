"""What the machine says, read once, at a door. Below the house nobody reads the environment. Touches only pydantic-settings.

Every name is an environment variable with the prefix TSUZURI_ (TSUZURI_HOME, TSUZURI_PORT …).
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

HERE = Path(__file__).resolve().parent
REPO = HERE.parent.parent
SOCKET_PATH_MAX = 100


def _city(folder: str) -> Path:
    """The folder beside the sources in a checkout; in an installed wheel, the copy inside the package."""
    packed = HERE / "_city" / folder
    return packed if packed.is_dir() else REPO / folder


class Settings(BaseSettings):
    """One machine's settings. Paths are resolved; sizes say their unit."""

    model_config = SettingsConfigDict(env_prefix="TSUZURI_", frozen=True, extra="ignore")

    home: Path = Field(default=Path(".work"), description="where rows, files, the queue's log and exports live")
    database_url: str = Field(default="", description="SQLAlchemy URL; empty: SQLite under home")
    redis_url: str = Field(default="", description="queue server; empty: `tsuzuri up` starts one of its own")
    pipelines: Path = Field(default_factory=lambda: _city("pipelines"), description="the city's forms")
    schemas: Path | None = Field(default=None, description="JSON Schemas; empty: beside pipelines")
    models: Path | None = Field(default=None, description="folder of reading models of your own, each NAME.onnx with its card")
    exports: Path | None = Field(default=None, description="where night files go; empty: home/exports")
    receipt_keys: Path | None = Field(default=None, description="keys that sign receipts; empty: home/receipt-keys")
    delivery_keys: Path | None = Field(default=None, description="folder of private keys for SFTP, each TARGET.key")
    delivery_passwords: dict[str, SecretStr] = Field(
        default_factory=dict, description="of keys and SFTP accounts, as JSON: {\"TARGET\": \"…\"}")
    host: str = Field(default="127.0.0.1", description="address the web server binds to")
    port: int = Field(default=8420, ge=0, le=65535, description="port the web server prefers; taken: the next free one")
    workers: int = Field(default_factory=lambda: os.cpu_count() or 1, ge=1, description="reading processes")
    max_upload_mib: int = Field(default=100, description="bytes one uploaded file may have")
    min_free_mib: int = Field(default=1024, ge=0, description="space kept free for work in hand: with less, stations wait (503)")
    max_pages: int = Field(default=500, description="pages one uploaded file may have")
    max_megapixels: int = Field(default=120, description="pixels one page may have (A3 at 600 dpi has 70)")
    max_tries: int = Field(default=5, description="after so many broken attempts a page is put before a person")
    sweep_every_s: float = Field(default=15.0, description="how often standing papers are looked for")
    sweep_after_s: float = Field(default=90.0, description="how long a paper may stand before it is nudged again")
    lease_s: int = Field(default=600, description="how long a clerk holds a paper without a sign of life")
    night_at: time = Field(default=time(19, 0), description="when the night's file is written, local time")
    deliver_every_s: float = Field(default=30.0, description="how often files to be delivered, and answers, are looked for")
    timezone: str = Field(default="Asia/Tokyo", description="the office's local time")

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("no such time zone; write it as Asia/Tokyo") from None
        return name

    @property
    def passwords(self) -> Mapping[str, str]:
        """Passwords of deliveries by target, in clear."""
        return {target: said.get_secret_value() for target, said in self.delivery_passwords.items()}

    @property
    def database(self) -> str:
        """The URL to use."""
        return self.database_url or f"sqlite:///{self.home.resolve() / 'tsuzuri.sqlite3'}"

    @property
    def queue_socket(self) -> Path:
        """Where our own queue server listens when no other is named; sockets' paths end at 107 bytes, so a long home moves it."""
        home = self.home.resolve()
        short = home / "queue" / "queue.sock"
        if len(str(short)) <= SOCKET_PATH_MAX:
            return short
        name = hashlib.sha256(str(home).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"tsuzuri-{name}" / "queue.sock"

    @property
    def queue_url(self) -> str:
        """The queue server to use."""
        return self.redis_url or f"unix://{self.queue_socket}"

    @property
    def schema_folder(self) -> Path:
        """JSON Schemas: as named, or `schemas` beside the pipelines folder, as a city ships them."""
        return self.schemas or self.pipelines.resolve().parent / "schemas"

    @property
    def receipt_key_folder(self) -> Path:
        """The keys that sign receipts. Machines of one office share them."""
        return self.receipt_keys or self.home.resolve() / "receipt-keys"

    @property
    def export_folder(self) -> Path:
        """Where night files go."""
        return self.exports or self.home.resolve() / "exports"
