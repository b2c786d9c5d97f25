"""Pages of the centre: its console, onboarding, sign-in, the API."""

from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from campanile_graphql.guide import guide
from campanile_graphql.views import graphql_view
from campanile_platform.config.security import security_txt
from campanile_tenants.contract.access import EVERYWHERE
from campanile_tenants.town.contacts.hooks import aws
from campanile_tenants.town.people.admission import declared

urlpatterns = [
    path("", include("campanile_platform.centre.urls")),
    path("", include("campanile_platform.gateway.urls")),
    path("adesioni/", include("campanile_platform.onboarding.urls")),
    path("accesso/", include("campanile_tenants.town.people.urls")),
    path("consegne/aws/", declared(EVERYWHERE)(aws), name="aws_events"),
    path("lingua/", declared(EVERYWHERE)(set_language), name="set_language"),
    path(".well-known/security.txt", declared(EVERYWHERE)(security_txt), name="security_txt"),
    path("graphql/", declared(EVERYWHERE)(graphql_view), name="graphql"),
    path("graphql/guida/", declared(EVERYWHERE)(guide), name="api_guide"),
]
