"""Doing something in every town: what goes wrong in one is said with its name, and the others go on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from django.db import DatabaseError

from campanile_infra.database.scope import in_schema
from campanile_tenants.public.registry.models import Municipality

_log = logging.getLogger(__name__)
State = Municipality.State
SERVING = (State.LIVE, State.SUSPENDED)


def in_every_town(work: Callable[[], int], *, states: Sequence[str] = SERVING) -> int:
    """Calls `work` in each town's schema; returns the sum of what it gave. 1 query, and those of `work`.

    A town whose database refuses (a table is gone, a migration is missing) is logged and left out.
    """
    total = 0
    for schema in list(Municipality.objects.filter(state__in=states).values_list("schema_name", flat=True)):
        try:
            with in_schema(schema):
                total += work()
        except DatabaseError:
            _log.exception("%s failed in %s; the other towns go on", work.__qualname__, schema)
    return total
