"""A town's published warnings, written from inside the town, read by the centre."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from campanile_infra.database import scope
from campanile_tenants.public.notices.models import Notice


def publish(identifier: str, *, matter: UUID, ends_before: bool, **values: Any) -> None:
    """Writes a warning of the current town down; once an identifier. `ends_before`: the former ones of the matter end.

    `values`: see Notice. 2 queries.
    """
    schema = scope.current().schema
    if ends_before:
        end(matter, when=values["sent_at"])
    Notice.objects.get_or_create(
        identifier=identifier, defaults={"schema_name": schema, "matter": matter, **values}
    )  # fmt: skip


def end(matter: UUID, *, when: datetime | None = None) -> int:
    """The matter is over. 1 query."""
    open_ones = Notice.objects.filter(schema_name=scope.current().schema, matter=matter, ended_at__isnull=True)
    return open_ones.update(ended_at=when or timezone.now())


def in_force() -> QuerySet[Notice]:
    """Every town's warnings that hold now, the worst and newest first. For the centre."""
    return Notice.objects.filter(ended_at__isnull=True, expires_at__gt=timezone.now()).order_by("-colour", "-sent_at")
