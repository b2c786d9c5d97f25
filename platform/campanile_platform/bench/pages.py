"""The towns' pages, and one with a single query, for `campanile bench requests`."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import include, path

from campanile_modules.reporting.models import Category
from campanile_tenants.contract.access import EVERYWHERE
from campanile_tenants.town.people.admission import declared


def _categories(alias: str) -> JsonResponse:
    return JsonResponse({"categories": list(Category.objects.using(alias).values("code", "name"))})


@declared(EVERYWHERE)
def of_town(request: HttpRequest) -> JsonResponse:
    """Through our backend, in the town of the request."""
    return _categories("default")


@declared(EVERYWHERE)
def plain(request: HttpRequest) -> JsonResponse:
    """Through Django's own backend, in its one schema."""
    return _categories("plain")


urlpatterns = [path("bench/town/", of_town), path("bench/plain/", plain), path("", include(settings.ROOT_URLCONF))]
