"""Below `/pub-ag-full/<IPA code>`: the paths that a town's metadata names."""

from django.urls import path

from campanile_platform.gateway import views

app_name = "gateway"
urlpatterns = [
    path("<slug:ipa_code>", views.metadata, name="metadata"),
    path("<slug:ipa_code>/entra", views.leave, name="leave"),
    path("<slug:ipa_code>/slo", views.slo, name="slo"),
    path("<slug:ipa_code>/acs", views.acs, name="acs"),
]
