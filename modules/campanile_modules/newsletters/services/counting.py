"""What became of an issue: arrived, refused, ended, clicked. Nobody is watched while reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campanile_modules.newsletters.models import Click, Issue, Link
from campanile_tenants.kit import outreach
from campanile_tenants.kit.module import Hit

_CLICK = """
INSERT INTO newsletters_click (link_id, day, number) VALUES (%(link)s, %(day)s, 1)
ON CONFLICT (link_id, day) DO UPDATE SET number = newsletters_click.number + 1
"""


@dataclass(frozen=True)
class Numbers:
    """Of one issue: mails written down, handed over, waiting, refused for good, left out; endings and clicks."""

    written: int
    handed_over: int
    waiting: int
    refused: int
    left_out: int
    in_doubt: int
    ended: int
    clicks: int
    links: Sequence[tuple[str, str, int]]


def numbers(issue: Issue) -> Numbers:
    """How an issue stands. 4 queries."""
    rows = outreach.board(issue.about)
    counted = Link.objects.filter(issue=issue).annotate(n=Sum("clicks__number")).order_by("-n", "number")
    links = [(link.url, link.label, link.n or 0) for link in counted]
    return Numbers(
        written=sum(row.all for row in rows), handed_over=sum(row.told for row in rows),
        waiting=sum(row.waiting for row in rows), refused=sum(row.failed for row in rows),
        left_out=sum(row.left_out for row in rows), in_doubt=sum(row.in_doubt for row in rows),
        ended=issue.endings.count(), clicks=sum(n for _url, _label, n in links), links=links,
    )  # fmt: skip


def search(words: str, most: int) -> list[Hit]:
    """Issues that were sent, by subject, the newest first, for the search of the site. 1 query."""
    found = Issue.objects.all().public().filter(subject__icontains=words)
    return [
        Hit(
            one.subject, reverse("newsletters:issue", args=[one.topic.code, one.slug]), _("newsletter"), str(one.topic)
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
