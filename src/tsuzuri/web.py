"""The one web server: the machines' API and the people's desk hung side by side. `python -m tsuzuri.web` serves it."""

from __future__ import annotations

import resource
import sys
from dataclasses import replace

import uvicorn
from fastapi import FastAPI
from fastapi.responses import RedirectResponse

from tsuzuri import __version__
from tsuzuri.api import hang_api
from tsuzuri.api.wire import HEAD_BYTES, Wire
from tsuzuri.desk import hang_desk
from tsuzuri.flow import Line
from tsuzuri.house import open_line
from tsuzuri.queue import Aside
from tsuzuri.settings import Settings

# Python's own 5 ms are long beside an act's 10: each of an act's 30 statements lets go of the interpreter, and where another thread
# reckons it would wait so long to go on, with the database's one write lock in its hand.
SWITCH_S = 0.0005


def make_app(line: Line) -> FastAPI:
    """The application over one line: /v1 and health for machines, /desk for people."""
    # No /docs page: it would load its script from the internet, and a city's network is closed.
    app = FastAPI(
        title="Tsuzuri", version=__version__, description="医療費請求書の受付から給付システムへの連携まで",
        docs_url=None, redoc_url=None,
    )
    hang_api(app, line)
    hang_desk(app, line)
    app.add_api_route("/", lambda: RedirectResponse("/desk/"), include_in_schema=False)
    return app


def main() -> None:
    """Serve until SIGTERM on the host and port of the settings."""
    settings = Settings()
    line = replace(open_line(settings), queue=Aside(settings.queue_url))
    line.store.create()
    server = uvicorn.Config(
        make_app(line), host=settings.host, port=settings.port, log_level="warning", access_log=False,
        timeout_keep_alive=30, server_header=False, http=Wire, h11_max_incomplete_event_size=HEAD_BYTES, ws="none",
    )
    _allow_many()
    sys.setswitchinterval(SWITCH_S)
    uvicorn.Server(server).run()
    sys.exit(0)


def _allow_many() -> None:
    """As many open files as the system lets us have: each station's connection is one, and the file it sends another."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


if __name__ == "__main__":
    main()
