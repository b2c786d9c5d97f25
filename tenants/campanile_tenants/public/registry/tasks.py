"""Scheduled tasks of modules, town by town."""

from __future__ import annotations

from typing import cast

from celery import current_app

from campanile_infra.database.scope import in_schema
from campanile_infra.tasks.base import LaneTask, before_town_task, centre_task
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.gate import current_town_or_none, is_enabled
from campanile_tenants.public.registry.models import Activation


def may_run(task_name: str) -> bool:
    """The gate at a task's entry: the town serves, and the task's module is on there."""
    town = current_town_or_none()
    if town is None or not town.serves:
        return False
    module = registry.module_of(task_name)
    return module is None or is_enabled(module.code, town)


before_town_task.append(may_run)


@centre_task(lane="bulk")
def run_everywhere(task_name: str) -> int:
    """Wakes a module's task in each serving town where the module is on; returns in how many. 1 query."""
    module = registry.module_of(task_name)
    if module is None:
        return 0
    towns = Activation.objects.filter(
        module=module.code, ended_at__isnull=True, municipality__state__in=("live", "suspended")
    ).values_list("schema_name", flat=True)
    for schema in towns:
        with in_schema(schema):
            cast(LaneTask, current_app.tasks[task_name]).wake()
    return len(towns)
