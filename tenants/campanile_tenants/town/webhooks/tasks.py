"""Wake-ups for webhooks."""

from __future__ import annotations

from campanile_infra.tasks.base import centre_task, town_task
from campanile_tenants.public.registry.everywhere import in_every_town
from campanile_tenants.town.webhooks import services


@town_task(lane="bulk")
def tell() -> int:
    """Tells what is due in the town."""
    return services.tell_all()


@centre_task(lane="bulk")
def tell_everywhere() -> int:
    """What a lost wake-up or a dead worker left, and what waited for its hour."""
    return in_every_town(services.tell_all)


@centre_task(lane="bulk")
def tidy_everywhere() -> int:
    """Takes away what was answered long ago, town by town."""
    return in_every_town(services.tidy)
