"""The town of the running code, for modules."""

from __future__ import annotations

from typing import Any

from campanile_tenants.public.registry.gate import current_town, is_enabled, require_enabled
from campanile_tenants.public.registry.models import Municipality


def boundary() -> dict[str, Any] | None:
    """The town's boundary as a GeoJSON geometry (WGS 84); None where it is not known. 1 query."""
    found: dict[str, Any] | None = Municipality.objects.values_list("boundary", flat=True).get(pk=current_town().pk)
    return found


__all__ = ["boundary", "current_town", "is_enabled", "require_enabled"]
