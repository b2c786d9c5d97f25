"""Background work of onboarding."""

from __future__ import annotations

from campanile_infra.tasks.base import centre_task
from campanile_platform.onboarding import services
from campanile_tenants.public.registry.provisioning import pool


@centre_task(lane="operations")
def run_waiting() -> int:
    """Goes on with every job that waits; returns how many it took."""
    jobs = services.waiting_jobs()
    for job in jobs:
        services.run(job)
    if jobs:
        refill_spares.wake()
    return len(jobs)


@centre_task(lane="operations")
def refill_spares() -> int:
    """Prepares spare schemas for the next towns."""
    return pool.refill()
