"""How the last trial of each channel of a town ended: written by the town, read by the centre."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from campanile_infra.database import scope
from campanile_tenants.public.notices.models import Trial

GOOD = ("accepted", "delivered", "acknowledged")
STALE = timedelta(hours=30)
"""A trial runs once a day: one that is older says nothing."""


def note(channel: str, *, sent_at: datetime, state: str, detail: str = "") -> None:
    """How a channel of the current town answered. 1 query."""
    Trial.objects.update_or_create(
        schema_name=scope.current().schema, channel=channel,
        defaults={"sent_at": sent_at, "state": state, "detail": detail[:60]},
    )  # fmt: skip


def bad() -> QuerySet[Trial]:
    """Channels of towns whose last trial did not arrive, or is too old to say anything. For the centre."""
    return Trial.objects.exclude(state__in=GOOD, sent_at__gt=timezone.now() - STALE)
