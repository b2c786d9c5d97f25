"""One new town, all its tables, ready to serve: django-tenants' migrations against renaming a spare schema.

Both make a municipality's row and the same tables, on the same database, in turn. "Critical path" is what a
town waits for; building the spare that replaces the used one happens in the background and is shown apart.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

from campanile_platform.bench.report import Must, Result
from campanile_platform.machine.environment import environment

ROUNDS = 7
IN_A_ROW = 4
"""Towns come by the province: a worker takes in one after the other."""


def measure() -> Result:
    """Needs nothing; takes about half a minute."""
    with environment(lambda line: None):
        return _measure()


def _measure() -> Result:
    from django.db import connection

    from campanile_infra.database.scope import as_owner
    from campanile_platform.onboarding.official_list import in_province
    from campanile_tenants.public.registry.lifecycle import check_whole, create_town
    from campanile_tenants.public.registry.models import Municipality
    from campanile_tenants.public.registry.provisioning import pool

    towns = in_province("LC")
    theirs: list[float] = []
    ours: list[float] = []
    refills: list[float] = []
    for n in range(ROUNDS):
        with as_owner():
            row = Municipality(schema_version="rival", **towns[n]._asdict())
            theirs.append(_timed(partial(_as_django_tenants_does, row)))
        pool.refill(IN_A_ROW)
        for official in towns[20 + n * IN_A_ROW : 20 + (n + 1) * IN_A_ROW]:
            values = official._asdict()
            code = values.pop("istat_code")
            started = time.perf_counter()
            town = create_town(code, f"{code}.localhost", **values)
            ours.append(time.perf_counter() - started)
            check_whole(town)
        refills.append(_timed(pool.make_spare))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace(%s) AND relkind = 'r'",
            [town.schema_name],
        )
        tables = cursor.fetchone()[0]
    their, our, refill = (statistics.median(times) * 1000 for times in (theirs, ours, refills))
    figures = {
        "tables a town": tables,
        "django-tenants, schema by migration (ms)": their,
        "Campanile, critical path (ms)": our,
        "Campanile, refill of one spare (ms)": refill,
    }
    limits = [
        Must.at_least("times faster on the critical path", their / our, 50),
        Must.at_most("critical path (ms)", our, 50),
        Must.at_most("refill (ms)", refill, 400),
    ]
    return Result("onboarding", their / our, figures, limits)


def _as_django_tenants_does(row: object) -> None:
    row.save()  # type: ignore[attr-defined]
    row.create_schema(check_if_exists=True, sync_schema=True, verbosity=0)  # type: ignore[attr-defined]


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
