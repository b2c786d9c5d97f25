"""Scheduled tasks of modules, town by town."""

from __future__ import annotations

import logging
from typing import cast

from celery import current_app
from django.db import DatabaseError

from campanile_infra.database.scope import in_schema
from campanile_infra.tasks.base import LaneTask, before_town_task, centre_task
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.directory import load_town
from campanile_tenants.public.registry.figures import reconcile
from campanile_tenants.public.registry.gate import current_town_or_none, is_enabled
from campanile_tenants.public.registry.models import Activation, Municipality

_log = logging.getLogger(__name__)


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


@centre_task(lane="bulk")
def reconcile_figures() -> int:
    """Counts every town's figures again; returns how many had drifted. One town that fails does not stop the rest."""
    drifted = 0
    for pk in Municipality.objects.filter(state__in=("live", "suspended")).values_list("pk", flat=True):
        town = load_town(pk=pk)
        if town is None:
            continue
        try:
            drifted += len(reconcile(town))
        except DatabaseError:
            _log.exception("The figures of %s could not be counted", town.schema_name)
    return drifted
