"""Public pages of a town that belong to no module."""

from django.urls import path

from campanile_tenants.town.site import views

app_name = "site"
urlpatterns = [
    path("", views.home, name="home"),
    path("servizi/", views.services, name="services"),
    path("privacy/", views.privacy, name="privacy"),
    path("note-legali/", views.legal_notes, name="legal_notes"),
    path("confine.geojson", views.boundary, name="boundary"),
]
