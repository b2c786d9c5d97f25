"""Pages below `/ufficio/collegamenti/`."""

from django.urls import path

from campanile_tenants.town.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("", views.hook_list, name="list"),
    path("chiamate/<int:pk>/ripeti/", views.again, name="again"),
    path("<uuid:pk>/", views.calls, name="calls"),
    path("<uuid:pk>/<slug:verb>/", views.act, name="act"),
]
