"""Pages of the back office that belong to no module."""

from django.urls import path

from campanile_tenants.contract.access import Audience, Policy
from campanile_tenants.town.office.pages import citizens, grants, modules, offices, privacy, settings, tokens, views
from campanile_tenants.town.office.pages.patterns import access_patterns, audit_patterns

app_name = "office"
urlpatterns = [
    path("", modules.home, name="home"),
    path("moduli/", modules.modules, name="modules"),
    path("moduli/<slug:code>/", modules.switch_module, name="switch_module"),
    path("moduli/<slug:code>/impostazioni/", settings.module_settings, name="module_settings"),
    path("viste/", views.save_view, name="save_view"),
    path("viste/<int:pk>/togli/", views.remove_view, name="remove_view"),
    *access_patterns(Policy(Audience.STAFF, permission="people.manage_staff")),
    *audit_patterns(Policy(Audience.STAFF, permission="audit.view_log")),
    path("cittadini/", citizens.look_up, name="citizens"),
    path("cittadini/<int:pk>/codice-fiscale/", citizens.reveal, name="reveal_tax_code"),
    path("uffici/", offices.offices, name="offices"),
    path("uffici/nuovo/", offices.edit, name="new_office"),
    path("uffici/<slug:code>/", offices.edit, name="office"),
    path("accessi/", grants.grants, name="grants"),
    path("accessi/orari/", grants.add_support_hours, name="add_support_hours"),
    path("accessi/orari/<int:pk>/togli/", grants.remove_support_hours, name="remove_support_hours"),
    path("accessi/<uuid:pk>/<slug:verb>/", grants.decide, name="decide_grant"),
    path("privacy/", privacy.desk, name="privacy"),
    path("privacy/dati.<slug:form>", privacy.export, name="privacy_export"),
    path("privacy/cancella/", privacy.erase, name="privacy_erase"),
    path("privacy/trattamenti/", privacy.register, name="processing_register"),
    path("privacy/conservazione/", privacy.retention, name="retention"),
    path("privacy/violazioni/", privacy.breaches, name="breaches"),
    path("privacy/violazioni/nuova/", privacy.breach, name="new_breach"),
    path("privacy/violazioni/<int:pk>/", privacy.breach, name="breach"),
    path("token/", tokens.tokens, name="tokens"),
    path("token/<int:pk>/revoca/", tokens.revoke, name="revoke_token"),
]
