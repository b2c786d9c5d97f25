"""Rate limits of pages that take a secret in their address or from another site."""

from __future__ import annotations

from functools import wraps
from typing import Any

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.admission import View


def within_limit(request: HttpRequest, action: str, key: str | None = None) -> bool:
    """Counts one use of `action` (a key of ACCOUNT_RATE_LIMITS) and says whether it is still allowed."""
    return bool(ratelimit.consume(request, app="allauth.account", action=action, key=key, limit_get=True))


def too_many(request: HttpRequest, action: str) -> HttpResponseBase:
    """429 with words, and a line in the trail."""
    record("auth.limited", ("action", action))
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "60"
    return response


def limited(action: str) -> Any:
    """A view that a network may ask for only so often."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not within_limit(request, action):
                return too_many(request, action)
            return view(request, *args, **kwargs)

        return counted

    return decorate
