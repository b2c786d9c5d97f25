"""The public half of the VAPID key, which browsers ask for before they subscribe (RFC 8292, 3.2)."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from campanile_infra.channels.base import lines


def public_key() -> str:
    """The uncompressed point in base64url; empty when web push is not set up."""
    key = next((str(dict(line.options)["key"]) for line in lines("push") if "key" in dict(line.options)), "")
    return _public(key) if key else ""


@lru_cache(maxsize=4)
def _public(key: str) -> str:
    point = Vapid02.from_string(key).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()
