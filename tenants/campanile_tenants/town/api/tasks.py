"""Background work of the API: jobs, and what is past its time."""

from __future__ import annotations

from django.utils.module_loading import import_string

from campanile_infra.tasks.base import centre_task, town_task
from campanile_tenants.public.registry.everywhere import in_every_town
from campanile_tenants.town.api import jobs, uploads

runners: list[str] = []
"""Dotted names of functions `() -> int` that go on with the town's waiting jobs; floors above put theirs in."""


@town_task(lane="bulk")
def run_jobs() -> int:
    """Goes on with the town's exports and imports, and deletes what is past its time; returns how many it took."""
    uploads.purge()
    jobs.purge()
    return sum(import_string(name)() for name in runners)


@centre_task(lane="bulk")
def sweep() -> int:
    """Wakes the towns where a job waits or something is past its time: what a lost broker or a dead worker left."""
    return in_every_town(_wake_if_needed)


def _wake_if_needed() -> int:
    return int(jobs.wants_care() and run_jobs.wake())
