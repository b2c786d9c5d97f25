"""What the module draws on the office's home."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from campanile_modules.newsletters.models import Issue, State


def today(request: HttpRequest) -> dict[str, Any] | None:
    """Issues that wait for a second person. 1 query, none for others."""
    if not request.user.has_permission("newsletters.approve_issues"):  # type: ignore[union-attr]
        return None
    waiting = list(
        Issue.objects.filter(state=State.SUBMITTED).exclude(author=request.user.pk).select_related("topic")[:5]
    )
    return {"waiting": waiting} if waiting else None
