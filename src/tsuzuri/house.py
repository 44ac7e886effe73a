"""All wiring: settings in, one Line out. The only place that knows which part is made of what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from zoneinfo import ZoneInfo

from tsuzuri.delivery import Secrets
from tsuzuri.engines import READERS, Reader, known, open_readers
from tsuzuri.flow import Limits, Line
from tsuzuri.forms import Forms, load_city, load_forms
from tsuzuri.forms.drafted import Folders
from tsuzuri.image.pages import Caps
from tsuzuri.queue import Queue
from tsuzuri.settings import Settings
from tsuzuri.store import Store
from tsuzuri.store.files import Files
from tsuzuri.store.seals import Seal

_readers = cache(open_readers)


def open_line(settings: Settings) -> Line:
    """The line of this machine. Forms are checked here (Misdeclared); readers load on first use; nothing connects yet."""
    settings.home.mkdir(parents=True, exist_ok=True)
    forms = city_forms(settings)
    return Line(
        store=Store(settings.database),
        files=Files(settings.home.resolve() / "files", settings.min_free_mib << 20),
        queue=Queue(settings.queue_url),
        forms=forms,
        readers=partial(_readers, _asked(forms), settings.models),
        clock=lambda: datetime.now(UTC),
        exports=settings.export_folder,
        city=load_city(settings.pipelines),
        zone=ZoneInfo(settings.timezone),
        folders=Folders(settings.pipelines, settings.schema_folder),
        seal=Seal(settings.receipt_key_folder),
        secrets=Secrets(settings.delivery_keys, settings.passwords),
        limits=Limits(
            caps=caps_of(settings),
            max_tries=settings.max_tries,
            lease=timedelta(seconds=settings.lease_s),
            sweep_after=timedelta(seconds=settings.sweep_after_s),
        ),
    )


def city_forms(settings: Settings) -> Forms:
    """The city's forms, parsed and held against each other and against the readers that are there."""
    return load_forms(settings.pipelines, settings.schema_folder, known(settings.models))


def form_readers(settings: Settings, forms: Forms) -> Mapping[str, Reader]:
    """The readers that these forms need, opened: those that Tsuzuri brings, and the city's own that a form names."""
    return open_readers(_asked(forms), settings.models)


def _asked(forms: Forms) -> tuple[str, ...]:
    named = (name for form in forms.values() for spec in form.fields.values() for name in (spec.first, spec.second) if name)
    return tuple(dict.fromkeys((*READERS, *sorted(named))))


def caps_of(settings: Settings) -> Caps:
    """How much one uploaded file may bring."""
    return Caps(
        bytes=settings.max_upload_mib << 20, pages=settings.max_pages, pixels=settings.max_megapixels * 1_000_000,
    )
