"""Pages of the module, below `/segnalazioni/`."""

from django.urls import URLPattern, URLResolver, include, path

from campanile_modules.reporting.pages import (
    desk,
    imports,
    kiosk,
    office,
    opendata,
    portal,
    setting_up,
    writing,
)

app_name = "reporting"
_setup: list[URLPattern | URLResolver] = [
    path("", setting_up.overview, name="setup"),
    path("proposte/", setting_up.offered, name="offers"),
    path("proposte/<slug:code>/<slug:verb>/", setting_up.decide, name="decide_offer"),
    path("categorie/nuova/", setting_up.category, name="new_category"),
    path("categorie/<slug:code>/", setting_up.category, name="category"),
    path("regole/nuova/", setting_up.rule, name="new_rule"),
    path("regole/prova/", setting_up.try_rules, name="try_rules"),
    path("regole/<int:pk>/", setting_up.rule, name="rule"),
    path("orari/nuovi/", setting_up.hours, name="new_hours"),
    path("orari/<int:pk>/", setting_up.hours, name="hours"),
    path("risposte/nuova/", setting_up.template, name="new_template"),
    path("risposte/<int:pk>/", setting_up.template, name="template"),
    path("<slug:kind>/<int:pk>/togli/", setting_up.remove, name="remove_setup"),
]
_office: list[URLPattern | URLResolver] = [
    path("", office.inbox, name="inbox"),
    path("mappa.geojson", office.points, name="office_points"),
    path("calendario/", office.planned, name="planned"),
    path("insieme/", office.several, name="several"),
    path("imposta/", include(_setup)),
    path("sportello/", desk.write, name="desk"),
    path("sportello/simili/", desk.similar, name="desk_similar"),
    path("sportello/anche-io/<str:code>/", desk.me_too, name="desk_me_too"),
    path("sportello/<str:code>/", desk.slip, name="slip"),
    path("importa/", imports.upload, name="import"),
    path("importa/scrivi/", imports.take_in, name="take_in"),
    path("<str:code>/", office.detail, name="office_detail"),
    path("<str:code>/foglio/", office.sheet, name="sheet"),
    path("<str:code>/foto/<uuid:photo_id>/", imports.redact, name="redact"),
    path("<str:code>/<slug:verb>/", office.act, name="act"),
]
urlpatterns = [
    path("", portal.report_list, name="list"),
    path("mappa.geojson", portal.map_points, name="map"),
    path("nuova/", writing.privacy, name="new"),
    path("nuova/dati/", writing.details, name="new_details"),
    path("nuova/simili/", writing.similar, name="similar"),
    path("nuova/riepilogo/", writing.summary, name="new_summary"),
    path("nuova/foto/<uuid:photo_id>/togli/", writing.remove_photo, name="remove_photo"),
    path("ricevuta/<str:code>/", writing.receipt, name="receipt"),
    path("chiosco/", kiosk.start, name="kiosk"),
    path("chiosco/inizia/", kiosk.begin, name="kiosk_begin"),
    path("chiosco/fine/", kiosk.finish, name="kiosk_finish"),
    path("segui/", portal.find, name="find"),
    path("foto/<uuid:photo_id>.jpg", portal.photo, name="photo"),
    path("statistiche/", opendata.statistics, name="statistics"),
    path("dati/", opendata.about, name="open_data"),
    path("dati/segnalazioni.csv", opendata.as_csv, name="csv"),
    path("dati/segnalazioni.geojson", opendata.as_geojson, name="geojson"),
    path("dati/schema.json", opendata.schema, name="data_schema"),
    path("open311/", include("campanile_modules.reporting.open311.urls")),
    path("ufficio/", include(_office)),
    path("<str:code>/anche-io/", portal.me_too, name="me_too"),
    path("<str:code>/mio/<slug:verb>/", portal.act, name="author_act"),
    path("<str:code>/", portal.detail, name="detail"),
]
