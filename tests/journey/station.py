"""A scanner station as the tests play it: HTTP and nothing else."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any

import httpx

PATIENCE_S = 120.0


class Station:
    """Sends batches to a machine; every call returns the reply's JSON and insists on success."""

    def __init__(self, url: str, key: str) -> None:
        self.http = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=60, trust_env=False)

    def __enter__(self) -> Station:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def declare(self, sheets: int, ward: str = "東区") -> str:
        """A batch that says it holds so many sheets; returns its id."""
        told = {"box": "KM-TEST-B001", "ward": ward, "procedure": "kodomo", "sheets": sheets}
        return str(self._good(self.http.post("/v1/batches", json=told))["id"])

    def send(self, batch: str, seq: int, body: bytes, name: str = "scan") -> httpx.Response:
        """Put one file at its place; returns the reply, good or bad."""
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        return self.http.put(f"/v1/batches/{batch}/scans/{seq}", content=body, headers={
            "Content-Digest": f"sha-256=:{digest}:", "X-File-Name": name,
        })

    def close(self, batch: str) -> dict[str, Any]:
        """Close the batch; returns its balance."""
        return self._good(self.http.post(f"/v1/batches/{batch}/close"))

    def progress(self, batch: str) -> dict[str, Any]:
        """Counts of the batch's pages and documents."""
        return self._good(self.http.get(f"/v1/batches/{batch}"))

    def wait_until_read(self, batch: str, patience_s: float = PATIENCE_S) -> dict[str, Any]:
        """Progress, once no page waits to be read any more; fails loudly when that does not come."""
        deadline = time.monotonic() + patience_s
        while (counts := self.progress(batch))["in_reading"] > 0:
            assert time.monotonic() < deadline, f"still reading after {patience_s} s: {counts}"
            time.sleep(0.1)
        return counts

    @staticmethod
    def _good(reply: httpx.Response) -> dict[str, Any]:
        assert reply.is_success, f"{reply.status_code} {reply.text}"
        body: dict[str, Any] = reply.json()
        return body
