"""Pages of the module, below `/segnalazioni/`."""

from django.urls import path

from campanile_modules.reporting import views, views_office

app_name = "reporting"
urlpatterns = [
    path("", views.report_list, name="list"),
    path("mappa.geojson", views.map_points, name="map"),
    path("nuova/", views.new_privacy, name="new"),
    path("nuova/dati/", views.new_details, name="new_details"),
    path("nuova/riepilogo/", views.new_summary, name="new_summary"),
    path("nuova/foto/<uuid:photo_id>/togli/", views.remove_photo, name="remove_photo"),
    path("ricevuta/<str:code>/", views.receipt, name="receipt"),
    path("foto/<uuid:photo_id>.jpg", views.photo, name="photo"),
    path("ufficio/", views_office.inbox, name="inbox"),
    path("ufficio/<str:code>/", views_office.detail, name="office_detail"),
    path("ufficio/<str:code>/<slug:verb>/", views_office.act, name="act"),
    path("<str:code>/", views.detail, name="detail"),
]
