"""Pages of the module, below `/allerte/`."""

from django.urls import path

from campanile_modules.alerts.pages import acts, beforehand, feeds, helping, office, portal

app_name = "alerts"
urlpatterns = [
    path("", portal.alert_list, name="list"),
    path("cap.atom", feeds.atom, name="atom"),
    path("firma.pem", feeds.certificate, name="certificate"),
    path("ufficio/", office.office, name="office"),
    path("ufficio/nuova/", office.new, name="new"),
    path("ufficio/aiuto/", helping.helps, name="helps"),
    path("ufficio/aiuto/<int:pk>/<slug:verb>/", helping.handle, name="handle"),
    path("ufficio/deleghe/", beforehand.delegations, name="delegations"),
    path("ufficio/deleghe/<int:pk>/ritira/", beforehand.withdraw, name="withdraw"),
    path("ufficio/cap/", beforehand.take_cap, name="take_cap"),
    path("ufficio/copertura/", beforehand.coverage, name="coverage"),
    path("ufficio/manifesto.pdf", beforehand.poster, name="poster"),
    path("ufficio/proposte/<uuid:pk>/", office.proposal, name="proposal"),
    path("ufficio/proposte/<uuid:pk>/<slug:verb>/", office.act_on_proposal, name="act_on_proposal"),
    path("ufficio/<str:code>/", office.one, name="one"),
    path("ufficio/<str:code>/modifica/", office.edit, name="edit"),
    path("ufficio/<str:code>/andamento/", office.board, name="board"),
    path("ufficio/<str:code>/decidi/<slug:verb>/", acts.decide, name="decide"),
    path("ufficio/<str:code>/<slug:verb>/", acts.act, name="act"),
    path("<str:code>/", portal.detail, name="detail"),
    path("<str:code>/<int:number>.cap.xml", feeds.cap_message, name="cap"),
]
