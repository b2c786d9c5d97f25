"""100 reports with their category: the API by executor and by plan, against a plain view and three rivals.

All are called as views, in turn, in one process, on the same rows; the API parses no document twice, counts points in
Valkey and asks the gate, as it does for everybody. The second part sends attacks, each with a document never seen.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from campanile_platform.bench.report import Must, Result
from campanile_platform.machine.environment import environment

ROUNDS, CALLS = 9, 12
OBJECTS, ROWS = 100, 2_000
FIELDS = "code address state createdAt category { code name }"
DIRECTIVE = FIELDS.replace("code address", "code address @include(if: true)")


def measure() -> Result:
    """Needs nothing; takes about a minute."""
    os.environ["GRAPHQL_POINTS_FACTOR"] = "1000000"
    with environment(lambda line: None):
        return _measure()


def _measure() -> Result:
    from campanile_infra.database.scope import in_schema
    from campanile_platform.onboarding import services
    from campanile_tenants.public.registry.directory import load_town

    services.run(services.request_town("097042", by="bench", modules=["reporting"]))
    town = load_town(istat_code="097042")
    assert town is not None
    with in_schema(town.schema_name, town):
        _fill()
        contestants = _contestants(town)
        times: dict[str, list[float]] = {name: [] for name in contestants}
        for _round in range(ROUNDS):
            for name, call in contestants.items():
                times[name].append(_timed(call))
        attacks = {name: _attack(town, body) for name, body in _attacks().items()}
    middle = {name: statistics.median(values) * 1000 for name, values in times.items()}
    plain, plan, executor = middle["plain ORM JSON view"], middle["API, compiled"], middle["API, executor"]
    figures = {f"{name} (ms)": value for name, value in middle.items()}
    figures |= {f"refused: {name} (ms)": value for name, value in attacks.items()}
    limits = [
        Must.at_least("plain view / compiled", plain / plan, 2.5),
        Must.at_least("plain view / executor", plain / executor, 1.0),
        Must.at_most("slowest refusal of an attack (ms)", max(attacks.values()), 50),
    ]
    return Result("graphql", plain / plan, figures, limits)


def _fill() -> None:
    from django.db import connection
    from django.utils import timezone

    from campanile_infra.database.scope import as_owner
    from campanile_modules.reporting.models import Category, Report

    categories, now = list(Category.objects.all()), timezone.now()
    Report.objects.bulk_create(
        Report(category=categories[n % len(categories)], title=f"Buca {n}", address=f"Via Roma {n}",
               created_at=now - timedelta(minutes=n))
        for n in range(ROWS)
    )  # fmt: skip
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE reporting_report, reporting_category")  # as autovacuum would have, by and by


def _request(town: Any, body: Any) -> Any:
    from django.contrib.auth.models import AnonymousUser
    from django.test import RequestFactory

    request: Any = RequestFactory().post("/graphql/", json.dumps(body), content_type="application/json")
    request.user, request.session, request.town = AnonymousUser(), {}, town
    return request


def _contestants(town: Any) -> dict[str, Callable[[], Any]]:
    from django.conf import settings
    from django.urls import resolve

    from campanile_platform.bench import rivals

    ours = resolve("/graphql/", urlconf=settings.ROOT_URLCONF).func
    connection = "{ reportingReports(first: %d) { nodes { %s } } }"
    theirs = {"query": f"{{ reports {{ {FIELDS} }} }}"}
    calls: dict[str, tuple[Any, dict[str, Any]]] = {
        "plain ORM JSON view": (rivals.plain, {}),
        "API, compiled": (ours, {"query": connection % (OBJECTS, FIELDS)}),
        "API, executor": (ours, {"query": connection % (OBJECTS, DIRECTIVE)}),
        "graphene-django": (rivals.graphene_view(related=False), theirs),
        "graphene-django, select_related": (rivals.graphene_view(related=True), theirs),
        "strawberry-django": (rivals.strawberry_view(), theirs),
    }
    made = {}
    for name, (view, body) in calls.items():
        answer = json.loads(view(_request(town, body)).content)
        assert "errors" not in answer, f"{name}: {answer['errors']}"
        rows = answer.get("data", answer)
        rows = rows["reportingReports"]["nodes"] if "reportingReports" in rows else rows["reports"]
        assert len(rows) == OBJECTS, name
        assert rows[0]["category"]["code"], name
        made[name] = _repeated(view, town, body)
    return made


def _repeated(view: Any, town: Any, body: dict[str, Any]) -> Callable[[], Any]:
    requests = [_request(town, body) for _call in range(CALLS)]

    def call() -> None:
        for request in requests:
            view(request)

    return call


def _timed(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) / CALLS


def _attacks() -> dict[str, Any]:
    lists = "{ a: reportingReports(first: 30) { nodes { events(first: 30) { nodes { kind } } } } %s }"
    more = " ".join(
        f"b{n}: reportingReports(first: 30) {{ nodes {{ photos(first: 30) {{ nodes {{ url }} }} }} }}"
        for n in range(9)
    )
    return {
        "1,000 aliases": {"query": "{" + " ".join(f"a{n}: __typename" for n in range(1000)) + "}"},
        "30x30x30": {"query": lists % more},
        "cycles": {"query": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }"},
        "depth 50": {"query": "{ x " * 50 + "}" * 50},
        "10,000 directives": {"query": "{ __typename " + "@a" * 10_000 + " }"},
        "batch of 1,000": [{"query": "{ __typename }"}] * 1000,
        "5 MB of variables": {"query": "{ __typename }", "variables": {"a": "x" * 5_000_000}},
    }


def _attack(town: Any, body: Any) -> float:
    """Milliseconds until it is refused: the median of five, each with a text never seen."""
    from django.conf import settings
    from django.urls import resolve

    view: Any = resolve("/graphql/", urlconf=settings.ROOT_URLCONF).func
    times = []
    for number in range(5):
        fresh = body if isinstance(body, list) else body | {"query": body["query"] + " " * number}
        request = _request(town, fresh)
        started = time.perf_counter()
        answer = view(request)
        times.append(time.perf_counter() - started)
        told = json.loads(answer.content)
        assert told["extensions"]["cost"], told
        assert "data" not in told
    return statistics.median(times) * 1000
