"""The same three steps on a screen that everybody uses: nothing of one person is left for the next."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from campanile_modules.reporting import photos
from campanile_modules.reporting.pages.mine import DRAFT
from campanile_tenants.kit.permissions import open_to_all

_KIOSK = "reporting_kiosk"
IDLE_SECONDS, WARN_SECONDS = 90, 30


def is_kiosk(request: HttpRequest) -> bool:
    """Whether this browser is a screen in a public place."""
    return bool(request.session.get(_KIOSK))


def frame(request: HttpRequest) -> dict[str, object]:
    """For the context of a page that is shown on both: the frame it stands in."""
    if not is_kiosk(request):
        return {"frame": "site/base.html"}
    return {"frame": "reporting/kiosk_base.html", "kiosk": True, "idle": IDLE_SECONDS, "warn": WARN_SECONDS}


@require_safe
@never_cache
@open_to_all
def start(request: HttpRequest) -> HttpResponse:
    """What the screen shows while nobody stands before it."""
    return render(request, "reporting/kiosk.html")


@require_POST
@never_cache
@open_to_all
def begin(request: HttpRequest) -> HttpResponse:
    """Somebody touched the screen: a new session. `cosa=segui` opens a report by its code."""
    request.session.flush()
    request.session[_KIOSK] = True
    return redirect("reporting:find" if request.POST.get("cosa") == "segui" else "reporting:new")


@require_POST
@never_cache
@open_to_all
def finish(request: HttpRequest) -> HttpResponse:
    """She went away, or said that she is done: the session goes, with what was being written."""
    if draft := request.session.get(DRAFT):
        photos.discard(draft)
    request.session.flush()
    response = redirect("reporting:kiosk")
    response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    return response
