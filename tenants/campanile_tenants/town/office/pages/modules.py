"""Home of the office and the page where an administrator switches modules."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campanile_tenants.contract.access import STAFF, Audience, Policy
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.contract.registry import registry
from campanile_tenants.public.registry import activation
from campanile_tenants.public.registry.gate import current_town, is_enabled
from campanile_tenants.public.registry.prices import Price, prices_for
from campanile_tenants.town.audit.services import record
from campanile_tenants.town.people.admission import declared

SWITCH = Policy(Audience.STAFF, permission="office.switch_modules")


@require_safe
@declared(STAFF)
def home(request: HttpRequest) -> HttpResponse:
    """What needs me today, from every module that is on."""
    return render(request, "office/home.html")


@require_safe
@declared(SWITCH)
def modules(request: HttpRequest) -> HttpResponse:
    """Each installed module: what it does, what it costs, whether it is on, since when and by whom. 2 queries."""
    latest: dict[str, dict[str, Any]] = {}
    for period in activation.history(current_town()):
        latest.setdefault(period["module"], period)
    prices = prices_for(current_town())
    rows = [
        {
            "module": module,
            "on": is_enabled(module.code),
            "period": latest.get(module.code),
            "has_settings": bool(dataclasses.fields(module.settings)),
            "offer": _offer(prices.get(module.code), first_time=module.code not in latest),
        }
        for module in registry
    ]
    context = {"rows": rows, "town": current_town(), "today": timezone.localdate(), "priced": bool(prices)}
    return render(request, "office/modules.html", context)


def _offer(price: Price | None, *, first_time: bool) -> dict[str, Any] | None:
    """What switching on today would cost: a year, until 31 December, and the free days of a first time."""
    if price is None:
        return None
    return {
        "yearly": price.yearly,
        "free_until": price.trial_until() if first_time else None,
        "trial_days": price.trial_days if first_time else 0,
        "rest": price.rest_of_year(with_trial=first_time),
    }


@require_POST
@declared(SWITCH)
def switch_module(request: HttpRequest, code: str) -> HttpResponse:
    """POST `state=on|off`."""
    switch = activation.switch_on if request.POST.get("state") == "on" else activation.switch_off
    try:
        switch(current_town(), code, by=str(request.user))
        name = registry.get(code).verbose_name
    except CampanileError as error:
        messages.error(request, str(error))
    else:
        record("office.module_on" if switch is activation.switch_on else "office.module_off", ("module", code))
        if switch is activation.switch_on:
            messages.success(request, _("“%(name)s” is on. It is already on the site.") % {"name": name})
        else:
            messages.success(request, _("“%(name)s” is off. Its data are kept.") % {"name": name})
    return redirect("office:modules")
