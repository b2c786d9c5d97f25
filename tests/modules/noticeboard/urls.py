"""Two pages."""

from campanile_modules.noticeboard.models import Notice
from django.http import HttpRequest, HttpResponse
from django.urls import path

from campanile_tenants.kit.permissions import Assurance, Audience, Policy, declared, open_to_all, permission_required


@open_to_all
def notices(request: HttpRequest) -> HttpResponse:
    return HttpResponse("\n".join(notice.text for notice in Notice.objects.all()))


@permission_required("noticeboard.view_notice")
def office(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ufficio")


@declared(Policy(Audience.SIGNED_IN, assurance=Assurance.LOW))
def mine(request: HttpRequest) -> HttpResponse:
    return HttpResponse("i miei avvisi")


@declared(Policy(Audience.SIGNED_IN, assurance=Assurance.SUBSTANTIAL))
def sure(request: HttpRequest) -> HttpResponse:
    return HttpResponse("identità certa")


app_name = "noticeboard"
urlpatterns = [
    path("", notices, name="list"),
    path("ufficio/", office, name="office"),
    path("miei/", mine, name="mine"),
    path("certa/", sure, name="sure"),
]
