"""Forgetting by rule, each night."""

from __future__ import annotations

from campanile_infra.tasks.base import centre_task
from campanile_tenants.public.registry.everywhere import in_every_town
from campanile_tenants.town.contacts.services.tidying import tidy


@centre_task(lane="bulk")
def tidy_everywhere() -> int:
    """Forgets what is to be forgotten, town by town; returns how many addresses."""
    return in_every_town(tidy)
