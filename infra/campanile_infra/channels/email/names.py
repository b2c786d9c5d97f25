"""What the name servers say about a sender's domain, beside what they should: SPF, DKIM, DMARC, MX."""

from __future__ import annotations

import base64
import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import dns.exception
import dns.resolver
from cryptography.hazmat.primitives import serialization
from django.conf import settings

from campanile_infra.channels.email.mime import signing_key

_PATIENCE = 4.0


class Standing(enum.StrEnum):
    """How a record stands."""

    RIGHT = "right"
    MISSING = "missing"
    WRONG = "wrong"
    """There is one, and it does not say what it should; or there are several where one is allowed."""
    UNKNOWN = "unknown"
    """The name servers did not answer."""
    UNUSED = "unused"
    """This installation does not use it: it signs nothing, or has no domain for bounces."""


@dataclass(frozen=True)
class Record:
    """One record: `wanted` is the value to write at `name`; `found` what is there."""

    code: str
    type: str
    name: str
    wanted: str
    found: tuple[str, ...]
    standing: Standing


def records_of(domain: str) -> list[Record]:
    """The four records for mails from `domain`. Asks the name servers, some seconds at most when they are away."""
    ask = partial(_ask, _resolver())
    return [_spf(ask, settings.BOUNCE_DOMAIN or domain), _dkim(ask, domain), _dmarc(ask, domain), _mx(ask)]


_Ask = Callable[[str, str], tuple[str, ...] | None]


def _spf(ask: _Ask, domain: str) -> Record:
    """RFC 7208: one record, with our mechanisms in it."""
    needed = settings.SPF_MECHANISMS.split()
    wanted = " ".join(("v=spf1", *needed, "~all"))
    if not needed:
        return Record("spf", "TXT", domain, "", (), Standing.UNUSED)
    answer = ask(domain, "TXT")
    found = tuple(text for text in answer or () if text.lower().split(" ")[0] == "v=spf1")
    named = {part.lower().lstrip("+") for text in found for part in text.split()}
    right = len(found) == 1 and {part.lower() for part in needed} <= named
    return Record("spf", "TXT", domain, _merged(found, needed, wanted), found, _standing(answer, found, right=right))


def _merged(found: Sequence[str], needed: Sequence[str], wanted: str) -> str:
    """What is there with ours added: a town that sends other mail too must not lose it."""
    if len(found) != 1:
        return wanted
    parts = found[0].split()
    have = {part.lower().lstrip("+") for part in parts}
    return " ".join((parts[0], *(one for one in needed if one.lower() not in have), *parts[1:]))


def _dkim(ask: _Ask, domain: str) -> Record:
    """RFC 6376: the public half of the key that signs."""
    name, key = f"{settings.DKIM_SELECTOR}._domainkey.{domain}", signing_key()
    if key is None:
        return Record("dkim", "TXT", name, "", (), Standing.UNUSED)
    public = _public(key)
    answer = ask(name, "TXT")
    found = tuple(text for text in answer or () if "p=" in text)
    right = len(found) == 1 and _tag(found[0], "p").replace(" ", "") == public
    return Record("dkim", "TXT", name, f"v=DKIM1; k=rsa; p={public}", found, _standing(answer, found, right=right))


def _dmarc(ask: _Ask, domain: str) -> Record:
    """RFC 7489: at the domain, else at the ones above it."""
    reports = f"; rua=mailto:{settings.DMARC_REPORTS}" if settings.DMARC_REPORTS else ""
    wanted, labels = f"v=DMARC1; p=quarantine{reports}", domain.split(".")
    answer: tuple[str, ...] | None = ()
    for start in range(max(1, len(labels) - 1)):
        answer = ask(f"_dmarc.{'.'.join(labels[start:])}", "TXT")
        found = tuple(text for text in answer or () if text.lower().replace(" ", "").startswith("v=dmarc1"))
        if found or answer is None:
            right = len(found) == 1 and _tag(found[0], "p") in ("none", "quarantine", "reject")
            return Record("dmarc", "TXT", f"_dmarc.{domain}", wanted, found, _standing(answer, found, right=right))
    return Record("dmarc", "TXT", f"_dmarc.{domain}", wanted, (), Standing.MISSING)


def _mx(ask: _Ask) -> Record:
    """Whether what cannot be delivered finds its way back."""
    domain = settings.BOUNCE_DOMAIN
    if not domain:
        return Record("mx", "MX", "", "", (), Standing.UNUSED)
    answer = ask(domain, "MX")
    found = tuple(answer or ())
    return Record("mx", "MX", domain, "10 …", found, _standing(answer, found, right=bool(found)))


def _standing(answer: tuple[str, ...] | None, found: Sequence[str], *, right: bool) -> Standing:
    if answer is None:
        return Standing.UNKNOWN
    if not found:
        return Standing.MISSING
    return Standing.RIGHT if right else Standing.WRONG


def _tag(text: str, name: str) -> str:
    tags = (part.strip().partition("=") for part in text.split(";"))
    return next((value.strip() for key, _sign, value in tags if key.strip().lower() == name), "")


def _public(pem: bytes) -> str:
    key = serialization.load_pem_private_key(pem, None).public_key()
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(der).decode()


def _resolver() -> dns.resolver.Resolver:
    if not settings.DNS_SERVERS:
        return dns.resolver.Resolver()
    resolver = dns.resolver.Resolver(configure=False)
    host, _colon, port = settings.DNS_SERVERS[0].partition(":")
    resolver.nameservers, resolver.port = [host], int(port or 53)
    return resolver


def _ask(resolver: dns.resolver.Resolver, name: str, kind: str) -> tuple[str, ...] | None:
    """The texts of a name; empty when there are none, None when nobody answered."""
    try:
        answer = resolver.resolve(name, kind, lifetime=_PATIENCE)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except dns.exception.DNSException:
        return None
    if kind == "TXT":
        return tuple(b"".join(row.strings).decode("ascii", "replace") for row in answer)
    return tuple(row.to_text() for row in answer)
