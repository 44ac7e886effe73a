"""Figures for Prometheus: counts and times only, never an id of a person nor a word from paper."""

from __future__ import annotations

from collections import Counter as Many
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Lock
from time import monotonic

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from tsuzuri.errors import Stuck
from tsuzuri.flow import Line, late_answers, nights_missed, odd_answers, receivers, standing
from tsuzuri.flow.drift import drifting
from tsuzuri.model import Step
from tsuzuri.store import books, queries

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
FRESH = timedelta(seconds=10)       # how long counted rows are told again, at least; at most:
STALEST = timedelta(minutes=1)
SHARE = 300      # between: so many times what counting took. 500,000 papers, 140 ms of a core: 42 s, or every third scrape
SECONDS = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Figures:
    """One application's figures."""

    def __init__(self, line: Line) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter("tsuzuri_requests", "Requests answered", ["method", "route", "status"],
                                 registry=self.registry)
        self._seconds = Histogram("tsuzuri_request_seconds", "Time to answer", ["method", "route"],
                                  buckets=SECONDS, registry=self.registry)
        self.registry.register(_Papers(line))

    def served(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request. `route` is the template, "" for none: a stranger's paths and methods make no figures."""
        method = method if method in METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def told(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self.registry)


class _Papers(Collector):
    """Where papers stand, asked of the rows when somebody wants to know."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._counting = Lock()
        self._counted: tuple[datetime, timedelta, list[GaugeMetricFamily]] | None = None

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing is asked at start-up: the database may not be there yet."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Documents by step, the ledger, the age of what waits, and the queue; who is silent is left out."""
        with suppress(Stuck):
            yield from self._fresh()
        with suppress(Stuck):
            files = self._line.files
            yield GaugeMetricFamily("tsuzuri_disk_free_bytes", "What the files' disk has left", value=files.free())
            yield GaugeMetricFamily("tsuzuri_disk_reserve_bytes", "With less left, stations wait", value=files.reserve_bytes)
        with suppress(Stuck):
            waiting = self._line.queue.waiting()
            yield GaugeMetricFamily("tsuzuri_queue_waiting", "Nudges waiting for a worker", value=waiting)

    def _fresh(self) -> list[GaugeMetricFamily]:
        with self._counting:
            now = self._line.clock()
            if self._counted is None or not timedelta() <= now - self._counted[0] < self._counted[1]:
                begun = monotonic()
                told = [*self._of_the_rows(), GaugeMetricFamily(
                    "tsuzuri_counted_timestamp_seconds", "When papers, pages and runs were counted", value=now.timestamp())]
                took = timedelta(seconds=monotonic() - begun)
                self._counted = now, min(max(FRESH, SHARE * took), STALEST), told
            return self._counted[2]

    def _of_the_rows(self) -> Iterator[GaugeMetricFamily]:
        with self._line.store.read() as look:
            counts = queries.counts_by_step(look)
            wards = {**dict.fromkeys(self._line.city.wards, books.EMPTY), **books.books(look, books.By.WARD)}
            to_release = len(look.waiting_for_release())
            moved = drifting(look, self._line.forms)
            oldest = {step: queries.oldest_waiting(look, step) for step in (Step.RECEIVED, Step.REVIEW)}
        documents = GaugeMetricFamily("tsuzuri_documents", "Documents by step", labels=["step"])
        for step, many in counts.items():
            documents.add_metric([step.value], many)
        pages = GaugeMetricFamily("tsuzuri_pages", "The paper ledger, in pages", labels=["account", "ward"])
        off = GaugeMetricFamily("tsuzuri_ledger_off", "1: the ward's paper ledger does not close", labels=["ward"])
        for ward, ledger in wards.items():
            for account in books.ACCOUNTS:
                pages.add_metric([account, ward], getattr(ledger, account))
            off.add_metric([ward], 0.0 if ledger.balanced and ledger.complete else 1.0)
        age = GaugeMetricFamily("tsuzuri_oldest_seconds", "Age of the oldest page waiting", labels=["step"])
        for step, at in oldest.items():
            age.add_metric([step.value], (self._line.clock() - at).total_seconds() if at else 0.0)
        nights = (
            GaugeMetricFamily("tsuzuri_nights_missed", "Business dates before today whose night was not written",
                              value=len(nights_missed(self._line))),
            GaugeMetricFamily("tsuzuri_runs_to_release", "Runs that wait for two people", value=to_release))
        drift = GaugeMetricFamily("tsuzuri_form_drift_mm", "How far a form's box lies beside its place on the last pages",
                                  labels=["form", "region"])
        for form, found in moved.items():
            for one in found:
                drift.add_metric([form, one.region], round(one.mm, 2))
        yield from (documents, pages, off, age, drift, *nights, *self._of_receivers())

    def _of_receivers(self) -> Iterator[GaugeMetricFamily]:
        told = (
            ("tsuzuri_runs_undelivered", "Runs that their receiver does not have",
             {one.target: one.runs for one in standing(self._line)}),
            ("tsuzuri_answers_late", "Runs that their receiver should have answered by now",
             Many(one.run.target for one in late_answers(self._line))),
            ("tsuzuri_answers_odd", "Runs of which the receiver counts otherwise",
             Many(one.run.target for one in odd_answers(self._line))))
        for name, says, found in told:
            gauge = GaugeMetricFamily(name, says, labels=["target"])
            for target, _ in receivers(self._line):
                gauge.add_metric([target], found.get(target, 0))
            yield gauge
