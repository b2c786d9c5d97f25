"""Pages of the module, below `/newsletter/`."""

from django.urls import URLPattern, URLResolver, include, path

from campanile_modules.newsletters.pages import office, portal

app_name = "newsletters"
_office: list[URLPattern | URLResolver] = [
    path("", office.overview, name="office"),
    path("nuovo/", office.begin, name="begin"),
    path("lettori/", office.readers, name="readers"),
    path("di/nuova/", office.topic, name="new_topic"),
    path("di/<slug:code>/", office.topic, name="topic"),
    path("<uuid:pk>/", office.edit, name="edit"),
    path("<uuid:pk>/guarda/", office.look, name="look"),
    path("<uuid:pk>/pronta/", office.submit, name="submit"),
    path("<uuid:pk>/mail/", office.preview, name="preview"),
    path("<uuid:pk>/numeri/", office.standing, name="standing"),
    path("<uuid:pk>/<slug:verb>/", office.act, name="act"),
]
urlpatterns = [
    path("", portal.subscribe, name="subscribe"),
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
