"""Public pages of a town that belong to no module."""

from django.urls import path, register_converter

from campanile_tenants.town.site import tree
from campanile_tenants.town.site.pages import app, feeds, files, fixed, mine, rating, search, tiles
from campanile_tenants.town.site.pages import tree as pages


class OneOf:
    """One of a few words."""

    regex = ""

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    to_url = to_python


class SectionConverter(OneOf):
    """The address of one of the four sections."""

    regex = "|".join(section.slug for section in tree.SECTIONS)


class FeedConverter(OneOf):
    """The form of a feed."""

    regex = "atom|rss"


register_converter(SectionConverter, "section")
register_converter(FeedConverter, "feed")

app_name = "site"
urlpatterns = [
    path("", pages.home, name="home"),
    path("argomenti/", pages.topics, name="topics"),
    path("argomenti/<slug:slug>/", pages.topic, name="topic"),
    path("domande-frequenti/", pages.faq, name="faq"),
    path("cerca/", search.search, name="search"),
    path("cerca/suggerimenti", search.suggest, name="suggest"),
    path("prenota/", fixed.booking, name="booking"),
    path("contatti/", fixed.contacts, name="contacts"),
    path("privacy/", fixed.privacy, name="privacy"),
    path("note-legali/", fixed.legal_notes, name="legal_notes"),
    path("condizioni-di-servizio/", fixed.conditions, name="conditions"),
    path("accessibilita/", fixed.accessibility, name="accessibility"),
    path("mappa-del-sito/", fixed.site_map, name="map"),
    path("area-personale/", mine.mine, name="mine"),
    path("app.webmanifest", app.manifest, name="manifest"),
    path("app.js", app.worker, name="worker"),
    path("senza-rete/", app.offline, name="offline"),
    path("valuta/", rating.rate, name="rate"),
    path("immagini/<uuid:pk>/<int:width>.<str:form>", files.picture, name="picture"),
    path("allegati/<uuid:pk>/<str:name>", files.attachment, name="attachment"),
    path("stemma/<str:name>", files.coat, name="coat"),
    path("feed/<slug:category>.<feed:form>", feeds.feed, name="feed"),
    path("eventi.ics", feeds.calendar, name="calendar"),
    path("eventi/<slug:slug>.ics", feeds.event, name="event_calendar"),
    path("sitemap.xml", feeds.sitemap, name="sitemap"),
    path("robots.txt", feeds.robots, name="robots"),
    path("confine.geojson", fixed.boundary, name="boundary"),
    path("mappa/<int:zoom>/<int:x>/<int:y>", tiles.tile, name="tile"),
    path("<section:section>/", pages.section, name="section"),
    path("<section:section>/<slug:category>/", pages.category, name="category"),
    path("<section:section>/<slug:category>/<slug:slug>/", pages.page, name="page"),
]
