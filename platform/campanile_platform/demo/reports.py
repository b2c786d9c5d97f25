"""Reports of a demo town: categories, states and timing drawn from real ones, texts from `texts.py`."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from campanile_modules.reporting.models import Category, Report, Reporter, ReportEvent
from campanile_modules.reporting.services import PRIVACY_VERSION
from campanile_modules.reporting.states import CLOSED, Reason, State
from campanile_platform.demo import texts
from campanile_tenants.kit.people import User
from campanile_tenants.kit.town import current_town
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.people.models import Office

_CSV = Path(__file__).parent / "data" / "reports.csv"
HOW_MANY = 120
_STATE_OF = {"chiusa": State.RESOLVED, "archiviata": State.CLOSED_NO_ACTION, "annullata": State.CLOSED_NO_ACTION,
             "in carico": State.IN_CHARGE, "aperta": State.SUBMITTED}  # fmt: skip


@lru_cache(maxsize=1)
def _real() -> list[dict[str, str]]:
    with _CSV.open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter=";") if row["Stato"] in _STATE_OF]


def fill_town(choose: random.Random, staff: Callable[[], User]) -> None:
    """120 reports in the current town, unless it has some: all of them or none."""
    officer = staff()
    if Report.objects.exists():
        return
    rows = choose.sample(_real(), HOW_MANY)
    latest = max(date.fromisoformat(row["Creato"]) for row in rows)
    shift = timezone.localdate() - latest
    Category.objects.filter(code__in=("roads", "signs", "drains")).update(office=Office.objects.get(code="tecnico"))
    categories = {category.code: category for category in Category.objects.select_related("office")}
    geometry = Municipality.objects.values_list("boundary", flat=True).get(pk=current_town().pk) or {}
    with transaction.atomic():
        for row in sorted(rows, key=lambda r: r["Creato"]):
            _add(choose, row, shift, categories, geometry, officer)


def _add(
    choose: random.Random, row: dict[str, str], shift: timedelta, categories: dict[str, Category],
    geometry: dict[str, Any], officer: User,
) -> None:  # fmt: skip
    code = texts.CATEGORY_OF.get(row["Categoria"], choose.choice(("other", "waste", "lighting")))
    title, details = choose.choice(texts.PROBLEMS[code])
    state = _STATE_OF[row["Stato"]]
    created = min(_at(choose, row["Creato"], shift), timezone.now() - timedelta(minutes=20))
    closed = None
    if state in CLOSED:
        ended = _at(choose, row["Chiusa"], shift) if row["Chiusa"] else created + timedelta(days=9)
        closed = min(max(ended, created + timedelta(hours=3)), timezone.now())
    longitude, latitude = _point_inside(choose, geometry)
    report = Report.objects.create(
        category=categories[code], office=categories[code].office, title=title, description=details,
        address=f"{choose.choice(texts.STREETS)} {choose.randint(1, 80)}",
        latitude=latitude, longitude=longitude, state=state, is_published=state != State.SUBMITTED,
        assignee=officer if state == State.IN_CHARGE else None,
        reason=choose.choice((Reason.NOT_OURS, Reason.NOT_FOUND)) if state == State.CLOSED_NO_ACTION else "",
        created_at=created, changed_at=closed or created, closed_at=closed, channel=Report.Channel.WEB,
        **_promise(state, created, closed),
    )  # fmt: skip
    name = choose.choice(texts.PEOPLE)
    if choose.random() < 0.7:
        email = f"{name.lower().replace(' ', '.')}@example.org"
        Reporter.objects.create(report=report, name=name, email=email, privacy_version=PRIVACY_VERSION)
    _tell_story(choose, report, officer)


def _promise(state: State, created: datetime, closed: datetime | None) -> dict[str, Any]:
    """What the receipt promised; whoever had to hear that it is late has heard it."""
    answer, end, now = created + timedelta(days=3), created + timedelta(days=30), timezone.now()
    late = (closed or now) > end
    answered = None if state == State.SUBMITTED else min(created + timedelta(hours=20), closed or now)
    promise = Report.Promise.BROKEN if late else Report.Promise.KEPT if closed else Report.Promise.OPEN
    told = closed is None and (late or (answered is None and answer < now))
    return {
        "answer_due_at": answer, "close_due_at": end, "answered_at": answered, "escalated": 3 if told else 0,
        "promise": Report.Promise.BROKEN if told else promise,
    }  # fmt: skip


def _tell_story(choose: random.Random, report: Report, officer: User) -> None:
    kind = ReportEvent.Kind
    who = {"author": officer, "author_name": officer.full_name}
    events = [ReportEvent(report=report, kind=kind.RECEIVED, to_state=State.SUBMITTED, happened_at=report.created_at)]
    end = report.closed_at or timezone.now()
    if report.state != State.SUBMITTED:
        moved = report.created_at + (end - report.created_at) * 0.2
        change = {"from_state": State.SUBMITTED, "to_state": State.IN_CHARGE}
        events.append(ReportEvent(report=report, kind=kind.MOVED, happened_at=moved, **change, **who))
        if choose.random() < 0.35:
            later = report.created_at + (end - report.created_at) * 0.5
            text = choose.choice(texts.ANSWERS)
            events.append(ReportEvent(report=report, kind=kind.ANSWER, public_text=text, happened_at=later, **who))
    if report.closed_at:
        text = choose.choice(texts.SOLVED if report.state == State.RESOLVED else texts.NOT_DONE)
        events.append(ReportEvent(
            report=report, kind=kind.MOVED, from_state=State.IN_CHARGE, to_state=report.state, public_text=text,
            happened_at=report.closed_at, **who,
        ))  # fmt: skip
    ReportEvent.objects.bulk_create(events)


def _at(choose: random.Random, day: str, shift: timedelta) -> datetime:
    moved = date.fromisoformat(day) + shift
    hour, minute = choose.randint(7, 21), choose.randint(0, 59)
    return timezone.make_aware(datetime(moved.year, moved.month, moved.day, hour, minute))


def _point_inside(choose: random.Random, geometry: dict[str, Any]) -> tuple[float, float]:
    """A random point inside a Polygon or the first part of a MultiPolygon, as (longitude, latitude)."""
    part = geometry["coordinates"][0] if geometry["type"] == "MultiPolygon" else geometry["coordinates"]
    ring = part[0]
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    while True:
        x, y = choose.uniform(min(xs), max(xs)), choose.uniform(min(ys), max(ys))
        if _inside(x, y, ring):
            return round(x, 6), round(y, 6)


def _inside(x: float, y: float, ring: list[list[float]]) -> bool:
    """Ray casting: an odd number of edges to the right means inside."""
    crossings = 0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossings += 1
    return crossings % 2 == 1
