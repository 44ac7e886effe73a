"""The program around the work: a station put together from its settings, kept at it until told to stop."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tsuzuri.station.client import Pace, open_office
from tsuzuri.station.folder import HotFolder
from tsuzuri.station.journal import Journal
from tsuzuri.station.settings import Settings
from tsuzuri.station.work import Station

EVERY_S = 2.0       # between two looks into the folder


@contextmanager
def open_journal(home: Path) -> Iterator[Journal]:
    """The journal of that home, made if there is none."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    journal = Journal(home)
    try:
        yield journal
    finally:
        journal.close()


@contextmanager
def open_station(settings: Settings, folder: Path | None = None) -> Iterator[Station]:
    """The station of these settings. Raises Misused without address and key."""
    settings.must_reach()
    with open_journal(settings.home) as journal:
        spool = settings.home / "spool"
        spool.mkdir(exist_ok=True, mode=0o700)
        office = open_office(settings.url, settings.key, Pace(settings.rate_kib * 1024), settings.ca, settings.proxy)
        station = Station(journal, spool, office, HotFolder(folder.resolve()) if folder else None, settings.batch, settings.pin,
                          settings.leave)
        try:
            yield station
        finally:
            office.hang_up()


def keep(station: Station, stop: threading.Event) -> None:
    """Turn after turn, until told to stop."""
    while not stop.is_set():
        try:
            moved = station.turn()
        except Exception as error:  # noqa: BLE001
            # The one broad catch of this program: whatever it stumbles over, the next sheet must still be taken.
            sys.stderr.write(f"broken: {type(error).__name__}: {error}\n")
            moved = False
        if not moved:
            stop.wait(EVERY_S)
