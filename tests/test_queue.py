"""Nudges on a real queue server: put once, put again when whoever took it is dead, and never waited for in vain."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import RedisError
from rq import Worker
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer

from tsuzuri.errors import Stuck
from tsuzuri.queue import ENTRY, Queue
from tsuzuri.settings import Settings
from tsuzuri.up import queue_command

PAGE = ("read_page", "pg_1")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A queue server of our own, as `tsuzuri up` starts it; its URL."""
    settings = Settings(home=tmp_path_factory.mktemp("home"), redis_url="")
    with subprocess.Popen(queue_command(settings), stdout=subprocess.DEVNULL) as process:
        wait_for(settings.queue_url)
        yield settings.queue_url
        process.terminate()


def wait_for(url: str) -> None:
    """Until the server answers."""
    deadline = time.monotonic() + 10
    with Redis.from_url(url) as client:
        while time.monotonic() < deadline:
            try:
                client.ping()
                return
            except RedisError:
                time.sleep(0.01)
    raise AssertionError("the queue server did not start")


@pytest.fixture
def queue(server: str) -> Iterator[Queue]:
    """An empty queue."""
    opened = Queue(server)
    opened.connection.flushall()
    yield opened
    opened.connection.close()


def taken(queue: Queue, status: JobStatus, worker: str = "w1") -> Job:
    """The one waiting nudge, as a worker leaves it that took it and came so far."""
    queue.connection.lpop(queue.rq.key)
    job = Job.fetch("read_page-pg_1", connection=queue.connection, serializer=JSONSerializer)
    job.worker_name = worker
    job.set_status(status)
    job.save()
    return job


def says_it_is_here(queue: Queue, pid: int, host: str | None = None) -> None:
    """Worker w1's sign of life."""
    queue.connection.hset("rq:worker:w1", mapping={"hostname": host or socket.gethostname(), "pid": pid})


def dead_pid() -> int:
    """The number of a process that has ended."""
    ended = subprocess.Popen([sys.executable, "-S", "-c", ""])
    ended.wait()
    return ended.pid


def test_a_nudge_is_a_name_and_an_id_and_is_put_once(queue: Queue) -> None:
    assert queue.send([PAGE, ("open_scan", "sc_1"), PAGE]) == 2
    assert queue.send([PAGE]) == 0
    assert queue.waiting() == 2
    job = queue.rq.jobs[0]
    assert (job.func_name, job.args) == (ENTRY, list(PAGE))


def test_a_nudge_that_was_done_can_be_put_again(queue: Queue) -> None:
    queue.send([PAGE])
    queue.rq.jobs[0].delete()
    assert queue.send([PAGE]) == 1


def test_a_nudge_that_a_living_worker_has_in_hand_is_left_alone(queue: Queue) -> None:
    queue.send([PAGE])
    says_it_is_here(queue, os.getpid())
    taken(queue, JobStatus.STARTED)
    assert queue.send([PAGE]) == 0
    assert queue.waiting() == 0


def test_a_nudge_in_the_hand_of_a_worker_on_another_machine_is_left_alone(queue: Queue) -> None:
    queue.send([PAGE])
    says_it_is_here(queue, dead_pid(), host="another-machine")
    taken(queue, JobStatus.STARTED)
    assert queue.send([PAGE]) == 0


def test_a_nudge_whose_worker_is_dead_is_put_again(queue: Queue) -> None:
    queue.send([PAGE])
    says_it_is_here(queue, dead_pid())
    taken(queue, JobStatus.STARTED)
    assert queue.send([PAGE]) == 1
    assert queue.waiting() == 1


def test_a_nudge_whose_worker_has_been_silent_too_long_is_put_again(queue: Queue) -> None:
    queue.send([PAGE])
    taken(queue, JobStatus.STARTED)      # the server has forgotten the worker: its sign of life ran out
    assert queue.send([PAGE]) == 1


@pytest.mark.parametrize("status", [JobStatus.QUEUED, JobStatus.FAILED, JobStatus.STOPPED, JobStatus.FINISHED])
def test_remains_of_a_nudge_that_nobody_has_in_hand_do_not_stand_in_its_way(queue: Queue, status: JobStatus) -> None:
    queue.send([PAGE])
    says_it_is_here(queue, os.getpid())
    taken(queue, status)
    assert queue.send([PAGE]) == 1
    assert queue.waiting() == 1


def test_an_emptied_server_takes_every_nudge_again(queue: Queue) -> None:
    queue.send([PAGE])
    queue.connection.flushall()
    assert queue.send([PAGE]) == 1


def test_workers_are_counted_once_they_have_said_that_they_are_there(queue: Queue) -> None:
    assert queue.workers() == 0
    worker = Worker([queue.rq], connection=queue.connection, serializer=JSONSerializer)
    worker.register_birth()
    assert queue.workers() == 1


def test_opening_a_queue_does_not_connect_and_a_silent_server_is_named(tmp_path: Path) -> None:
    nobody = Queue(f"unix://{tmp_path / 'nobody.sock'}")
    for asked in (lambda: nobody.send([PAGE]), nobody.waiting, nobody.workers):
        with pytest.raises(Stuck) as stuck:
            asked()
        assert (stuck.value.code, stuck.value.retry) == ("queue_silent", True)


def test_a_server_that_takes_calls_and_never_answers_is_silent_too(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as deaf:
        deaf.bind(str(tmp_path / "deaf.sock"))
        deaf.listen()
        waiting = Queue(f"unix://{tmp_path / 'deaf.sock'}?socket_timeout=0.05")
        with pytest.raises(Stuck):
            waiting.send([PAGE])
    kept = Queue("unix:///nowhere").connection.connection_pool.connection_kwargs
    assert kept["socket_timeout"] * (1 + kept["retry"].get_retries()) < 30, "a station hangs up after 30 s"


def test_a_queue_goes_on_after_its_server_was_started_anew(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, redis_url="")
    queue = Queue(settings.queue_url)
    for expected in (1, 0):     # the second server finds the nudge in the first one's log
        with subprocess.Popen(queue_command(settings), stdout=subprocess.DEVNULL) as process:
            wait_for(settings.queue_url)
            assert queue.send([PAGE]) == expected
            assert queue.waiting() == 1
            process.kill()
    queue.connection.close()


def test_what_is_left_of_a_nudge_without_a_status_does_not_stand_in_its_way(queue: Queue) -> None:
    queue.send([PAGE])
    queue.connection.lpop(queue.rq.key)
    queue.connection.hdel("rq:job:read_page-pg_1", "status")
    assert queue.send([PAGE]) == 1
    assert queue.waiting() == 1
