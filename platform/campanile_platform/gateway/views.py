"""Pages of the gateway, on the centre's host: for SPID and CIE a town's metadata, the way out, the way back."""

from __future__ import annotations

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campanile_platform.gateway.attempts import LEVELS, SignInRefused
from campanile_platform.gateway.cie import entity as cie_entity
from campanile_platform.gateway.cie import signing_in as cie_signing_in
from campanile_platform.gateway.spid import signing_in, signing_out
from campanile_platform.gateway.spid.metadata import metadata as build
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
        to = signing_in.request_url(town, request.GET.get("idp", ""), request.GET.get("legame", ""), _level(request))
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


@require_safe
@cache_control(public=True, max_age=3600)
@declared(GATEWAY)
def cie_statement(request: HttpRequest, ipa_code: str = "") -> HttpResponse:
    """The signed entity configuration of a town, or of the centre (OpenID Federation 1.0, 9)."""
    _cie_is_on()
    made = cie_entity.town_configuration(_town(ipa_code)) if ipa_code else cie_entity.aggregator_configuration()
    return HttpResponse(made, content_type="application/entity-statement+jwt")


@require_safe
@declared(GATEWAY)
def cie_fetch(request: HttpRequest) -> HttpResponse:
    """What the centre states about `?sub=`; an error as OpenID Federation 1.0, 8.9 words it."""
    _cie_is_on()
    town = _by_client_id(request.GET.get("sub", ""))
    if town is None:
        return JsonResponse({"error": "not_found", "error_description": "No such subordinate entity."}, status=404)
    return HttpResponse(cie_entity.about_town(town), content_type="application/entity-statement+jwt")


@require_safe
@declared(GATEWAY)
def cie_list(request: HttpRequest) -> HttpResponse:
    """The client ids of all towns. 1 query."""
    _cie_is_on()
    wanted = request.GET.get("entity_type", "openid_relying_party")
    towns = _towns() if wanted == "openid_relying_party" else Municipality.objects.none()
    return JsonResponse([cie_entity.client_id(town) for town in towns.order_by("ipa_code")], safe=False)


@csrf_exempt  # asked by providers, says nothing that is not public
@require_http_methods(["GET", "HEAD", "POST"])
@declared(GATEWAY)
def cie_mark_status(request: HttpRequest) -> HttpResponse:
    """Whether the centre's mark of a town still holds: `sub` and `id` (OpenID Federation 1.0, 8.4)."""
    _cie_is_on()
    told = request.POST or request.GET
    fits = told.get("id", told.get("trust_mark_id", "")) == cie_entity.mark_id()
    return JsonResponse({"active": fits and _by_client_id(told.get("sub", "")) is not None})


@require_safe
@never_cache
@declared(GATEWAY)
def cie_leave(request: HttpRequest, ipa_code: str) -> HttpResponse:
    """From the town to the CIE provider: `?legame=<binding>&livello=1|2|3`."""
    town = _town(ipa_code)
    try:
        return redirect(cie_signing_in.request_url(town, request.GET.get("legame", ""), _level(request)))
    except CampanileError as error:
        return _refuse(request, town, error)


@require_safe
@never_cache
@declared(GATEWAY)
@limited("saml")
def cie_return(request: HttpRequest, ipa_code: str) -> HttpResponse:
    """From the provider into the town, by a hand-over. 403 with few words for what cannot be believed."""
    town = _town(ipa_code)
    try:
        token = cie_signing_in.accept(town, request.GET.dict())
    except CampanileError as error:
        return _refuse(request, town, error)
    return redirect(town.site(reverse("arrive", args=[token], urlconf=settings.ROOT_URLCONF)))


def _cie_is_on() -> None:
    if not settings.CIE_PROVIDER:
        raise Http404


def _level(request: HttpRequest) -> Assurance:
    """`?livello=`, substantial unless it says otherwise. Raises SignInRefused."""
    try:
        level = Assurance(int(request.GET.get("livello", "2")))
    except ValueError as error:
        raise SignInRefused from error
    if level not in LEVELS:
        raise SignInRefused
    return level


def _refuse(request: HttpRequest, town: Municipality, error: CampanileError) -> HttpResponse:
    context = {"error": error, "site": town.site(), "the_town": town}
    return render(request, "gateway/refused.html", context, status=error.http_status)


def _towns() -> QuerySet[Municipality]:
    return Municipality.objects.defer("boundary").filter(state__in=("live", "suspended"))


def _town(ipa_code: str) -> Municipality:
    return get_object_or_404(_towns(), ipa_code=ipa_code)


def _by_client_id(subject: str) -> Municipality | None:
    town = _towns().filter(ipa_code=subject.rpartition("/")[2]).first()
    return town if town is not None and cie_entity.client_id(town) == subject else None
