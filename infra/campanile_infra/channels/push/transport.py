"""Web push: RFC 8030 with VAPID (RFC 8292) and aes128gcm (RFC 8291)."""

from __future__ import annotations

import base64
import json
import os
from typing import Any
from urllib.parse import urlsplit

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from campanile_infra.channels.base import Accepted, Envelope, Transport, TransportError
from campanile_infra.web.fetching import NotFetched, send

LONGEST = 3_800
"""Bytes of a message before encryption: services take 4,096 after it."""


class PushTransport(Transport):
    """Options: `key` (VAPID private key: its 32 bytes, or DER, in base64url), `contact` (a `mailto:`).

    The recipient is the browser's subscription as JSON: endpoint and keys. The endpoint is an address that a stranger
    gave us, so it is asked as such: never inside our own network.
    """

    group = 40

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._vapid = Vapid02.from_string(str(options["key"]))

    def notify(self, envelope: Envelope) -> Accepted:
        """Raises TransportError; 404 and 410 retire the subscription (RFC 8030, 7.3)."""
        subscription = json.loads(envelope.recipient)
        endpoint = str(subscription["endpoint"])
        payload = {
            "title": envelope.subject, "body": envelope.body, "tag": envelope.reference,
            "url": envelope.options.get("url", "/"), "lang": envelope.language,
        }  # fmt: skip
        headers = {
            "TTL": str(int(envelope.options.get("ttl", 86_400))),
            "Urgency": "high" if envelope.options.get("urgent") else "normal",
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            **self._vapid.sign({"sub": self.options["contact"], "aud": _origin(endpoint)}),
        }
        try:
            status, retry_after, place = send("POST", endpoint, _seal(payload, subscription["keys"]), headers)
        except NotFetched as error:
            if error.reason in ("address", "private", "unknown_host"):
                raise TransportError(f"push: {error.reason}", permanent=True, dead_address=True) from error
            raise TransportError(f"push: {error.reason}", permanent=False, in_doubt=True) from error
        if status in (404, 410):
            raise TransportError(f"push {status}: the subscription is gone", permanent=True, dead_address=True)
        if status == 429 or status >= 500:
            raise TransportError(f"push {status}", permanent=False, retry_after=retry_after)
        if status >= 400:
            raise TransportError(f"push {status}", permanent=True)
        return Accepted(reference=place[-100:])

    @property
    def public_key(self) -> str:
        """What a browser needs to subscribe (`applicationServerKey`, base64url)."""
        numbers = self._vapid.public_key.public_numbers()
        raw = b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big")
        return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _seal(payload: dict[str, Any], keys: dict[str, str]) -> bytes:
    content = json.dumps(payload, ensure_ascii=False).encode()
    if len(content) > LONGEST:
        raise TransportError(f"message of {len(content)} bytes, at most {LONGEST}", permanent=True)
    sealed: bytes = http_ece.encrypt(
        content, salt=os.urandom(16), private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_bytes(keys["p256dh"]), auth_secret=_bytes(keys["auth"]), version="aes128gcm",
    )  # fmt: skip
    return sealed


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
