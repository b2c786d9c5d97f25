"""What happens by itself: forgetting what is over, counting for the centre."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count
from django.utils import timezone

from campanile_modules.reporting import photos
from campanile_modules.reporting.models import Draft, Follow, Report, Reporter
from campanile_modules.reporting.states import State
from campanile_tenants.kit.erasure import erasing

UNCONFIRMED = timedelta(days=3)


def figures() -> dict[str, int]:
    """How many reports the town has in each state, how its promises stand, as the centre's figures name them.

    3 queries.
    """
    found = {f"reporting.{state}": number for state, number in Report.objects.all().counts().items()}
    for column, prefix in (("promise", "reporting.promise"), ("escalated", "reporting.overdue")):
        for value, number in Report.objects.order_by().values_list(column).annotate(n=Count("pk")):
            found[f"{prefix}.{value}"] = number
    return found


def purge(today: datetime | None = None) -> tuple[int, int]:
    """Deletes outdated drafts, authors past their date, and what nobody confirmed in three days; returns how many
    drafts and authors.
    """
    now = today or timezone.now()
    drafts = 0
    for draft in Draft.objects.filter(expires_at__lt=now).values_list("pk", flat=True):
        photos.discard(draft)
        drafts += 1
    for report in Report.objects.filter(state=State.PENDING_EMAIL, created_at__lt=now - UNCONFIRMED):
        _delete(report)
    authors, _details = Reporter.objects.filter(purge_on__lt=now.date()).delete()
    Follow.objects.filter(purge_on__lt=now.date()).exclude(email="").update(email="")
    return drafts, authors


def _delete(report: Report) -> None:
    """A report that nobody confirmed, with everything of it: the mail said so."""
    for photo in report.photos.all():
        photo.file.delete(save=False)
    with erasing():
        report.delete()
