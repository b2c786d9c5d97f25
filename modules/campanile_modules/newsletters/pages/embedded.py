"""The form to subscribe, on somebody else's page: in a frame, for the sites that the town names."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campanile_modules.newsletters.apps import NewslettersSettings
from campanile_modules.newsletters.pages.portal import asked, form_of, to_show
from campanile_tenants.kit.permissions import open_to_all
from campanile_tenants.kit.settings import settings_of
from campanile_tenants.kit.web import in_frames_of


def hosts() -> list[str]:
    """The sites that may show the form, as a policy names them (`https://www.proloco.example`)."""
    named = settings_of("newsletters", NewslettersSettings).embed_on.split()
    parts = [urlsplit(one) for one in named]
    return [f"{part.scheme}://{part.netloc}" for part in parts if part.scheme == "https" and part.netloc]


@never_cache
@xframe_options_exempt
@csrf_exempt  # in a frame of another site there is no cookie; nothing counts before the mail's code comes back
@require_http_methods(["GET", "HEAD", "POST"])
@open_to_all
def form(request: HttpRequest) -> HttpResponseBase:
    """The form alone; sent, it goes on with the code on the town's own page, in the whole window. 1 query."""
    shown = form_of(request)
    if (answer := asked(request, shown)) is not None:
        return answer
    page = render(request, "newsletters/embed.html", to_show(shown), status=422 if shown.errors else 200)
    return in_frames_of(page, hosts())
