"""Tickets: names of deliveries that other systems hand back to us. They say which town, and nobody can make one up."""

from __future__ import annotations

import hmac
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from django.conf import settings

from campanile_infra.database import scope


class ForgedTicket(ValueError):
    """The ticket was not made here."""


class Named(NamedTuple):
    """What a ticket names."""

    schema: str
    delivery: int


def ticket(delivery: int) -> str:
    """`<schema>.<delivery>.<16 hex digits>`: no personal data, the same for each attempt."""
    named = f"{scope.current().schema}.{delivery}"
    return f"{named}.{_mark(named)}"


def read(text: str) -> Named:
    """What a ticket names; a trailing `.<attempt>` is left aside. Raises ForgedTicket."""
    parts = text.split(".")
    if len(parts) not in (3, 4) or not parts[1].isdigit() or len(parts[1]) > 18:
        raise ForgedTicket
    if not hmac.compare_digest(_mark(f"{parts[0]}.{parts[1]}"), parts[2]):
        raise ForgedTicket
    return Named(parts[0], int(parts[1]))


def _mark(named: str) -> str:
    return hmac.new(_key(settings.SECRET_KEY), named.encode(), sha256).hexdigest()[:16]


@lru_cache(maxsize=2)
def _key(secret: str) -> bytes:
    return sha256(f"campanile.delivery.ticket/{secret}".encode()).digest()
