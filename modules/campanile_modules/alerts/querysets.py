"""What lists and pages read."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from campanile_modules.alerts.models import Alert, Revision
from campanile_modules.alerts.states import BEFORE, LIVE


def public() -> QuerySet[Alert]:
    """Alerts that everybody may read: sent, and no drill. With what holds now."""
    return Alert.objects.filter(kind=Alert.Kind.ACTUAL, current__isnull=False).select_related("current")


def in_force() -> QuerySet[Alert]:
    """Those of them that hold now, the worst first; the end of an alert is shown for as long as it holds."""
    rows = public().filter(closed_at__isnull=True, current__state__in=LIVE)
    return rows.order_by("-current__colour", "-created_at")


def for_office() -> QuerySet[Alert]:
    """Everything, with its newest revision first in `newest`."""
    newest = Revision.objects.select_related("written_by", "submitted_by", "approved_by").order_by("-number")
    return Alert.objects.prefetch_related(Prefetch("revisions", newest, to_attr="newest"))


def in_hand() -> QuerySet[Revision]:
    """What is being written or waits for approval."""
    return Revision.objects.filter(state__in=BEFORE).select_related("alert", "submitted_by", "written_by")
