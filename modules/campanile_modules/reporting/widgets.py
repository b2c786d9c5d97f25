"""What the module draws on the town's home and on the office's home."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncWeek
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campanile_modules.reporting.models import Report
from campanile_modules.reporting.querysets import ReportQuerySet
from campanile_tenants.kit.charts import ColumnChart, columns
from campanile_tenants.kit.people import User

WEEKS = 8


def home(request: HttpRequest) -> dict[str, Any] | None:
    """The three latest reports, or nothing while there are none. 1 query."""
    latest = list(Report.objects.all().public().for_lists()[:3])
    return {"reports": latest} if latest else None


def today(request: HttpRequest) -> dict[str, Any] | None:
    """What waits for this office: new reports, the oldest first, those in charge and late, arrivals by week.

    4 queries.
    """
    reach = request.user.reach("reporting.view_report")  # type: ignore[union-attr]
    if not reach:
        return None
    mine = Report.objects.within(reach)
    counts = mine.counts()
    oldest = mine.for_lists().filter(state="submitted").order_by("created_at")[:5]
    return {"counts": counts, "late": mine.overdue().count(), "oldest": list(oldest), "chart": arrivals(mine)}


def arrivals(reports: ReportQuerySet) -> ColumnChart | None:
    """How many reports came in each of the last eight weeks, Monday to Sunday, Europe/Rome. 1 query."""
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    weeks = [monday - timedelta(weeks=n) for n in range(WEEKS - 1, -1, -1)]
    first = timezone.make_aware(datetime.combine(weeks[0], time.min))
    found = reports.filter(created_at__gte=first).annotate(week=TruncWeek("created_at")).order_by("week")
    counted = {row["week"].date(): row["n"] for row in found.values("week").annotate(n=Count("pk"))}
    if not counted:
        return None
    this, before = counted.get(weeks[-1], 0), counted.get(weeks[-2], 0)
    title = ngettext("%(n)s report this week, %(before)s the week before",
                     "%(n)s reports this week, %(before)s the week before", this)  # fmt: skip
    rows = [(date_format(week, "j/n"), counted.get(week, 0)) for week in weeks]
    return columns(title % {"n": this, "before": before}, _("Reports"), rows)


def mine(request: HttpRequest) -> dict[str, Any] | None:
    """The latest reports of the citizen signed in: those she sent then, and by the address she proved to be hers.

    1 query.
    """
    user = request.user
    if not isinstance(user, User):
        return None
    hers = Q(reporter__user=user) | (Q(reporter__email__iexact=user.email) if user.email else Q())
    reports = list(Report.objects.for_lists().filter(hers).order_by("-created_at")[:20])
    return {"reports": reports} if reports else None
