"""How well a town reaches its households: noted by the town, read by the centre."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from campanile_infra.database import scope
from campanile_tenants.public.notices.models import Coverage

OFTEN = timedelta(hours=1)


def is_due() -> bool:
    """Whether the current town's numbers are older than an hour. 1 query."""
    return not Coverage.objects.filter(
        schema_name=scope.current().schema, noted_at__gt=timezone.now() - OFTEN
    ).exists()


def cover(households: int, unreached: int) -> None:
    """Notes the current town's numbers. 2 queries."""
    Coverage.objects.update_or_create(
        schema_name=scope.current().schema,
        defaults={"households": households, "unreached": unreached, "noted_at": timezone.now()},
    )
