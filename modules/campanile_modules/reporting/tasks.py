"""Scheduled work."""

from __future__ import annotations

from campanile_modules.reporting import services
from campanile_modules.reporting.services import handing_over, promises
from campanile_tenants.kit.tasks import town_task


@town_task(lane="bulk")
def purge() -> None:
    """Deletes outdated drafts, and authors whose keeping time is over."""
    services.purge()


@town_task(lane="bulk")
def escalate() -> None:
    """Tells those above of reports that are late."""
    promises.escalate()


@town_task(lane="transactional")
def carry() -> None:
    """Carries reports to the towns whose place it is."""
    handing_over.carry()
