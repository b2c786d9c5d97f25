"""Pages of a town: its site, sign-in, the back office, the API, and each module below its own path."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from campanile_graphql.files import job_file, receive_upload
from campanile_graphql.guide import guide
from campanile_graphql.openapi import openapi
from campanile_graphql.views import graphql_view
from campanile_platform.config.security import security_txt
from campanile_tenants.contract.access import ANYONE, EVERYWHERE
from campanile_tenants.contract.registry import registry, url_path
from campanile_tenants.town.people.admission import declared


def _modules() -> list[URLResolver]:
    return [
        path(f"{url_path(module)}/", include((import_module(f"{module.name}.urls").urlpatterns, module.code)))
        for module in registry
        if find_spec(f"{module.name}.urls")
    ]


urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("campanile_tenants.town.site.urls")),
    path("", include("campanile_tenants.town.contacts.urls")),
    path("", include("campanile_tenants.town.places.urls")),
    path("accesso/", include("campanile_tenants.town.people.urls")),
    path("ufficio/collegamenti/", include("campanile_tenants.town.webhooks.urls")),
    path("ufficio/", include("campanile_tenants.town.office.urls")),
    path("ufficio/sito/", include("campanile_tenants.town.site.editing.urls")),
    path("lingua/", declared(EVERYWHERE)(set_language), name="set_language"),
    path(".well-known/security.txt", declared(EVERYWHERE)(security_txt), name="security_txt"),
    path("graphql/", declared(EVERYWHERE)(graphql_view), name="graphql"),
    path("graphql/file/<str:signed>", declared(ANYONE)(receive_upload), name="api_upload"),
    path("graphql/lavori/<uuid:pk>/file", declared(ANYONE)(job_file), name="api_job_file"),
    path("graphql/openapi.json", declared(ANYONE)(openapi), name="api_openapi"),
    path("graphql/guida/", declared(EVERYWHERE)(guide), name="api_guide"),
    *_modules(),
]
