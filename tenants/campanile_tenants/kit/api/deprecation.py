"""Fields on their way out: marked in the schema with the day they go, and counted while they are used."""

from __future__ import annotations

from datetime import date


def deprecated(instead: str, *, removed_after: date) -> str:
    """The text for `deprecation_reason=`: what to use instead, and the day after which the field goes."""
    return f"{instead} Removed after {removed_after:%Y-%m-%d}."
