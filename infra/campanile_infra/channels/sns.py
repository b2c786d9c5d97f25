"""Notifications of Amazon SNS: verified before a word of them is believed (signature versions 1 and 2)."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from campanile_infra.web.fetching import NotFetched, fetch

_HOST = re.compile(r"sns\.[a-z0-9-]{4,20}\.amazonaws\.com(\.cn)?")
_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}


class NotFromSns(ValueError):
    """The request is not what it says: forged, of another topic, or damaged."""


@dataclass(frozen=True)
class Notification:
    """A verified notification. `message` is its text, parsed when it is JSON."""

    kind: str
    number: str
    topic: str
    message: Any
    subscribe_url: str = ""


def read(content: bytes, topics: Collection[str]) -> Notification:
    """Verifies a notification of one of `topics` (ARNs). Raises NotFromSns.

    The certificate comes from an SNS host over https and from nowhere else, whatever the notification says (AWS:
    "Verifying the signatures of Amazon SNS messages").
    """
    try:
        data = json.loads(content)
        fields = _SIGNED[data["Type"]]
        version, signature = str(data["SignatureVersion"]), base64.b64decode(data["Signature"], validate=True)
        text = "".join(f"{name}\n{data[name]}\n" for name in fields if name in data).encode()
        url = str(data["SigningCertURL"])
    except (ValueError, KeyError, TypeError) as error:
        raise NotFromSns("not a notification") from error
    if data.get("TopicArn") not in topics:
        raise NotFromSns("another topic")
    digest = {"1": hashes.SHA1(), "2": hashes.SHA256()}.get(version)  # noqa: S303 - what version 1 is signed with
    if digest is None:
        raise NotFromSns("unknown signature version")
    try:
        _key(url).verify(signature, text, padding.PKCS1v15(), digest)
    except InvalidSignature as error:
        raise NotFromSns("wrong signature") from error
    try:
        message = json.loads(data["Message"])
    except ValueError:
        message = data["Message"]
    return Notification(
        data["Type"], str(data["MessageId"]), data["TopicArn"], message, str(data.get("SubscribeURL", ""))
    )


def is_sns(url: str) -> bool:
    """Whether an address is one of SNS itself, over https."""
    parts = urlsplit(url)
    return parts.scheme == "https" and parts.port in (None, 443) and bool(_HOST.fullmatch(parts.hostname or ""))


def _key(url: str) -> rsa.RSAPublicKey:
    if not is_sns(url) or not urlsplit(url).path.endswith(".pem"):
        raise NotFromSns("the certificate is not of SNS")
    try:
        return _certificate(url)
    except (NotFetched, ValueError) as error:
        raise NotFromSns("no certificate") from error


@lru_cache(maxsize=8)
def _certificate(url: str) -> rsa.RSAPublicKey:
    key = x509.load_pem_x509_certificate(fetch(url, most_bytes=20_000).content).public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("not an RSA key")  # noqa: TRY004 - the same as a file that is none
    return key
