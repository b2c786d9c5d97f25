"""Forgetting by rule, each night."""

from __future__ import annotations

from campanile_infra.database.scope import in_schema
from campanile_infra.tasks.base import centre_task
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.contacts.services.tidying import tidy


@centre_task(lane="bulk")
def tidy_everywhere() -> int:
    """Forgets what is to be forgotten, town by town; returns how many addresses."""
    gone = 0
    for schema in Municipality.objects.filter(state__in=("live", "suspended")).values_list("schema_name", flat=True):
        with in_schema(schema):
            gone += tidy()
    return gone
