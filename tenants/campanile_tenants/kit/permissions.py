"""Who may do what, asked the same way by pages and API."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from campanile_tenants.contract.errors import NotAllowed, NotAuthenticated
from campanile_tenants.contract.registry import registry
from campanile_tenants.town.people.models import User

View = Callable[..., HttpResponse]


def require_permission(user: Any, code: str) -> User:
    """The user, when she holds the permission. Raises NotAuthenticated or NotAllowed."""
    if not isinstance(user, User):
        raise NotAuthenticated
    if not user.has_permission(code):
        raise NotAllowed
    return user


def permission_required(code: str) -> Callable[[View], View]:
    """A view for holders of a declared permission: others sign in first, or get 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            assert code in registry.permissions(), f"no module declares {code}"
            try:
                require_permission(request.user, code)
            except NotAuthenticated:
                return redirect_to_login(request.get_full_path())
            return view(request, *args, **kwargs)

        guarded.campanile_permission = code  # type: ignore[attr-defined]
        return guarded

    return decorate
