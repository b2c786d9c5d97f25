"""What runs by itself: publication at its hour, links looked at each night, feeds read."""

from __future__ import annotations

from typing import cast

from celery import current_app

from campanile_infra.tasks.base import LaneTask, centre_task, town_task
from campanile_tenants.public.registry.everywhere import State, in_every_town
from campanile_tenants.town.audit.context import Who, acting
from campanile_tenants.town.site.models import Feed, Page
from campanile_tenants.town.site.services import publishing
from campanile_tenants.town.site.services.feeds import read
from campanile_tenants.town.site.services.links import check_links


@town_task(lane="bulk")
def look_after() -> int:
    """Looks at every link of the town's pages and reads its feeds; returns how many links lead nowhere."""
    with acting(Who("system", channel="task")):
        for feed in Feed.objects.all():
            read(feed)
        return check_links()


@town_task(lane="operations")
def publish_due() -> int:
    """Publishes the town's pages whose hour has come; returns how many."""
    with acting(Who("system", channel="task")):
        return publishing.publish_due()


@centre_task(lane="operations")
def publish_everywhere() -> int:
    """Wakes the towns where a page is due: one query in each, and what goes wrong in one stays in it."""
    return in_every_town(_wake_if_due, states=(State.LIVE,))


@centre_task(lane="bulk")
def look_after_everywhere() -> int:
    """Wakes each town's nightly look; returns how many towns."""
    return in_every_town(_wake_nightly, states=(State.LIVE,))


def _wake_if_due() -> int:
    return int(Page.objects.due().exists() and cast(LaneTask, current_app.tasks[publish_due.name]).wake())


def _wake_nightly() -> int:
    cast(LaneTask, current_app.tasks[look_after.name]).wake()
    return 1
