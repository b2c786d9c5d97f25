"""What every channel offers: `notify`, which returns what the provider said or raises TransportError."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache, partial
from typing import Any, ClassVar

from django.conf import settings
from django.utils.module_loading import import_string

_log = logging.getLogger(__name__)


class TransportError(Exception):
    """A message was not taken, or nobody knows.

    `permanent`: the same message will never be taken. `in_doubt`: it was handed over and no answer came, so it may
    have been taken. `retry_after`: seconds that the provider asks us to stay away, from everybody. `dead_address`:
    nobody is to be written to there again. `ours`: the fault is with our account (credentials, spend cap), so no
    recipient is to blame and nothing leaves over this provider until it is mended. The text never holds the
    recipient's address: it goes to logs.
    """

    def __init__(
        self, reason: str, *, permanent: bool, in_doubt: bool = False, retry_after: float | None = None,
        dead_address: bool = False, ours: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(reason)
        self.permanent, self.in_doubt, self.retry_after = permanent, in_doubt, retry_after
        self.dead_address, self.ours = dead_address, ours


@dataclass(frozen=True)
class Envelope:
    """One message to one address.

    `reference` is the delivery's ticket, the same at each attempt; `key` names this attempt. `account` holds the
    town's own credentials, `options` what only this channel knows (`url`, `expires_at`, `unsubscribe`).
    """

    reference: str
    sender: str
    recipient: str
    subject: str
    body: str
    key: str = ""
    html: str = ""
    language: str = "it"
    account: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Accepted:
    """The provider took it. `reference` is its own number, `units` what it counts (SMS parts), `cost` in euro."""

    reference: str = ""
    units: int = 1
    cost: Decimal | None = None


@dataclass(frozen=True)
class Heard:
    """What a provider says of its own accord about a message it took: `reference` is its number of it."""

    reference: str
    delivered: bool
    detail: str = ""


Answer = Accepted | TransportError


class Transport:
    """A channel's way out through one provider. `options` are the provider's, from the settings."""

    group: ClassVar[int] = 100
    """How many are handed over between two commits: what a dead worker leaves in doubt, at most."""
    parallel: ClassVar[int] = 8
    """How many requests at once."""

    hear: Callable[[Heard], None] | None = None
    """Who takes down what the provider says meanwhile; it is answered only when that is committed."""

    def __init__(self, **options: Any) -> None:
        self.options = options

    def listen(self) -> int:
        """Takes what waits on a session of ours (SMPP); returns how many. Raises TransportError."""
        return 0

    def units(self, body: str) -> int:
        """What one message counts against the provider's rate."""
        return 1

    def notify(self, envelope: Envelope) -> Accepted:
        """Hands the message to the provider, in one request. Raises TransportError."""
        raise NotImplementedError

    def notify_many(self, envelopes: Sequence[Envelope]) -> list[Answer]:
        """Hands many over at once; the answers stand in the order of the envelopes."""
        if len(envelopes) == 1 or self.parallel == 1:
            return [self._answer(envelope) for envelope in envelopes]
        with ThreadPoolExecutor(min(self.parallel, len(envelopes))) as pool:
            return list(pool.map(self._answer, envelopes))

    def probe(self) -> None:
        """Looks whether the provider would take a message, without sending one. Raises TransportError."""

    def _answer(self, envelope: Envelope) -> Answer:
        return answer_of(lambda: self.notify(envelope))


def answer_of(speak: Callable[[], Accepted]) -> Answer:
    """What came of speaking. A fault of ours leaves one message in doubt and does not stop the others."""
    try:
        return speak()
    except TransportError as error:
        return error
    except Exception as error:  # noqa: BLE001 - whatever it is, it is logged, and the message is in doubt
        _log.exception("A transport failed in a way that it does not know")
        return TransportError(type(error).__name__, permanent=False, in_doubt=True)


@dataclass(frozen=True)
class Line:
    """One provider of a channel, as the settings name it: `rate` in units a second (None: no limit of theirs).

    `reserve`: the part of rate and burst that only emergencies may use. `options` are the transport's. `drill`: with
    credentials for drills, over which nothing real ever leaves.
    """

    name: str
    transport: str
    rate: float | None = None
    burst: float | None = None
    reserve: float = 0.4
    options: tuple[tuple[str, Any], ...] = ()
    drill: bool = False

    @classmethod
    def over(cls, name: str, transport: str, *, rate: float | None = None, **options: Any) -> Line:
        """A line with its transport's options as keywords."""
        return cls(name, transport, rate, options=tuple(sorted(options.items())))


def lines(channel: str, *, drill: bool = False) -> tuple[Line, ...]:
    """The providers of a channel, the preferred one first; none when the channel is not set up.

    A drill goes over the lines for drills alone, where the channel has some, and nothing else goes over those.
    """
    found = every_line(channel)
    of_drills = tuple(line for line in found if line.drill)
    return of_drills if drill and of_drills else tuple(line for line in found if not line.drill)


def every_line(channel: str) -> tuple[Line, ...]:
    """The providers of a channel and those for drills: for whoever looks after them."""
    return tuple(settings.CHANNELS.get(channel, ()))


def channels() -> tuple[str, ...]:
    """The channels that are set up on this installation."""
    return tuple(channel for channel, found in settings.CHANNELS.items() if found)


@lru_cache(maxsize=64)
def transport(line: Line) -> Transport:
    """The way out over a line; one object a process, so that connections are kept."""
    made: Transport = import_string(line.transport)(**dict(line.options))
    if _listeners:
        made.hear = partial(_listeners[-1], line.name)
    return made


def on_heard(listener: Callable[[str, Heard], None]) -> None:
    """Says who takes down what providers say of their own accord: called with the line's name."""
    _listeners.append(listener)


_listeners: list[Callable[[str, Heard], None]] = []
