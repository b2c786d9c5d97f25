"""Inbox, map and public list of a town with 100,000 reports, against the naive list of an ORM, in the same process.

Counted is the time inside the database, of all queries of the page; the number of queries is the same with a tenth of
the reports.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from campanile_platform.bench.report import Must, Result
from campanile_platform.bench.towns import many_towns
from campanile_platform.machine.environment import environment

REPORTS, FEW, ROUNDS = 100_000, 10_000, 15
PAGES = {
    "inbox": "/segnalazioni/ufficio/", "inbox, late": "/segnalazioni/ufficio/?stato=late",
    "inbox, words": "/segnalazioni/ufficio/?cerca=lungolago", "map": "/segnalazioni/mappa.geojson",
    "public list": "/segnalazioni/", "open311": "/segnalazioni/open311/v2/requests.json?page_size=50",
}  # fmt: skip
LIMIT = 30


def measure() -> Result:
    """Needs nothing; takes about two minutes, most of it for writing the reports."""
    with environment(lambda line: None):
        return _measure()


def _measure() -> Result:
    from django.test import Client

    from campanile_infra.database.scope import in_schema
    from campanile_tenants.public.registry.directory import directory, load_town

    schema = next(iter(many_towns(1)))
    directory.forget()
    town = load_town(schema_name=schema)
    assert town is not None
    with in_schema(schema, town):
        officer = _officer()
        office, citizen = Client(headers={"host": town.host}), Client(headers={"host": town.host})
        office.force_login(officer, backend="allauth.account.auth_backends.AuthenticationBackend")
        _write(FEW)
    calls: dict[str, Callable[[], Any]] = {
        name: _asks(office if "ufficio" in path else citizen, path) for name, path in PAGES.items()
    }
    counts = {name: _queries(call)[0] for name, call in calls.items()}
    with in_schema(schema, town):
        _write(REPORTS - FEW)
    times: dict[str, list[float]] = {name: [] for name in (*calls, "naive list")}
    more = {name: _queries(call)[0] for name, call in calls.items()}
    for _round in range(ROUNDS):
        for name, call in calls.items():
            times[name].append(_queries(call)[1])
        with in_schema(schema, town):
            times["naive list"].append(_queries(_naive)[1])
    middle = {name: statistics.median(values) * 1000 for name, values in times.items()}
    figures = {"reports": REPORTS} | {f"{name} (ms in the database)": value for name, value in middle.items()}
    ours = max(value for name, value in middle.items() if name != "naive list")
    must = [Must.at_most(f"{name} (ms)", middle[name], LIMIT) for name in calls]
    must.append(
        Must.at_most("queries more with ten times the reports", sum(abs(more[n] - counts[n]) for n in calls), 0)
    )
    return Result("reporting", middle["naive list"] / ours, figures, must)


def _asks(browser: Any, path: str) -> Callable[[], Any]:
    return lambda: browser.get(path)


def _officer() -> Any:
    from campanile_tenants.town.people.models import Assignment, Kind, Role, User

    user = User.objects.create_user("tecnico@example.org", "x", full_name="Tecnico", kind=Kind.STAFF)
    Assignment.objects.create(user=user, role=Role.objects.get(code="officer"))
    return user


def _write(count: int) -> None:
    """Reports of three years in all states, as a town has them: most of them closed."""
    from django.db import connection
    from django.utils import timezone

    from campanile_modules.reporting.models import Category, Report
    from campanile_modules.reporting.states import CLOSED, Reason, State

    choose, now = random.Random(count), timezone.now()
    categories = list(Category.objects.all())
    streets = [f"Via {name}" for name in ("Roma", "Dante", "Manzoni", "Lungolago", "Cavour", "Mazzini", "Garibaldi")]
    streets += [f"Via delle {n} Fontane" for n in range(60)]  # a town of this size has hundreds
    usual = [State.RESOLVED] * 14 + [State.CLOSED_NO_ACTION] * 3 + [State.IN_CHARGE, State.SUBMITTED, State.ASSIGNED]
    rows = []
    for number in range(count):
        state, created = choose.choice(usual), now - timedelta(minutes=choose.randint(0, 3 * 365 * 24 * 60))
        closed = created + timedelta(days=choose.randint(1, 40)) if state in CLOSED else None
        rows.append(Report(
            category=choose.choice(categories), title=f"Buca numero {number}", state=state, created_at=created,
            address=f"{choose.choice(streets)} {number % 90}",
            latitude=Decimal(f"{45.80 + choose.random() / 9:.6f}"),
            longitude=Decimal(f"{9.35 + choose.random() / 9:.6f}"),
            changed_at=closed or created, closed_at=closed, answered_at=closed,
            promise=Report.Promise.KEPT if closed else Report.Promise.OPEN,
            reason=Reason.NOT_OURS if state == State.CLOSED_NO_ACTION else "", is_published=state != State.SUBMITTED,
            answer_due_at=created + timedelta(days=3), close_due_at=created + timedelta(days=30),
        ))  # fmt: skip
    Report.objects.bulk_create(rows, batch_size=5_000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE reporting_report")  # as autovacuum would have, by and by


def _naive() -> list[str]:
    """What a list looks like when nobody looks at its queries."""
    from campanile_modules.reporting.models import Report

    shown = []
    reports = Report.objects.all()
    pages = reports.count()
    for report in reports.order_by("-created_at")[:25]:
        photos, events = report.photos.count(), report.events.count()
        shown.append(f"{report.category} {report.title} {photos} {events} {pages}")
    late = [report for report in Report.objects.filter(state="in_charge") if report.is_late]
    return [*shown, str(len(late))]


def _queries(call: Callable[[], Any]) -> tuple[int, float]:
    """How many queries, and how long they took together, in seconds."""
    from django.db import connection

    spent: list[float] = []

    def timed(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append(time.perf_counter() - started)

    with connection.execute_wrapper(timed):
        answer = call()
    assert getattr(answer, "status_code", 200) == 200, answer
    return len(spent), sum(spent)
