"""The paths that a town's metadata names: `/pub-ag-full/<IPA code>` for SPID, `/cie/<IPA code>` for CIE."""

from django.urls import path

from campanile_platform.gateway import views

app_name = "gateway"
urlpatterns = [
    path("pub-ag-full/<slug:ipa_code>", views.metadata, name="metadata"),
    path("pub-ag-full/<slug:ipa_code>/entra", views.leave, name="leave"),
    path("pub-ag-full/<slug:ipa_code>/slo", views.slo, name="slo"),
    path("pub-ag-full/<slug:ipa_code>/acs", views.acs, name="acs"),
    path(".well-known/openid-federation", views.cie_statement, name="cie_aggregator"),
    path("cie/federazione/fetch", views.cie_fetch, name="cie_fetch"),
    path("cie/federazione/list", views.cie_list, name="cie_list"),
    path("cie/federazione/stato", views.cie_mark_status, name="cie_mark_status"),
    path("cie/<slug:ipa_code>/.well-known/openid-federation", views.cie_statement, name="cie_town"),
    path("cie/<slug:ipa_code>/entra", views.cie_leave, name="cie_leave"),
    path("cie/<slug:ipa_code>/rientro", views.cie_return, name="cie_return"),
]
