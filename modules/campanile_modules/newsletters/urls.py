"""Pages of the module, below `/newsletter/`."""

from django.urls import URLPattern, URLResolver, include, path

from campanile_modules.newsletters.pages import embedded, office, portal, readers, sending

app_name = "newsletters"
_office: list[URLPattern | URLResolver] = [
    path("", office.overview, name="office"),
    path("nuovo/", office.begin, name="begin"),
    path("dominio/", sending.domain, name="domain"),
    path("offerte/<slug:code>/", office.offer, name="offer"),
    path("lettori/", readers.listed, name="readers"),
    path("lettori/nuovo/", readers.write_down, name="write_down"),
    path("lettori/importa/", readers.upload, name="import"),
    path("lettori/importa/<uuid:pk>/", readers.mapping, name="mapping"),
    path("lettori/importa/<uuid:pk>/lascia/", readers.forget, name="forget"),
    path("lettori/esporta/", readers.export, name="export"),
    path("lettori/<int:pk>/", readers.one, name="reader"),
    path("lettori/<int:pk>/prova.pdf", readers.proof, name="proof"),
    path("di/nuova/", office.topic, name="new_topic"),
    path("di/<slug:code>/", office.topic, name="topic"),
    path("<uuid:pk>/", office.edit, name="edit"),
    path("<uuid:pk>/guarda/", office.look, name="look"),
    path("<uuid:pk>/pronta/", office.submit, name="submit"),
    path("<uuid:pk>/mail/", office.preview, name="preview"),
    path("<uuid:pk>/numeri/", office.standing, name="standing"),
    path("<uuid:pk>/numeri.csv", office.numbers_csv, name="numbers_csv"),
    path("<uuid:pk>/<slug:verb>/", office.act, name="act"),
]
urlpatterns = [
    path("", portal.subscribe, name="subscribe"),
    path("incorpora/", embedded.form, name="embed"),
    path("codice/", portal.code, name="code"),
    path("conferma/<str:name>/", portal.confirm, name="confirm"),
    path("preferenze/<str:name>/", portal.preferences, name="preferences"),
    path("immagini/<uuid:pk>.jpg", portal.picture, name="picture"),
    path("vai/<uuid:pk>/<int:number>/", portal.go, name="go"),
    path("ufficio/", include(_office)),
    path("<slug:topic>/", portal.archive, name="archive"),
    path("<slug:topic>/feed.atom", portal.feed, name="feed"),
    path("<slug:topic>/<slug:slug>/", portal.issue, name="issue"),
]
