"""What happens by itself: the trail's ends are anchored, grants that are over are ended."""

from __future__ import annotations

from campanile_infra.database.scope import in_schema
from campanile_infra.tasks.base import centre_task
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.audit.context import Who, acting
from campanile_tenants.town.audit.verify import anchor
from campanile_tenants.town.people.services.grants import expire

_BY_ITSELF = Who("system", channel="task")


@centre_task(lane="operations")
def anchor_trails() -> int:
    """Writes the end of each town's trail into the platform's; returns how many had grown."""
    with acting(_BY_ITSELF):
        return anchor(_schemas())


@centre_task(lane="operations")
def expire_grants() -> int:
    """Ends, in every town, the grants that are past their time; returns how many."""
    ended = 0
    for schema in _schemas():
        with in_schema(schema), acting(_BY_ITSELF):
            ended += expire()
    return ended


def _schemas() -> list[str]:
    return list(Municipality.objects.exclude(schema_version="").values_list("schema_name", flat=True))
