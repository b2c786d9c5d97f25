"""Calls to identity providers: short, bounded, never redirected, and over TLS outside a trial."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3
from django.conf import settings

_LARGEST = 200_000
_pool = urllib3.PoolManager(timeout=urllib3.Timeout(connect=3, read=5), retries=False, maxsize=4)


class Unreachable(OSError):
    """No answer, a bad one, or one that is too long."""


def call(
    address: str, *, fields: dict[str, str] | None = None, headers: dict[str, str] | None = None
) -> tuple[int, str]:
    """GETs, or POSTs a form. Returns the status and the text (UTF-8, at most 200 kB). Raises Unreachable."""
    parts = urlsplit(address)
    plain_allowed = settings.PUBLIC_SCHEME == "http"
    if parts.scheme != "https" and not (parts.scheme == "http" and plain_allowed):
        raise Unreachable("scheme")
    more: dict[str, Any] = {"headers": {"Accept-Encoding": "identity", **(headers or {})}}
    if fields is not None:
        more["body"] = urlencode(fields)
        more["headers"]["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        answer = _pool.request(
            "GET" if fields is None else "POST", address, redirect=False, preload_content=False, **more
        )
        try:
            body = answer.read(_LARGEST + 1)
        finally:
            answer.close()
        if len(body) > _LARGEST:
            raise Unreachable("too long")
        return answer.status, body.decode()
    except (urllib3.exceptions.HTTPError, UnicodeError) as error:
        raise Unreachable(type(error).__name__) from error
