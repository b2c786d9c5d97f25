"""What became of an issue: arrived, refused, ended, clicked. Nobody is watched while reading."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campanile_modules.newsletters.models import Click, Issue, Link, Subscription
from campanile_tenants.kit import outreach
from campanile_tenants.kit.charts import ColumnChart, columns
from campanile_tenants.kit.dates import in_words
from campanile_tenants.kit.module import Hit

_CLICK = """
INSERT INTO newsletters_click (link_id, day, number) VALUES (%(link)s, %(day)s, 1)
ON CONFLICT (link_id, day) DO UPDATE SET number = newsletters_click.number + 1
"""


@dataclass(frozen=True)
class Numbers:
    """Of one issue: mails written down, handed over, waiting, refused for good, left out; endings, complaints,
    clicks.
    """

    written: int
    handed_over: int
    waiting: int
    refused: int
    left_out: int
    in_doubt: int
    ended: int
    complaints: int
    clicks: int
    links: Sequence[tuple[str, str, int]]


def numbers(issue: Issue) -> Numbers:
    """How an issue stands. 5 queries."""
    rows = outreach.board(issue.about)
    counted = Link.objects.filter(issue=issue).annotate(n=Sum("clicks__number")).order_by("-n", "number")
    links = [(link.url, link.label, link.n or 0) for link in counted]
    return Numbers(
        written=sum(row.all for row in rows), handed_over=sum(row.told for row in rows),
        waiting=sum(row.waiting for row in rows), refused=sum(row.failed for row in rows),
        left_out=sum(row.left_out for row in rows), in_doubt=sum(row.in_doubt for row in rows),
        ended=issue.endings.count(), complaints=outreach.complaints(issue.about),
        clicks=sum(n for _url, _label, n in links), links=links,
    )  # fmt: skip


def charts(issue: Issue) -> list[ColumnChart]:
    """The clicks of each day; none while there are no clicks. 1 query."""
    days = by_day(issue)
    if not days:
        return []
    most = max(days, key=lambda one: one[1])
    title = _("Most clicks on %(day)s") % {"day": in_words(most[0], "l j F")}
    return [columns(title, _("clicks"), [(in_words(day, "j/n"), n) for day, n in days[:21]])]


def growth(today: date | None = None) -> ColumnChart | None:
    """New readers of each month of a year; None while there are none. 1 query."""
    here = today or timezone.localdate()
    first = date(here.year - 1, here.month, 1)
    rows = (
        Subscription.objects.filter(confirmed_at__date__gte=first)
        .annotate(month=TruncMonth("confirmed_at")).values_list("month").annotate(n=Count("pk")).order_by("month")
    )  # fmt: skip
    known = {timezone.localtime(month).date(): number for month, number in rows}
    if not known:
        return None
    months = [date(first.year + (first.month + n - 1) // 12, (first.month + n - 1) % 12 + 1, 1) for n in range(1, 13)]
    number = known.get(months[-1], 0)
    title = ngettext("%(n)d new subscription this month", "%(n)d new subscriptions this month", number) % {"n": number}
    return columns(title, _("subscriptions"), [(in_words(month, "b"), known.get(month, 0)) for month in months])


def as_csv(issue: Issue) -> str:
    """The same as a table: what, of what, how many. 6 queries."""
    found = numbers(issue)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("What"), _("Of what"), _("How many")])
    for label, number in (
        (_("Readers"), found.written), (_("Handed over"), found.handed_over), (_("Waiting"), found.waiting),
        (_("Refused"), found.refused), (_("Nobody knows"), found.in_doubt), (_("Left out"), found.left_out),
        (_("Complaints"), found.complaints), (_("Ended it"), found.ended),
    ):  # fmt: skip
        writer.writerow([label, "", number])
    writer.writerows([_("Clicks"), url, number] for url, _label, number in found.links)
    writer.writerows([_("Clicks"), day.isoformat(), number] for day, number in by_day(issue))
    return out.getvalue()


def search(words: str, most: int) -> list[Hit]:
    """Issues that were sent, by subject, the newest first, for the search of the site. 1 query."""
    found = Issue.objects.all().public().filter(subject__icontains=words)
    return [
        Hit(
            one.subject, reverse("newsletters:issue", args=[one.topic.code, one.slug]), gettext_lazy("newsletter"),
            str(one.topic),
        )
        for one in found.select_related("topic").defer("html", "text", "blocks").order_by("-send_at")[:most]
    ]  # fmt: skip


def follow(link: Link, day: date | None = None) -> None:
    """One more on this day (Europe/Rome). Not by whom. 1 query."""
    with connection.cursor() as cursor:
        cursor.execute(_CLICK, {"link": link.pk, "day": day or timezone.localdate()})


def by_day(issue: Issue) -> list[tuple[date, int]]:
    """Clicks of each day on which there were some. 1 query."""
    rows = Click.objects.filter(link__issue=issue).values_list("day").annotate(n=Sum("number")).order_by("day")
    return [(day, int(n)) for day, n in rows]
