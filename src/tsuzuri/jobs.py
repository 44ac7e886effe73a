"""The workers' door: a nudge comes off the queue, a flow function runs, errors end here. Decides nothing.

`python -m tsuzuri.jobs` is one worker process: RQ forks a child a job, so a page that crashes its reader takes nobody along.
"""

from __future__ import annotations

import os
from functools import cache

os.environ.setdefault("OMP_THREAD_LIMIT", "1")  # Tesseract on several threads beside several workers is 50 times slower

import structlog  # noqa: E402
from rq import Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from tsuzuri.errors import TsuzuriError
from tsuzuri.flow import JOBS, Line
from tsuzuri.house import open_line
from tsuzuri.queue import WORKER_TTL_S
from tsuzuri.rules.lists import open_names
from tsuzuri.settings import Settings

log = structlog.get_logger("tsuzuri.jobs")
YIELDING = 10       # niceness: where both want the core, people at the desk get nine tenths of it, and an idle core still reads


@cache
def _line() -> Line:
    """One Line a worker: its children take over forms and models, and open connections of their own."""
    return open_line(Settings())


def run(job: str, paper: str) -> None:
    """Run one nudge. Never raises: the row says what is still to do, and the sweep nudges again."""
    try:
        JOBS[job](_line(), paper)
    except TsuzuriError as error:
        log.warning("job_put_off", job=job, id=paper, code=error.code)
    except Exception as error:  # noqa: BLE001
        # The one broad catch of this door. The class only: a message might carry ink.
        log.error("job_broke", job=job, id=paper, error=type(error).__name__, where=_where(error))


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "?"


class SheetWorker(Worker):
    """RQ's worker with short heartbeats, so that a dead one is known within half a minute instead of thirteen."""

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        return WORKER_TTL_S


def _warm(line: Line) -> None:
    """Before the fork, so that children share the memory, and no sheet waits for what the one before it had loaded already."""
    line.readers()
    line.finder()
    open_names()


def main() -> None:
    """One worker on the one queue, until SIGTERM; a second queue would make its pop non-atomic. It yields to whoever serves people:
    a sheet that is read a second later keeps nobody waiting.
    """
    os.nice(YIELDING)
    line = _line()
    _warm(line)
    worker = SheetWorker(
        [line.queue.rq], connection=line.queue.connection, serializer=JSONSerializer, worker_ttl=WORKER_TTL_S,
        job_monitoring_interval=5, maintenance_interval=10, log_job_description=False,
    )
    worker.work(logging_level="WARNING")


if __name__ == "__main__":
    main()
