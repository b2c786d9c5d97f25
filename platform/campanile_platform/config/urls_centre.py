"""Pages of the centre: its console, onboarding, sign-in, the API."""

from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from campanile_graphql.views import graphql_view

urlpatterns = [
    path("", include("campanile_platform.centre.urls")),
    path("adesioni/", include("campanile_platform.onboarding.urls")),
    path("accesso/", include("campanile_tenants.town.people.urls")),
    path("lingua/", set_language, name="set_language"),
    path("graphql/", graphql_view, name="graphql"),
]
