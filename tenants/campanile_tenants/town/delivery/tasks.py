"""Wake-ups: which town, which lane. The messages themselves are rows."""

from __future__ import annotations

from campanile_infra.database.scope import in_schema
from campanile_infra.tasks.base import centre_task, town_task
from campanile_tenants.public.registry.gate import current_town
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.delivery import services


@town_task(lane="transactional")
def drain_transactional() -> int:
    """Empties the transactional lane of the town."""
    return services.drain("transactional", _sender)


@centre_task(lane="transactional")
def sweep() -> int:
    """Wakes the towns whose outbox has waited too long: what a lost broker or a dead worker left."""
    woken = 0
    for schema in Municipality.objects.filter(state__in=("live", "suspended")).values_list("schema_name", flat=True):
        with in_schema(schema):
            if services.waiting():
                drain_transactional.wake()
                woken += 1
    return woken


def _sender() -> str:
    town = current_town()
    name = town.full_name.replace('"', "")
    return f'"{name}" <non-rispondere@{town.host or "localhost"}>'
