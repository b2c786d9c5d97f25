"""A real name server on a port of its own, and a key that signs mails."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from dnslib import QTYPE, RR, DNSRecord
from dnslib.server import BaseResolver, DNSServer

from campanile_infra.embedded.ports import LOOPBACK, free_port


@pytest.fixture
def key(tmp_path: Path, settings: Any) -> rsa.RSAPrivateKey:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = tmp_path / "dkim.pem"
    file.write_bytes(made.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                        serialization.NoEncryption()))  # fmt: skip
    settings.DKIM_KEY_FILE, settings.BOUNCE_DOMAIN = str(file), "bounces.example.net"
    return made


def public(key: rsa.RSAPrivateKey) -> str:
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


class Zone(BaseResolver):
    """What a name server knows: (name, type) -> values."""

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], list[str]] = {}

    def resolve(self, request: DNSRecord, handler: Any) -> DNSRecord:
        reply = request.reply()
        name, kind = str(request.q.qname).rstrip("."), QTYPE[request.q.qtype]
        for value in self.known.get((name, kind), []):
            text = " ".join(f'"{value[n : n + 200]}"' for n in range(0, len(value), 200)) if kind == "TXT" else value
            reply.add_answer(*RR.fromZone(f"{name}. 60 {kind} {text}"))
        if not reply.rr and name not in {one for one, _kind in self.known}:
            reply.header.rcode = 3
        return reply


@pytest.fixture
def zone(settings: Any) -> Iterator[Zone]:
    made, port = Zone(), free_port()
    server = DNSServer(made, address=LOOPBACK, port=port, logger=_Quiet())
    server.start_thread()
    settings.DNS_SERVERS = [f"{LOOPBACK}:{port}"]
    yield made
    server.stop()


class _Quiet:
    def __getattr__(self, name: str) -> Any:
        return lambda *_: None
