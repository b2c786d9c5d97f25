"""Reading the towns' figures, and counting them again from the rows."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.module_loading import import_string

from campanile_infra.database.names import PUBLIC_SCHEMA
from campanile_infra.database.scope import in_schema
from campanile_tenants.contract.module import Figure as Declared
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry.models import Figure, Town

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Drift:
    """A figure that was not what the rows say."""

    schema: str
    code: str
    was: int
    now: int

    def __str__(self) -> str:
        return f"{self.schema}: {self.code} was {self.was}, is {self.now}"


def declared() -> dict[str, Declared]:
    """Every figure of every module, by code."""
    return {figure.code: figure for module in registry for figure in module.figures}


def totals() -> dict[str, int]:
    """The sum of each declared figure over all towns. 1 query."""
    with in_schema(PUBLIC_SCHEMA):
        found = Figure.objects.values_list("code").annotate(Sum("value"))
        sums: dict[str, int] = dict(found)
    return {code: int(sums.get(code) or 0) for code in declared()}


def reconcile(town: Town) -> list[Drift]:
    """Counts a town's figures again from its rows and mends what drifted; every drift is logged.

    Whoever adds rows meanwhile waits for the figures' locks, so that none is counted twice or never. 2 queries, what
    the modules' counts cost, and 1 for each drift.
    """
    drifts: list[Drift] = []
    with transaction.atomic(), in_schema(town.schema_name, town):
        mine = Figure.objects.filter(schema_name=town.schema_name)
        rows = [Figure(schema_name=town.schema_name, code=code) for code in sorted(declared())]
        Figure.objects.bulk_create(rows, ignore_conflicts=True)  # what is not there cannot be locked
        known = dict(mine.select_for_update().order_by("code").values_list("code", "value"))
        for module in registry:
            counts = import_string(module.count_figures)() if module.figures else {}
            for figure in module.figures:
                was, now = known[figure.code], int(counts.get(figure.code, 0))
                if was != now:
                    mine.filter(code=figure.code).update(value=now, changed_at=timezone.now())
                    drifts.append(Drift(town.schema_name, figure.code, was, now))
    for drift in drifts:
        _log.error("A figure drifted: %s", drift)
    return drifts
