"""Pages of the gateway, on the centre's host: a town's metadata, the way out, the way back."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from campanile_platform.gateway import signing_in, signing_out
from campanile_platform.gateway.metadata import metadata as build
from campanile_tenants.contract.access import Assurance, Audience, Host, Policy
from campanile_tenants.contract.errors import CampanileError
from campanile_tenants.public.registry.models import Municipality
from campanile_tenants.town.people.admission import declared
from campanile_tenants.town.people.limits import limited

GATEWAY = Policy(Audience.ANYONE, host=Host.CENTRE)


@require_safe
@cache_control(public=True, max_age=3600)
@declared(GATEWAY)
def metadata(request: HttpRequest, ipa_code: str) -> HttpResponse:
    """The town's signed SAML metadata."""
    return HttpResponse(build(_town(ipa_code)), content_type="application/samlmetadata+xml")


@require_safe
@never_cache
@declared(GATEWAY)
def leave(request: HttpRequest, ipa_code: str) -> HttpResponse:
    """From the town to the identity provider: `?idp=<entity id>&legame=<binding>&livello=1|2|3`."""
    town = _town(ipa_code)
    try:
        level = Assurance(int(request.GET.get("livello", "2")))
        to = signing_in.request_url(town, request.GET.get("idp", ""), request.GET.get("legame", ""), level)
    except ValueError:
        return _refuse(request, town, signing_in.SignInRefused())
    except CampanileError as error:
        return _refuse(request, town, error)
    return redirect(to)


@csrf_exempt  # the identity provider's page posts here; the signed response and its InResponseTo stand in for a token
@require_POST
@never_cache
@declared(GATEWAY)
@limited("saml")
def acs(request: HttpRequest, ipa_code: str) -> HttpResponse:
    """From the identity provider into the town, by a hand-over. 403 with few words for what cannot be believed."""
    town = _town(ipa_code)
    try:
        token = signing_in.accept(town, request.POST.get("SAMLResponse", ""))
    except CampanileError as error:
        return _refuse(request, town, error)
    return redirect(town.site(reverse("arrive", args=[token], urlconf=settings.ROOT_URLCONF)))


@csrf_exempt  # as acs: the provider's page posts here, and the signature stands in for a token
@require_POST
@never_cache
@declared(GATEWAY)
@limited("saml")
def slo(request: HttpRequest, ipa_code: str) -> HttpResponse:
    """The provider says that somebody has left: her sessions end, and the browser takes a signed answer back."""
    town = _town(ipa_code)
    try:
        return redirect(signing_out.accept(town, request.POST.get("SAMLRequest", "")))
    except CampanileError as error:
        return _refuse(request, town, error)


def _refuse(request: HttpRequest, town: Municipality, error: CampanileError) -> HttpResponse:
    context = {"error": error, "site": town.site(), "the_town": town}
    return render(request, "gateway/refused.html", context, status=error.http_status)


def _town(ipa_code: str) -> Municipality:
    towns = Municipality.objects.defer("boundary").filter(state__in=("live", "suspended"))
    return get_object_or_404(towns, ipa_code=ipa_code)
