"""What the name servers say of a sender's domain, asked of a real one."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from campanile_infra.channels.email import names
from campanile_infra.channels.email.names import Standing, records_of
from campanile_infra.embedded.ports import LOOPBACK, free_port
from tests.delivery.nameserver import Zone, key, public, zone

__all__ = ["key", "zone"]
DOMAIN = "lecco.localhost"


def standings() -> dict[str, Standing]:
    return {record.code: record.standing for record in records_of(DOMAIN)}


def test_the_records_of_a_domain(zone: Zone, key: rsa.RSAPrivateKey, settings: Any, monkeypatch: Any) -> None:
    settings.SPF_MECHANISMS, settings.DMARC_REPORTS = "include:_spf.centro.example", "dmarc@centro.example"
    assert set(standings().values()) == {Standing.MISSING}
    found = {record.code: record for record in records_of(DOMAIN)}
    assert found["spf"].wanted == "v=spf1 include:_spf.centro.example ~all"
    assert found["dkim"].name == f"campanile._domainkey.{DOMAIN}"
    assert found["dmarc"].wanted == "v=DMARC1; p=quarantine; rua=mailto:dmarc@centro.example"
    zone.known = {
        ("bounces.example.net", "TXT"): ["altro=1", "v=spf1 mx -all"],
        ("bounces.example.net", "MX"): ["10 mail.centro.example."],
        (f"campanile._domainkey.{DOMAIN}", "TXT"): ["v=DKIM1; k=rsa; p=AAAA"],
        ("_dmarc.localhost", "TXT"): ["v=DMARC1; p=none"],
    }
    assert standings() == {
        "spf": Standing.WRONG,
        "dkim": Standing.WRONG,
        "dmarc": Standing.MISSING,
        "mx": Standing.RIGHT,
    }
    (spf,) = [record for record in records_of(DOMAIN) if record.code == "spf"]
    assert spf.wanted == "v=spf1 include:_spf.centro.example mx -all", "what is there stays"
    zone.known |= {
        ("bounces.example.net", "TXT"): [spf.wanted],
        (f"campanile._domainkey.{DOMAIN}", "TXT"): [f"v=DKIM1; k=rsa; p={public(key)}"],
        (f"_dmarc.{DOMAIN}", "TXT"): ["v=DMARC1; p=none"],
    }
    assert set(standings().values()) == {Standing.RIGHT}
    zone.known["bounces.example.net", "TXT"] = [spf.wanted, "v=spf1 -all"]
    assert standings()["spf"] == Standing.WRONG, "two records are none (RFC 7208, 4.5)"
    settings.DNS_SERVERS = [f"{LOOPBACK}:{free_port()}"]
    monkeypatch.setattr(names, "_PATIENCE", 0.2)
    assert set(standings().values()) == {Standing.UNKNOWN}
