"""Bounded requests to addresses that people typed: never to our own network, never for long, never for much."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import certifi
import urllib3
from django.conf import settings

MOST_BYTES = 5_000_000
_MOST_REDIRECTS, _MOST_SECONDS = 4, 30
_TIMEOUT = urllib3.Timeout(connect=4, read=10)
_AGENT = "Campanile (links and feeds of municipal sites)"
_MOVED = (301, 302, 303, 307, 308)


class NotFetched(OSError):
    """No answer that can be used. `reason` is one of `address`, `private`, `unknown_host`, `no_answer`, `status`,
    `too_large`, `redirects`; `status` is the HTTP status where there was one.
    """

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


@dataclass(frozen=True)
class Fetched:
    """An answer: the address it came from in the end, its media type and its content."""

    url: str
    media_type: str
    content: bytes
    etag: str = ""


def fetch(url: str, *, most_bytes: int = MOST_BYTES) -> Fetched:
    """GETs a page of the public web, following redirects. Raises NotFetched."""
    found = fetch_if_changed(url, most_bytes=most_bytes)
    assert found is not None
    return found


def fetch_if_changed(url: str, *, etag: str = "", most_bytes: int = MOST_BYTES) -> Fetched | None:
    """The same; None when nothing has changed since the answer that bore `etag` (RFC 9110, 13.1.2)."""
    for _ in range(_MOST_REDIRECTS + 1):
        answer = _get(url, {"If-None-Match": etag} if etag else {})
        try:
            if answer.status in _MOVED and (target := answer.headers.get("Location")):
                url = urljoin(url, target)
                continue
            if answer.status == 304 and etag:
                return None
            if answer.status != 200:
                raise NotFetched("status", answer.status)
            content = _read(answer, most_bytes)
            kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            return Fetched(url, kind, content, answer.headers.get("ETag", ""))
        except urllib3.exceptions.HTTPError as error:
            raise NotFetched("no_answer") from error
        finally:
            answer.release_conn()
            answer.close()
    raise NotFetched("redirects")


def _read(answer: urllib3.BaseHTTPResponse, most_bytes: int) -> bytes:
    """What comes within half a minute: a server that drips is no better than one that is silent."""
    until, content = time.monotonic() + _MOST_SECONDS, bytearray()
    while part := answer.read1(65_536, decode_content=True):
        content += part
        if len(content) > most_bytes:
            raise NotFetched("too_large")
        if time.monotonic() > until:
            raise NotFetched("no_answer")
    return bytes(content)


def is_there(url: str) -> None:
    """Raises NotFetched unless something answers. A server that refuses programs (401, 403, 405, 429) is there."""
    for _ in range(_MOST_REDIRECTS + 1):
        answer = _get(url)
        answer.close()
        if answer.status in _MOVED and (target := answer.headers.get("Location")):
            url = urljoin(url, target)
            continue
        if answer.status in (401, 403, 405, 429) or answer.status < 400:
            return
        raise NotFetched("status", answer.status)
    raise NotFetched("redirects")


def send(
    method: str, url: str, content: bytes, headers: Mapping[str, str], *, seconds: float = 10
) -> tuple[int, float | None, str]:  # fmt: skip
    """One request to an address that somebody else chose, without redirects: `(status, Retry-After, Location)`.

    The answer's body is not read. Raises NotFetched.
    """
    answer = _ask(method, url, content, headers, urllib3.Timeout(connect=4, read=seconds))
    answer.close()
    retry_after = str(answer.headers.get("Retry-After", ""))
    return answer.status, float(retry_after) if retry_after.isdigit() else None, answer.headers.get("Location", "")


def _get(url: str, headers: Mapping[str, str] | None = None) -> urllib3.BaseHTTPResponse:
    return _ask("GET", url, None, {"Accept-Encoding": "gzip", **(headers or {})}, _TIMEOUT)


def _ask(
    method: str, url: str, content: bytes | None, headers: Mapping[str, str], timeout: urllib3.Timeout
) -> urllib3.BaseHTTPResponse:  # fmt: skip
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:  # brackets that do not close, a port that is no number
        raise NotFetched("address") from error
    if parts.scheme not in ("http", "https") or not host or parts.username:
        raise NotFetched("address")
    address = _public_address(host, port)
    # The name is looked up once: what was checked is what is asked.
    pool: urllib3.HTTPConnectionPool
    if parts.scheme == "https":
        pool = urllib3.HTTPSConnectionPool(
            address,
            port,
            server_hostname=host,
            assert_hostname=host,
            ca_certs=certifi.where(),
            timeout=timeout,
            retries=False,
        )
    else:
        pool = urllib3.HTTPConnectionPool(address, port, timeout=timeout, retries=False)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    everything = {"Host": parts.netloc, "User-Agent": _AGENT, **headers}
    try:
        return pool.request(
            method, path, body=content, headers=everything, redirect=False, preload_content=False
        )  # fmt: skip
    except urllib3.exceptions.HTTPError as error:
        raise NotFetched("no_answer") from error


def _public_address(host: str, port: int) -> str:
    try:
        found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError) as error:
        raise NotFetched("unknown_host") from error
    if f"{host}:{port}" in settings.FETCH_ALSO:
        return found[0]
    if not found or not all(ipaddress.ip_address(one).is_global for one in found):
        raise NotFetched("private")
    return found[0]
