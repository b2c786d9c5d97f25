"""Trying out every line on schedule, so that it is red at 18:00 and not at 3:00, and saying how each one stands."""

from __future__ import annotations

import enum
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_infra.channels.base import TransportError, channels, every_line, transport
from campanile_infra.database.names import PUBLIC_SCHEMA
from campanile_infra.database.scope import in_schema
from campanile_tenants.public.providers import buckets
from campanile_tenants.public.providers.models import Provider

_log = logging.getLogger(__name__)
LATE = timedelta(seconds=90)
"""A pulse that is older than this has stopped: the sweeper runs every fifteen seconds."""


class Standing(enum.Enum):
    """How a line stands; the value is what people read."""

    WELL = _("works")
    UNTRIED = _("not tried yet")
    CLOSED = _("closed for now")
    BROKEN = _("does not work")


@dataclass(frozen=True)
class LineHealth:
    """A line and how it stands. `until`: when it is used again; `why`: the provider's last words."""

    channel: str
    provider: Provider
    standing: Standing
    until: datetime | None = None
    why: str = ""


def probe_all() -> int:
    """Asks every line whether it would take a message; returns how many would not. Nobody is written to."""
    broken = 0
    for channel in channels():
        for line in every_line(channel):
            buckets.declare(line, channel)
            problem = ""
            try:
                transport(line).probe()
            except TransportError as error:
                problem = str(error)[:200]
                _log.error("The line %s does not work: %s", line.name, problem)
            with in_schema(PUBLIC_SCHEMA):
                Provider.objects.filter(pk=line.name).update(probed_at=timezone.now(), probe_error=problem)
            broken += bool(problem)
    return broken


def health() -> list[LineHealth]:
    """Every line of the settings, in their order. 1 query."""
    with in_schema(PUBLIC_SCHEMA):
        known = Provider.objects.in_bulk()
    return [
        _health(channel, known.get(line.name) or Provider(name=line.name, channel=channel))
        for channel in channels() for line in every_line(channel)
    ]  # fmt: skip


def sweeper_is_late() -> bool:
    """Whether nobody looks for waiting messages any more: the scheduler has stopped. 1 query."""
    last = buckets.last_beat("sweep")
    return last is None or timezone.now() - last > LATE


def _health(channel: str, provider: Provider) -> LineHealth:
    shut = max((when for when in (provider.blocked_until, provider.tripped_until) if when), default=None)
    if provider.probe_error:
        return LineHealth(channel, provider, Standing.BROKEN, why=provider.probe_error)
    if shut is not None and shut > timezone.now():
        return LineHealth(channel, provider, Standing.CLOSED, until=shut, why=provider.last_error)
    if provider.probed_at is None and provider.last_ok_at is None:
        return LineHealth(channel, provider, Standing.UNTRIED)
    return LineHealth(channel, provider, Standing.WELL)
