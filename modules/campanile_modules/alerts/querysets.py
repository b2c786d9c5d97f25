"""What lists and pages read."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from campanile_modules.alerts.models import Alert, Revision
from campanile_modules.alerts.states import BEFORE, LIVE
from campanile_tenants.kit.dates import in_words
from campanile_tenants.kit.module import Hit


def public() -> QuerySet[Alert]:
    """Alerts that everybody may read: sent, and no drill. With what holds now."""
    return Alert.objects.filter(kind=Alert.Kind.ACTUAL, current__isnull=False).select_related("current")


def in_force() -> QuerySet[Alert]:
    """Those of them that hold now, the worst first; the end of an alert is shown for as long as it holds."""
    rows = public().filter(closed_at__isnull=True, current__state__in=LIVE)
    return rows.order_by("-current__colour", "-created_at")


def search(words: str, most: int) -> list[Hit]:
    """Alerts whose headline holds the words, the newest first, for the search of the site. 1 query."""
    found = public().filter(current__texts__it__headline__icontains=words).order_by("-created_at")[:most]
    return [
        Hit(alert.current.headline(), reverse("alerts:detail", args=[alert.code]), _("alert"))
        for alert in found if alert.current is not None
    ]  # fmt: skip


def newest(number: int) -> list[Hit]:
    """The newest alerts that everybody may read, for a newsletter. 1 query."""
    return [
        Hit(alert.current.headline(), reverse("alerts:detail", args=[alert.code]),
            in_words(localtime(alert.created_at), "j F Y"),
            str(alert.current.words("it").get("instruction", ""))[:300])
        for alert in public().order_by("-created_at")[:number] if alert.current is not None
    ]  # fmt: skip


def for_office() -> QuerySet[Alert]:
    """Everything, with its newest revision first in `newest`."""
    newest = Revision.objects.select_related("written_by", "submitted_by", "approved_by").order_by("-number")
    return Alert.objects.prefetch_related(Prefetch("revisions", newest, to_attr="newest"))


def in_hand() -> QuerySet[Revision]:
    """What is being written or waits for approval."""
    return Revision.objects.filter(state__in=BEFORE).select_related("alert", "submitted_by", "written_by")
