"""Below `/segnalazioni/open311/`."""

from django.urls import path

from campanile_modules.reporting.open311 import views

urlpatterns = [
    path("discovery.<slug:form>", views.discovery, name="open311_discovery"),
    path("v2/services.<slug:form>", views.service_list, name="open311_services"),
    path("v2/services/<str:code>.<slug:form>", views.service_definition, name="open311_definition"),
    path("v2/requests.<slug:form>", views.requests, name="open311_requests"),
    path("v2/requests/<str:code>.<slug:form>", views.one, name="open311_request"),
    path("v2/tokens/<str:code>.<slug:form>", views.token, name="open311_token"),
]
