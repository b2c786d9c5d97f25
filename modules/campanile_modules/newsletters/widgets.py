"""What the module draws on the office's home."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from campanile_modules.newsletters.models import Issue, State
from campanile_tenants.kit.permissions import may


def today(request: HttpRequest) -> dict[str, Any] | None:
    """Issues that wait for a second person. 1 query, none for others."""
    if not may(request, "newsletters.approve_issues"):
        return None
    waiting = list(
        Issue.objects.filter(state=State.SUBMITTED).exclude(author=request.user.pk).select_related("topic")[:5]
    )
    return {"waiting": waiting} if waiting else None
