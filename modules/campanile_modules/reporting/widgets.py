"""What the module draws on the town's home and on the office's home."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from campanile_modules.reporting.models import Report


def home(request: HttpRequest) -> dict[str, Any] | None:
    """The three latest reports, or nothing while there are none. 1 query."""
    latest = list(Report.objects.for_lists()[:3])
    return {"reports": latest} if latest else None


def today(request: HttpRequest) -> dict[str, Any] | None:
    """What waits for this office: new reports, the oldest first, and how many are in charge. 2 queries."""
    reach = request.user.reach("reporting.view_report")  # type: ignore[union-attr]
    if not reach:
        return None
    mine = Report.objects.within(reach)
    counts = mine.counts()
    oldest = mine.for_lists().filter(state="submitted").order_by("created_at")[:5]
    return {"counts": counts, "oldest": list(oldest)}


def mine(request: HttpRequest) -> dict[str, Any] | None:
    """The latest reports of the citizen signed in, by the address she proved to be hers. 1 query."""
    email = getattr(request.user, "email", "")
    if not email:
        return None
    reports = list(Report.objects.for_lists().filter(reporter__email__iexact=email).order_by("-created_at")[:20])
    return {"reports": reports} if reports else None
