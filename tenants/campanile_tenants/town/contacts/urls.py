"""Pages about being told: `/avvisami/` for citizens, `/ufficio/contatti/`, and `/consegne/`, where providers
come back.
"""

from django.urls import path

from campanile_tenants.town.contacts import hooks
from campanile_tenants.town.contacts.pages import accounts, office, subscribing

app_name = "contacts"
urlpatterns = [
    path("avvisami/", subscribing.subscribe, name="subscribe"),
    path("avvisami/come/", subscribing.way, name="way"),
    path("avvisami/codice/", subscribing.code, name="code"),
    path("avvisami/preferenze/<str:name>/", subscribing.preferences, name="preferences"),
    path("ufficio/contatti/", office.contact_list, name="office"),
    path("ufficio/contatti/nuovo/", office.write_down, name="write_down"),
    path("ufficio/contatti/<int:pk>/tipo/", office.mark, name="mark"),
    path("ufficio/contatti/recapiti/<int:pk>/riprova/", office.lift, name="lift"),
    path("ufficio/contatti/importa/", office.preview, name="import"),
    path("ufficio/contatti/importa/scrivi/", office.take_in, name="take_in"),
    path("ufficio/contatti/canali/", accounts.channels, name="channels"),
    path("ufficio/contatti/canali/<slug:channel>/togli/", accounts.remove, name="remove_channel"),
    path("consegne/voce/<str:name>/", hooks.call, name="call"),
    path("consegne/voce/<str:name>/tasto/", hooks.call_key, name="call_key"),
    path("consegne/voce/<str:name>/stato/", hooks.call_status, name="call_status"),
    path("consegne/telegram/", hooks.telegram, name="telegram"),
    path("consegne/aws/", hooks.aws, name="aws"),
    path("consegne/basta/<str:name>/", hooks.stop, name="stop"),
    path("consegne/risposta/<str:name>/", hooks.answer, name="answer"),
]
