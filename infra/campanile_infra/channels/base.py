"""What every channel offers: `notify`, which returns or raises TransportError."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class TransportError(Exception):
    """A message was not taken. `permanent`: the same message will never be; otherwise try again later.

    The text never holds the recipient's address: it goes to logs.
    """

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


@dataclass(frozen=True)
class Envelope:
    """One message to one address; `reference` is its row's id, the same at each attempt."""

    reference: str
    sender: str
    recipient: str
    subject: str
    body: str


class Transport(Protocol):
    """A channel's way out."""

    def notify(self, envelope: Envelope) -> None:
        """Hands the message to the provider. Returns when it was accepted, raises TransportError otherwise."""


@lru_cache(maxsize=16)
def transport(channel: str) -> Transport:
    """The transport that settings.CHANNELS names for `channel`. Raises TransportError for an unknown one."""
    try:
        path = settings.CHANNELS[channel]
    except KeyError:
        raise TransportError(f"There is no channel {channel!r}.", permanent=True) from None
    made: Transport = import_string(path)()
    return made
