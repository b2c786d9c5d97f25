"""The nightly retention, town by town."""

from __future__ import annotations

from typing import cast

from celery import current_app

from campanile_infra.tasks.base import LaneTask, centre_task, town_task
from campanile_tenants.public.registry.everywhere import in_every_town
from campanile_tenants.town.api.services import forget_old_calls
from campanile_tenants.town.audit.context import Who, acting
from campanile_tenants.town.privacy import services


@town_task(lane="bulk")
def retain() -> int:
    """Erases what is past its time in the town; returns how many rows."""
    with acting(Who("system", channel="task")):
        return sum(int(told["rows"]) for told in services.retain()) + forget_old_calls()


@centre_task(lane="bulk")
def retain_everywhere() -> int:
    """Wakes each town's retention; returns how many towns."""
    return in_every_town(_wake)


def _wake() -> int:
    cast(LaneTask, current_app.tasks[retain.name]).wake()
    return 1
