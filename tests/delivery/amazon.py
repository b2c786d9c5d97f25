"""SNS as Amazon signs it, with a key of our own: its certificate is served from its address only."""

from __future__ import annotations

import base64
import datetime as dt
import json
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from campanile_infra.channels import sns
from campanile_infra.web.fetching import Fetched

TOPIC = "arn:aws:sns:eu-south-1:123456789012:campanile"
CERT = "https://sns.eu-south-1.amazonaws.com/SimpleNotificationService-1.pem"


@pytest.fixture
def amazon(settings: Any, monkeypatch: pytest.MonkeyPatch) -> rsa.RSAPrivateKey:
    """SNS' key; its certificate is served from its address only."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - dt.timedelta(1)).not_valid_after(now + dt.timedelta(1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = certificate.public_bytes(Encoding.PEM)
    sns._certificate.cache_clear()

    def fetch(url: str, **_: Any) -> Fetched:
        assert url == CERT, "another host was asked for a certificate"
        return Fetched(url, "application/x-pem-file", pem)

    monkeypatch.setattr(sns, "fetch", fetch)
    settings.SNS_TOPICS = [TOPIC]
    return key


def notification(key: rsa.RSAPrivateKey, event: dict[str, Any], *, version: str = "2", **changes: str) -> str:
    data = {"Type": "Notification", "MessageId": "m-1", "TopicArn": TOPIC, "Message": json.dumps(event),
            "Timestamp": "2026-11-25T08:00:00.000Z", "SignatureVersion": version,
            "SigningCertURL": CERT}  # fmt: skip
    data |= {name: value for name, value in changes.items() if name != "after"}
    text = "".join(f"{name}\n{data[name]}\n" for name in sns._SIGNED["Notification"] if name in data)
    digest = hashes.SHA1() if version == "1" else hashes.SHA256()
    data["Signature"] = base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), digest)).decode()
    return json.dumps(data | ({"Message": changes["after"]} if "after" in changes else {}))
