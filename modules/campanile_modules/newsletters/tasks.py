"""Scheduled work."""

from __future__ import annotations

from campanile_modules.newsletters.services import issues, stopping, subscribing
from campanile_tenants.kit.tasks import town_task


@town_task(lane="bulk")
def remind() -> None:
    """Reminds once those who did not confirm, forgets those who never do; ends what is written to dead addresses."""
    subscribing.remind()
    stopping.tidy()


@town_task(lane="bulk")
def finish() -> None:
    """Marks as sent what has left altogether."""
    issues.finish()
