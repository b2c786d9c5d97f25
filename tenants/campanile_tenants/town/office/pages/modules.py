"""Home of the office and the page where an administrator switches modules."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry import activation
from campanile_tenants.public.registry.gate import current_town, is_enabled

View = Callable[..., HttpResponse]


def staff_only(*, administrator: bool = False) -> Callable[[View], View]:
    """A view for the town's staff, or for its administrators; others sign in first, or get 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not (request.user.is_administrator if administrator else request.user.is_staff_of_town):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return decorate


@require_safe
@staff_only()
def home(request: HttpRequest) -> HttpResponse:
    """What needs me today, from every module that is on."""
    return render(request, "office/home.html")


@require_safe
@staff_only(administrator=True)
def modules(request: HttpRequest) -> HttpResponse:
    """Each installed module: what it does, whether it is on, since when and by whom. 1 query."""
    latest: dict[str, dict[str, Any]] = {}
    for period in activation.history(current_town()):
        latest.setdefault(period["module"], period)
    rows = [
        {"module": module, "on": is_enabled(module.code), "period": latest.get(module.code)} for module in registry
    ]
    return render(request, "office/modules.html", {"rows": rows})


@require_POST
@staff_only(administrator=True)
def switch_module(request: HttpRequest, code: str) -> HttpResponse:
    """POST `state=on|off`."""
    switch = activation.switch_on if request.POST.get("state") == "on" else activation.switch_off
    try:
        switch(current_town(), code, by=str(request.user))
        name = registry.get(code).verbose_name
    except CampanileError as error:
        messages.error(request, str(error))
    else:
        if switch is activation.switch_on:
            messages.success(request, _("“%(name)s” is on. It is already on the site.") % {"name": name})
        else:
            messages.success(request, _("“%(name)s” is off. Its data are kept.") % {"name": name})
    return redirect("office:modules")
