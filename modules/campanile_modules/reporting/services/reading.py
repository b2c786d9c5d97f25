"""Who reads the whole of a report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from campanile_modules.reporting.models import Report
from campanile_modules.reporting.querysets import ReportQuerySet
from campanile_tenants.kit.dates import in_words
from campanile_tenants.kit.module import Hit
from campanile_tenants.kit.people import User

READ = "reporting.view_report"


def reader(user: Any) -> Callable[[int | None, str], bool]:
    """Whether this person of the office may read the whole of a report of an office and a category: her reach."""
    if not isinstance(user, User):
        return lambda office_id, category: False
    reach = user.reach(READ)
    return lambda office_id, category: reach.admits(office_id, f"reporting:{category}")


def may_read(user: Any, report: Report) -> bool:
    """Whether this person of the office may read the whole report."""
    return reader(user)(report.office_id, report.category.code)


def readable(user: Any) -> QuerySet:
    """The reports whose words and pictures this person may see: the published ones, and those within her reach."""
    published = Q(is_published=True, is_listed=True)
    if not isinstance(user, User):
        return Report.objects.filter(published)
    return Report.objects.filter(published | Q(pk__in=Report.objects.within(user.reach(READ))))


def search(words: str, most: int) -> list[Hit]:
    """Public reports by title, place or code, the newest first, for the search of the site. 1 query."""
    found = Q(title__icontains=words) | Q(address__icontains=words) | Q(code__iexact=words)
    reports = Report.objects.filter(found, is_listed=True, is_published=True).select_related("category")
    return [
        Hit(report.title, reverse("reporting:detail", args=[report.code]), _("report"), str(report.word.label))
        for report in reports.order_by("-created_at", "-id")[:most]
    ]


def newest(number: int) -> list[Hit]:
    """The newest public reports, for a newsletter. 1 query."""
    reports = Report.objects.filter(is_listed=True, is_published=True).select_related("category")
    return [
        Hit(report.title, reverse("reporting:detail", args=[report.code]),
            in_words(localtime(report.created_at), "j F Y"), f"{report.category}: {report.word.label}")
        for report in reports.order_by("-created_at", "-id")[:number]
    ]  # fmt: skip


def visible(user: Any) -> ReportQuerySet:
    """The reports this person may know of: the public ones, and those within her reach."""
    if not isinstance(user, User) or not user.has_permission(READ):
        return Report.objects.all().public()
    return Report.objects.filter(Q(is_listed=True) | Q(pk__in=Report.objects.within(user.reach(READ))))
