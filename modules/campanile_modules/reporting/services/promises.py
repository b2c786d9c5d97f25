"""The promise: by when the town answers and closes, when the clock stands, and who hears that it is late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from campanile_modules.reporting.catalogue import FIRST_WEEK
from campanile_modules.reporting.models import Category, Report, ReportEvent, WorkCalendar
from campanile_modules.reporting.states import ANSWERS, CLOSED, PAUSED, TO_ANSWER, State
from campanile_tenants.kit import messaging
from campanile_tenants.kit.people import User, holders
from campanile_tenants.kit.web import absolute
from campanile_tenants.kit.worktime import Calendar, calendar

OVERSEE = "reporting.oversee"
HEAD, SECRETARY, CENTRE = 1, 2, 3
"""Who knows of a report that is late: the head of the office, the secretary, the centre's board."""
NEXT_STEP = timedelta(days=3)
MOST_AT_ONCE = 500


def of_category(category: Category) -> Calendar:
    """The working time that counts for a category: its own, or the town's first. 1 query."""
    row = category.calendar or WorkCalendar.objects.first()
    return calendar(FIRST_WEEK) if row is None else of_row(row)


def of_row(row: WorkCalendar) -> Calendar:
    """What a row says."""
    return calendar(
        row.spans, national_holidays=row.national_holidays, patron_saint=row.patron_saint, closures=row.closures
    )


def start(report: Report, since: datetime) -> None:
    """Sets the dates that the receipt shows, counted from `since`; the caller saves."""
    hours, category = of_category(report.category), report.category
    report.answer_due_at = hours.add_hours(since, category.answer_hours)
    report.close_due_at = hours.add_days(since, category.close_days, working=category.working_days)


def step(report: Report, before: State, after: State, now: datetime) -> None:
    """What a move does to the clock and the promise; the caller saves."""
    if before in TO_ANSWER and after not in TO_ANSWER and report.answered_at is None:
        report.answered_at = now
    if before in PAUSED and after not in PAUSED:
        _go_on(report, now)
    elif before not in PAUSED and after in PAUSED:
        report.paused_at = now
    if after in CLOSED:
        report.promise = _outcome(report, after, now)
        report.escalated, report.paused_at = 0, None
    elif before in CLOSED:
        report.promise = Report.Promise.OPEN
        report.close_due_at = of_category(report.category).add_days(
            now, report.category.close_days, working=report.category.working_days
        )


def escalate(now: datetime | None = None) -> int:
    """Tells those above of what is late: first the head of the office, three days later the secretary, after three
    more it stands on the centre's board. One mail a person and round. Returns how many reports moved up.
    """
    now = now or timezone.now()
    ripe = Q()
    for level in (HEAD, SECRETARY, CENTRE):
        ripe |= Q(escalated__lt=level, due_at__lt=now - (level - HEAD) * NEXT_STEP)
    late = Report.objects.filter(ripe).select_related("category", "office__head").order_by("due_at", "id")
    to_tell: dict[User, list[Report]] = defaultdict(list)
    overseers = list(holders(OVERSEE))
    with transaction.atomic():
        reports = list(late.select_for_update(of=("self",), skip_locked=True)[:MOST_AT_ONCE])
        for report in reports:
            report.escalated, report.promise = _level(report, now), Report.Promise.BROKEN
            for person in _above(report, report.escalated, overseers):
                to_tell[person].append(report)
        Report.objects.bulk_update(reports, ["escalated", "promise"])
        ReportEvent.objects.bulk_create(
            [ReportEvent(report=report, kind=ReportEvent.Kind.ESCALATED, happened_at=now) for report in reports]
        )
        for person, of_hers in to_tell.items():
            _warn(person, of_hers, now)
    return len(reports)


def _above(report: Report, level: int, overseers: Iterable[User]) -> Iterable[User]:
    head = report.office.head if report.office else None
    return [head] if level == HEAD and head is not None else overseers


def _level(report: Report, now: datetime) -> int:
    late = now - (report.due_at or now)
    return min(CENTRE, HEAD + int(late / NEXT_STEP))


def _warn(person: User, reports: list[Report], now: datetime) -> None:
    with translation.override(person.language):
        lines = [f"{report.code}  {report.category}, {report.place}\n{_office_link(report)}" for report in reports]
        messaging.send_mail(
            key=f"reporting.late:{person.pk}:{reports[0].pk}:{now.isoformat()}", purpose="reporting.late",
            to=person.email, subject=_("Reports past the promised day: %(n)d") % {"n": len(reports)},
            body=_("Citizens were promised an answer to these reports, and the day is over:\n\n%(list)s")
            % {"list": "\n\n".join(lines)},
        )  # fmt: skip


def _office_link(report: Report) -> str:
    return absolute(reverse("reporting:office_detail", args=[report.code]))


def _go_on(report: Report, now: datetime) -> None:
    """The clock runs again: what was left of the working time is left still."""
    since, report.paused_at = report.paused_at, None
    if report.close_due_at is None:  # confirmed by mail only now: it begins now
        start(report, now)
        return
    hours = of_category(report.category)
    if since is not None and report.close_due_at > since:
        report.close_due_at = hours.add_hours(now, hours.hours_between(since, report.close_due_at))


def _outcome(report: Report, after: State, now: datetime) -> Report.Promise:
    """Whether the promise was kept. None was made for what came from another program, and only an answer keeps one."""
    if after not in ANSWERS or report.close_due_at is None:
        return Report.Promise.NONE
    answered = report.answered_at is None or report.answer_due_at is None or report.answered_at <= report.answer_due_at
    return Report.Promise.KEPT if answered and now <= report.close_due_at else Report.Promise.BROKEN
