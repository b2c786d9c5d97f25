"""A fake push service and a browser's subscription, with the private key by which messages are read."""

from __future__ import annotations

import base64
import json
import os
from typing import Any

import http_ece
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from campanile_infra.channels.fakes import FakeProvider, Reply, Request


class FakePushService(FakeProvider):
    """Reads what it takes, as the browser would: `taken` holds the messages."""

    def __init__(self) -> None:
        super().__init__()
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._secret = os.urandom(16)
        self.gone = False

    def subscription(self) -> str:
        """What a browser hands over (PushSubscription.toJSON)."""
        point = self._key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        keys = {"p256dh": _text(point), "auth": _text(self._secret)}
        return json.dumps({"endpoint": f"{self.url}/push/1", "keys": keys})

    def take(self, request: Request) -> Reply:
        """201 when VAPID, TTL and encryption are right; 410 when the subscription is gone."""
        if self.gone:
            return Reply(410)
        if request.headers.get("Content-Encoding") != "aes128gcm" or not request.headers.get("TTL", "").isdigit():
            return Reply(400)
        if not Vapid02.verify(request.headers.get("Authorization", "")):
            return Reply(403)
        self.taken.append(self._read(request.content))
        return Reply(201, headers={"Location": f"{self.url}/message/{len(self.taken)}"})

    def _read(self, content: bytes) -> Any:
        clear = http_ece.decrypt(content, private_key=self._key, auth_secret=self._secret, version="aes128gcm")
        return json.loads(clear)


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
