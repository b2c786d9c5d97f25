"""Pages of the console."""

from django.urls import path

from campanile_platform.centre import views

app_name = "centre"
urlpatterns = [
    path("", views.home, name="home"),
    path("in-uscita/", views.outbox, name="outbox"),
]
