"""Pages of the editor, below the back office."""

from django.urls import path

from campanile_tenants.town.site.editing import more, views

app_name = "content"
urlpatterns = [
    path("", views.pages, name="pages"),
    path("insieme/", views.bulk, name="bulk"),
    path("insieme/annulla/", views.undo, name="undo"),
    path("nuova/<slug:kind>/", views.new, name="new"),
    path("<int:pk>/", views.edit, name="edit"),
    path("<int:pk>/anteprima/<int:number>/", views.preview, name="preview"),
    path("<int:pk>/versioni/", views.history, name="history"),
    path("<int:pk>/versioni/<int:number>/riprendi/", views.restore, name="restore"),
    path("<int:pk>/fai/<slug:verb>/", views.act, name="act"),
    path("aggiornamenti/", more.offers, name="offers"),
    path("aggiornamenti/<int:pk>/<slug:verb>/", more.decide_offer, name="decide_offer"),
    path("catalogo/<slug:code>/prendi/", more.adopt, name="adopt"),
    path("fonti/", more.feeds, name="feeds"),
    path("fonti/<int:pk>/<slug:verb>/", more.feed_act, name="feed_act"),
    path("link/", more.links, name="links"),
    path("valutazioni/", more.ratings, name="ratings"),
    path("aspetto/", more.identity, name="identity"),
]
