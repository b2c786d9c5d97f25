"""Pages below `/consegne/`: hooks of providers, answers of recipients."""

from django.urls import path

from campanile_tenants.town.contacts import hooks

app_name = "contacts"
urlpatterns = [
    path("voce/<str:name>/", hooks.call, name="call"),
    path("voce/<str:name>/tasto/", hooks.call_key, name="call_key"),
    path("voce/<str:name>/stato/", hooks.call_status, name="call_status"),
    path("telegram/", hooks.telegram, name="telegram"),
    path("aws/", hooks.aws, name="aws"),
    path("basta/<str:name>/", hooks.stop, name="stop"),
    path("risposta/<str:name>/", hooks.answer, name="answer"),
]
