"""Statistics of a town's reports: arrivals, times, promises kept, satisfaction. Facts without anybody's data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campanile_modules.reporting.states import HIDDEN, OPEN, State
from campanile_tenants.kit.module import Hit

ENDED = (State.RESOLVED.value, State.CLOSED_NO_ACTION.value)
"""What counts as an answer. Duplicates, withdrawn and rejected reports are no answers, and have no time."""
_WHOLE = """
SELECT count(*) AS received,
       count(*) FILTER (WHERE state = ANY(%(open)s)) AS open,
       count(*) FILTER (WHERE state = 'resolved') AS resolved,
       count(*) FILTER (WHERE state = 'closed_no_action') AS no_action,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - created_at) / 86400)
           FILTER (WHERE state = ANY(%(ended)s)) AS median,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch FROM closed_at - created_at) / 86400)
           FILTER (WHERE state = ANY(%(ended)s)) AS ninth,
       count(*) FILTER (WHERE state = ANY(%(ended)s) AND close_due_at IS NOT NULL) AS promised,
       count(*) FILTER (WHERE state = ANY(%(ended)s) AND close_due_at IS NOT NULL AND promise = 'kept') AS kept,
       count(*) FILTER (WHERE state = ANY(%(open)s) AND created_at < %(now)s - interval '90 days') AS old
FROM reporting_report WHERE NOT state = ANY(%(hidden)s) AND created_at >= %(first)s AND created_at < %(last)s
"""
_BY_CATEGORY = """
SELECT c.name, c.name_en, count(*),
       count(*) FILTER (WHERE r.state = ANY(%(ended)s)),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM r.closed_at - r.created_at) / 86400)
           FILTER (WHERE r.state = ANY(%(ended)s))
FROM reporting_report r JOIN reporting_category c ON c.id = r.category_id
WHERE NOT r.state = ANY(%(hidden)s) AND r.created_at >= %(first)s AND r.created_at < %(last)s
GROUP BY c.id, c.name, c.name_en ORDER BY 3 DESC, 1
"""
_BY_MONTH = """
SELECT date_trunc('month', created_at AT TIME ZONE 'Europe/Rome')::date, count(*)
FROM reporting_report WHERE NOT state = ANY(%(hidden)s) AND created_at >= %(first)s AND created_at < %(last)s
GROUP BY 1 ORDER BY 1
"""
_OPINIONS = """
SELECT count(*), count(*) FILTER (WHERE f.solved), avg(f.stars)
FROM reporting_feedback f JOIN reporting_report r ON r.id = f.report_id
WHERE r.created_at >= %(first)s AND r.created_at < %(last)s
"""


@dataclass(frozen=True)
class OfCategory:
    """One kind of problem. `median` in days, None while none has ended."""

    name: str
    name_en: str
    received: int
    ended: int
    median: float | None


@dataclass(frozen=True)
class Statistics:
    """Of the reports received in a span of days. Times in days; shares in percent; None where there is nothing yet.

    `old`: open for more than ninety days. `in_time`: of those that ended with a promised day.
    """

    first: date
    last: date
    received: int
    open: int
    resolved: int
    no_action: int
    median: float | None
    ninth: float | None
    in_time: float | None
    old: int
    opinions: int
    solved: float | None
    stars: float | None
    months: tuple[tuple[date, int], ...]
    categories: tuple[OfCategory, ...]

    @property
    def ended(self) -> int:
        """How many were answered for good."""
        return self.resolved + self.no_action


def statistics(first: date, last: date, now: datetime | None = None) -> Statistics:
    """Of reports received from `first` to `last`, both included, days of Europe/Rome. 4 queries."""
    values: dict[str, Any] = {
        "open": [state.value for state in OPEN], "hidden": [state.value for state in HIDDEN], "ended": list(ENDED),
        "first": _begin(first), "last": _begin(last + timedelta(days=1)), "now": now or timezone.now(),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_WHOLE, values)
        received, still, resolved, no_action, median, ninth, promised, kept, old = cursor.fetchone()
        cursor.execute(_BY_CATEGORY, values)
        categories = tuple(OfCategory(row[0], row[1], row[2], row[3], _days(row[4])) for row in cursor.fetchall())
        cursor.execute(_BY_MONTH, values)
        months = tuple((month, number) for month, number in cursor.fetchall())
        cursor.execute(_OPINIONS, values)
        opinions, solved, stars = cursor.fetchone()
    return Statistics(
        first, last, received, still, resolved, no_action, _days(median), _days(ninth), _share(kept, promised), old,
        opinions, _share(solved, opinions), None if stars is None else round(float(stars), 1), months, categories,
    )  # fmt: skip


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def _days(value: object) -> float | None:
    return None if value is None else round(float(value), 1)  # type: ignore[arg-type]


def _share(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def in_short(number: int) -> list[Hit]:
    """The last thirty days in so many sentences, for a newsletter; none while nobody reported. 4 queries."""
    today = timezone.localdate()
    found = statistics(today - timedelta(days=30), today)
    if not found.received:
        return []
    page = reverse("reporting:statistics")
    when = _("in the last 30 days")
    said = [
        Hit(ngettext("%(n)d report received", "%(n)d reports received", found.received) % {"n": found.received}, page,
            when, ngettext("%(n)d answered for good.", "%(n)d answered for good.", found.ended) % {"n": found.ended}),
    ]  # fmt: skip
    if found.median is not None:
        days = max(1, round(found.median))
        said.append(Hit(ngettext("Half of them answered within %(n)d day", "Half of them answered within %(n)d days",
                                 days) % {"n": days}, page, when))  # fmt: skip
    if found.categories:
        most = found.categories[0]
        how_many = ngettext("%(n)d report.", "%(n)d reports.", most.received) % {"n": most.received}
        said.append(Hit(_("Most about: %(name)s") % {"name": most.name}, page, when, how_many))
    return said[:number]
