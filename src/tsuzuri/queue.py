"""send(job, id): the only place that puts things on RQ. Touches Redis and RQ; knows nothing of papers.

A nudge is a name and an id. It may be lost, or delivered twice: flow's functions ask the row whether they are still needed.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue as RqQueue
from rq import Worker
from rq.exceptions import DuplicateJobError, InvalidJobOperation, NoSuchJobError
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from tsuzuri.errors import Stuck

NAME = "sheets"
ENTRY = "tsuzuri.jobs.run"
JOB_TIMEOUT_S = 120    # the slowest nasty file takes 20 s of poppler and 3 s of reading; five times that
FEW = 200              # nudges that leave at once
MANY = 32              # so many nudges are worth a look at all that waits
WORKER_TTL_S = 20      # a worker that has been silent for so long is dead


class Queue:
    """Nudges on a Redis-compatible server. Opening it does not connect."""

    def __init__(self, url: str) -> None:
        # A station waits while its nudge is put: a server that hangs may cost it 2 × 10 s, and not the client's usual 4 tries.
        self.connection = Redis.from_url(url, socket_connect_timeout=5, socket_timeout=10, retry=Retry(NoBackoff(), 1))
        # Whoever asks how ready we are does not wait for long, and the rest of us are.
        self.asking = Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1, retry=Retry(NoBackoff(), 0))
        self.rq = RqQueue(NAME, connection=self.connection, serializer=JSONSerializer, default_timeout=JOB_TIMEOUT_S)

    def send(self, nudges: Iterable[tuple[str, str]]) -> int:
        """Put (job, id) pairs on the queue; those that wait there already, or run now, are left alone.

        Returns how many were put. A silent server raises Stuck: the rows stand, and the sweep will send again.
        """
        try:
            asked = list(nudges)
            # One look at all that waits: a sweep over a backlog of thousands would else ask five times for each.
            waiting = set(self.rq.get_job_ids()) if len(asked) > MANY else set()
            return sum(self._send_one(job, paper) for job, paper in asked if _job_id(job, paper) not in waiting)
        except RedisError as error:
            raise Stuck("the queue server does not answer; work goes on when it is back", code="queue_silent") from error

    def _send_one(self, job: str, paper: str) -> bool:
        job_id = _job_id(job, paper)
        for _ in range(2):
            try:
                # failure_ttl and result_ttl 0: RQ's `unique` holds an id until its job is deleted.
                self.rq.enqueue_call(ENTRY, args=(job, paper), job_id=job_id, unique=True, result_ttl=0, failure_ttl=0)
                return True
            except DuplicateJobError:
                if self._is_alive(job_id):
                    return False
        return False

    def _is_alive(self, job_id: str) -> bool:
        """Whether a job of that id still waits or runs; a dead one's remains are cleared away."""
        try:
            job = Job.fetch(job_id, connection=self.connection, serializer=JSONSerializer)
            status = job.get_status()
        except NoSuchJobError:
            return False
        except InvalidJobOperation:      # it ended between the two questions, or all that is left of it has no status
            self.connection.delete(job.key)
            return False
        if status is JobStatus.QUEUED and self.rq.get_job_position(job_id) is not None:
            return True
        if status is JobStatus.STARTED and job.worker_name and self._worker_lives(job.worker_name):
            return True
        job.delete()
        return False

    def _worker_lives(self, name: str) -> bool:
        """A worker on this machine is asked for by its process id, one elsewhere by its heartbeat (WORKER_TTL_S)."""
        host, pid = self.connection.hmget(f"rq:worker:{name}", "hostname", "pid")
        if host is None or pid is None:
            return False
        elsewhere = host != socket.gethostname().encode() or not Path("/proc").is_dir()
        return elsewhere or Path(f"/proc/{int(pid)}").exists()

    def workers(self) -> int:
        """How many workers have said that they are there; raises Stuck when the server is silent."""
        try:
            return Worker.count(queue=self.rq)
        except RedisError as error:
            raise Stuck("the queue server does not answer", code="queue_silent") from error

    def waiting(self) -> int:
        """How many nudges wait; raises Stuck when the server is silent."""
        try:
            return int(self.asking.llen(self.rq.key))
        except RedisError as error:
            raise Stuck("the queue server does not answer", code="queue_silent") from error


class Aside(Queue):
    """The same, for a server whose senders wait: nudges leave a moment later, from a thread of their own.

    Those under way when the process ends, or that a silent server does not take, are lost; the sweep sends again.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._leaving: SimpleQueue[tuple[str, str]] = SimpleQueue()
        self._runner = Thread(target=self._run, name="nudges", daemon=True)
        self._beginning = Lock()

    def send(self, nudges: Iterable[tuple[str, str]]) -> int:
        """Let them leave; how many there were."""
        asked = list(nudges)
        for nudge in asked:
            self._leaving.put(nudge)
        with self._beginning:       # not before: a process may fork between opening and serving
            if not self._runner.ident:
                self._runner.start()
        return len(asked)

    def _run(self) -> None:
        while True:
            told = {self._leaving.get(): None}
            with suppress(Empty):
                while len(told) < FEW:
                    told[self._leaving.get_nowait()] = None
            with suppress(Stuck):
                super().send(told)


def _job_id(job: str, paper: str) -> str:
    return f"{job}-{paper}"
