"""Counts by state over 400 towns: the towns' figures, against a loop over schemas and one UNION ALL.

All in one process, in turn, on the same towns; each town has some reports in each state.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable

from campanile_platform.bench.report import Must, Result
from campanile_platform.bench.towns import many_towns
from campanile_platform.machine.environment import environment

TOWNS, REPORTS, ROUNDS = 400, 60, 15


def measure() -> Result:
    """Needs nothing; takes about a minute, most of it for making the towns."""
    with environment(lambda line: None):
        return _measure()


def _measure() -> Result:
    from campanile_tenants.public.registry.figures import totals

    schemas = _towns()
    contestants: dict[str, Callable[[], dict[str, int]]] = {
        "loop over schemas": lambda: _loop(schemas),
        "one UNION ALL": lambda: _union(schemas),
        "figures": lambda: {code: n for code, n in totals().items() if code.count(".") == 1},
    }
    answers = {name: {k: v for k, v in call().items() if v} for name, call in contestants.items()}
    assert len({tuple(sorted(answer.items())) for answer in answers.values()}) == 1, answers
    assert sum(answers["figures"].values()) == TOWNS * REPORTS
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _round in range(ROUNDS):
        for name, call in contestants.items():
            started = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - started)
    middle = {name: statistics.median(values) * 1000 for name, values in times.items()}
    figures = {"towns": TOWNS} | {f"{name} (ms)": value for name, value in middle.items()}
    best_rival = min(middle["loop over schemas"], middle["one UNION ALL"])
    return Result(
        "dashboard", best_rival / middle["figures"], figures,
        [Must.at_most("counts over 400 towns (ms)", middle["figures"], 5)],
    )  # fmt: skip


def _towns() -> list[str]:
    """400 towns with reports in all states."""
    from django.utils import timezone

    from campanile_infra.database.scope import in_schema
    from campanile_modules.reporting.models import Category, Report
    from campanile_modules.reporting.states import CLOSED, State

    choose = random.Random(7)
    usual = (
        State.SUBMITTED,
        State.ASSIGNED,
        State.IN_CHARGE,
        State.WAITING_CITIZEN,
        State.RESOLVED,
        State.CLOSED_NO_ACTION,
    )
    schemas = []
    for schema in many_towns(TOWNS):
        schemas.append(schema)
        with in_schema(schema):
            category = Category.objects.first()
            states = [choose.choice(usual) for _report in range(REPORTS)]
            Report.objects.bulk_create(
                Report(category=category, title="x", address="y", state=state,
                       reason="not_ours" if state is State.CLOSED_NO_ACTION else "",
                       closed_at=timezone.now() if state in CLOSED else None)
                for state in states
            )  # fmt: skip
    return schemas


def _loop(schemas: list[str]) -> dict[str, int]:
    from campanile_infra.database.scope import in_schema
    from campanile_modules.reporting.models import Report

    sums: dict[str, int] = {}
    for schema in schemas:
        with in_schema(schema):
            for state, number in Report.objects.all().counts().items():
                code = f"reporting.{state}"
                sums[code] = sums.get(code, 0) + number
    return sums


def _union(schemas: list[str]) -> dict[str, int]:
    from django.db import connection

    from campanile_infra.database.scope import as_owner

    parts = " UNION ALL ".join(f'SELECT state FROM "{schema}".reporting_report' for schema in schemas)
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(f"SELECT 'reporting.' || state, count(*) FROM ({parts}) AS every GROUP BY state")
        return {str(code): int(number) for code, number in cursor.fetchall()}
