"""Writing the trail: one row with the caller's transaction."""

from __future__ import annotations

from typing import Any

from django.db import models

from campanile_tenants.town.audit.context import who
from campanile_tenants.town.audit.models import Entry


def record(action: str, on: models.Model | tuple[str, str] | None = None, **details: Any) -> None:
    """Writes who did `action` (`<area>.<verb>`) on an object of the current town, or of the centre.

    `on` is a row, or (kind, identifier). `details` are codes, numbers and identifiers: never names, addresses,
    texts or anything else a person is known by. The entry commits and rolls back with the caller. 1 query.
    """
    actor = who()
    kind, key = ("", "") if on is None else on if isinstance(on, tuple) else (on._meta.label_lower, str(on.pk))
    Entry.objects.create(
        actor_kind=actor.kind, actor_id=actor.id, grant_id=actor.grant_id, network=actor.network,
        channel=actor.channel, action=action, object_type=kind, object_id=key, details=details,
    )  # fmt: skip
