"""The office's page of zones and streets, and the list of addresses that forms ask while somebody writes."""

from django.urls import path

from campanile_tenants.town.places import views

app_name = "places"
urlpatterns = [
    path("indirizzi/", views.addresses, name="addresses"),
    path("ufficio/zone/", views.office, name="office"),
    path("ufficio/zone/file/", views.take_in_zones, name="zones_file"),
    path("ufficio/zone/stradario/", views.take_in_streets, name="streets_file"),
    path("ufficio/zone/<int:pk>/", views.zone, name="zone"),
    path("ufficio/zone/<int:pk>/togli/", views.remove, name="remove"),
]
