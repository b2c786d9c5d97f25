"""The national bulletins, for modules: the colours of the current town, today and tomorrow."""

from __future__ import annotations

from datetime import datetime

from campanile_tenants.public.bulletins.models import Colour, Risk
from campanile_tenants.public.bulletins.services.colours import Day, colours_of
from campanile_tenants.public.registry.gate import current_town


def colours(moment: datetime | None = None) -> list[Day]:
    """Today's and tomorrow's colours; a day without a bulletin is left out. 3 queries."""
    return colours_of(current_town().istat_code, moment)


__all__ = ["Colour", "Day", "Risk", "colours"]
