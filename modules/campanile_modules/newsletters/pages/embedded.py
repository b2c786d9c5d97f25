"""The form to subscribe, on somebody else's page: in a frame, for the sites that the town names."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from campanile_modules.newsletters.apps import NewslettersSettings
from campanile_modules.newsletters.forms import SubscribeForm
from campanile_modules.newsletters.models import Topic
from campanile_modules.newsletters.pages.portal import ASKED
from campanile_modules.newsletters.services import subscribing
from campanile_tenants.kit.limits import too_many, within_limit
from campanile_tenants.kit.module import CampanileError
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
    chosen = request.GET.getlist("di")
    asked = SubscribeForm(request.POST or None, initial={"topics": chosen})
    if request.method == "POST" and asked.is_valid():
        values = asked.cleaned_data
        if not within_limit(request, "subscribe", key=values["email"].lower()[:200]):
            return too_many(request, "subscribe")
        try:
            reader = subscribing.ask(
                values["email"], [topic.code for topic in values["topics"]], words=_(subscribing.WORDS),
                language=(get_language() or "it")[:2], page=request.path,
            )  # fmt: skip
        except CampanileError as error:
            error.add_to(asked)
        else:
            request.session[ASKED] = reader.pk
            return redirect("newsletters:code")
    context = {"form": asked, "topics": Topic.objects.filter(is_active=True), "words": _(subscribing.WORDS),
               "chosen": asked["topics"].value() or ()}  # fmt: skip
    response: HttpResponse = render(
        request, "newsletters/embed.html", context, status=422 if asked.errors else 200
    )  # fmt: skip
    return in_frames_of(response, hosts())
