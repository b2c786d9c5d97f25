"""Who is acting now: set once a request, task or command, read by every entry of the audit trail."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Who:
    """An actor as the trail names her: by kind and identifier, with the grant, the network and the way."""

    kind: str = "system"
    id: str = ""
    grant_id: UUID | None = None
    network: str = ""
    channel: str = "command"


SYSTEM = Who()
_who: ContextVar[Callable[[], Who]] = ContextVar("campanile_who", default=lambda: SYSTEM)


def who() -> Who:
    """Who is acting; the platform itself when nobody said otherwise."""
    return _who.get()()


@contextmanager
def acting(as_whom: Who | Callable[[], Who]) -> Iterator[None]:
    """Runs the block as somebody. A function is asked only when an entry is written."""
    token = _who.set((lambda: as_whom) if isinstance(as_whom, Who) else as_whom)
    try:
        yield
    finally:
        _who.reset(token)


def network_of(address: str) -> str:
    """The network of a client's address, IPv4 /24 or IPv6 /48; empty for what is no address.

    >>> network_of("192.0.2.77")
    '192.0.2.0/24'
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    prefix = 24 if parsed.version == 4 else 48
    return str(ipaddress.ip_network((parsed, prefix), strict=False))
