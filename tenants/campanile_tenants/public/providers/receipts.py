"""Receipts that come over a session of all towns: written down before they are answered, then given to their town."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.utils import timezone

from campanile_infra.channels.base import Heard, TransportError, channels, every_line, transport
from campanile_infra.database.names import PUBLIC_SCHEMA
from campanile_infra.database.scope import in_schema
from campanile_tenants.public.providers.models import HeardReceipt
from campanile_tenants.public.registry.everywhere import in_every_town

AT_ONCE = 2_000
FORGET_AFTER = timedelta(days=3)
"""A receipt that no town knows by then was of a message that was forgotten, or not ours."""


def hear(provider: str, heard: Heard) -> None:
    """Writes one down, from whatever town the session was used by. 1 query."""
    with in_schema(PUBLIC_SCHEMA):
        HeardReceipt.objects.create(
            provider=provider, reference=heard.reference[:160], delivered=heard.delivered, detail=heard.detail[:120]
        )


def listen_all() -> int:
    """Takes what waits on every line with a session; returns how much.

    A line that is away is looked at by its probe.
    """
    heard = 0
    for channel in channels():
        for line in every_line(channel):
            try:
                heard += transport(line).listen()
            except TransportError:
                continue
    return heard


def share_out(take: Callable[[Sequence[HeardReceipt]], list[int]]) -> int:
    """Gives what waits to the towns: `take` runs in each and returns the rows that were its own.

    1 query when nothing waits.
    """
    rows = list(HeardReceipt.objects.all()[:AT_ONCE])
    if not rows:
        return 0
    mine: set[int] = set()

    def here() -> int:
        found = take([row for row in rows if row.pk not in mine])
        mine.update(found)
        return len(found)

    shared = in_every_town(here)
    HeardReceipt.objects.filter(pk__in=mine).delete()
    HeardReceipt.objects.filter(heard_at__lt=timezone.now() - FORGET_AFTER).delete()
    return shared
