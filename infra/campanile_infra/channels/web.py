"""One HTTP request an attempt, over kept connections, for channels whose provider speaks JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import certifi
import urllib3

from campanile_infra.channels.base import TransportError


@dataclass(frozen=True)
class Reply:
    """What came back. `data`: the JSON object, or an empty one."""

    status: int
    data: Mapping[str, Any]
    headers: Mapping[str, str]

    @property
    def retry_after(self) -> float | None:
        """Seconds of a Retry-After header (RFC 9110, 10.2.3), when it gives seconds."""
        text = str(self.headers.get("Retry-After", ""))
        return float(text) if text.isdigit() else None


def post(url: str, body: Mapping[str, Any] | None, headers: Mapping[str, str], *, seconds: float = 10) -> Reply:
    """POSTs JSON, once. Raises TransportError: in doubt when it left and no answer came."""
    content = json.dumps(body).encode() if body is not None else b""
    everything = {"Content-Type": "application/json", "Accept": "application/json", **headers}
    return request("POST", url, content, everything, seconds=seconds)


def get(url: str, headers: Mapping[str, str], *, seconds: float = 10) -> Reply:
    """GETs JSON, once. Raises TransportError."""
    return request("GET", url, None, {"Accept": "application/json", **headers}, seconds=seconds)


def request(method: str, url: str, content: bytes | None, headers: Mapping[str, str], *, seconds: float) -> Reply:
    """One request without redirects or retries. Raises TransportError."""
    try:
        answer = _pool().request(
            method, url, body=content, headers=dict(headers), redirect=False, retries=False,
            timeout=urllib3.Timeout(connect=4, read=seconds),
        )  # fmt: skip
    except (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError) as error:
        raise TransportError(type(error).__name__, permanent=False) from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise TransportError(type(error).__name__, permanent=False, in_doubt=method == "POST") from error
    try:
        data = json.loads(answer.data) if answer.data else {}
    except ValueError:
        data = {}
    return Reply(answer.status, data if isinstance(data, dict) else {}, dict(answer.headers))


def refusal(reply: Reply, what: str, *, gone: bool = False) -> TransportError:
    """The usual meaning of statuses: 401 and 403 are ours, 408, 425 and 429 come again, 5xx nobody knows."""
    name = f"{what} {reply.status}"
    if reply.status == 429:
        return TransportError(name, permanent=False, retry_after=reply.retry_after or 1.0)
    if reply.status in (401, 403):
        return TransportError(f"{name}: our account is refused", permanent=False, ours=True)
    if reply.status in (408, 425, 503):
        return TransportError(name, permanent=False, retry_after=reply.retry_after)
    if reply.status >= 500:
        return TransportError(name, permanent=False, in_doubt=True)
    return TransportError(name, permanent=True, dead_address=gone)


@lru_cache(maxsize=1)
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager(num_pools=20, maxsize=32, ca_certs=certifi.where())
