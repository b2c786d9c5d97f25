"""Trying out the lines."""

from __future__ import annotations

from campanile_infra.tasks.base import centre_task
from campanile_tenants.public.providers.health import probe_all


@centre_task(lane="operations")
def probe_lines() -> int:
    """Asks every line whether it would take a message."""
    return probe_all()
