"""Pages of the back office that belong to no module."""

from django.urls import path

from campanile_tenants.town.office import views

app_name = "office"
urlpatterns = [
    path("", views.home, name="home"),
    path("moduli/", views.modules, name="modules"),
    path("moduli/<slug:code>/", views.switch_module, name="switch_module"),
]
