"""The town of the running code, for modules."""

from __future__ import annotations

from typing import Any

from campanile_tenants.public.registry.gate import current_town, is_enabled, require_enabled
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.public.registry.neighbours import Neighbour, town_at
from campanile_tenants.town.contacts.speaking import spoken as languages


def boundary() -> dict[str, Any] | None:
    """The town's boundary as a GeoJSON geometry (WGS 84); None where it is not known. 1 query."""
    found: dict[str, Any] | None = Municipality.objects.values_list("boundary", flat=True).get(pk=current_town().pk)
    return found


__all__ = [
    "Neighbour",
    "boundary",
    "current_town",
    "is_enabled",
    "languages",
    "require_enabled",
    "town_at",
]
