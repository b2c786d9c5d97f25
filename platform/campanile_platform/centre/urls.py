"""Pages of the console."""

from django.urls import path

from campanile_platform.centre import (
    accounts,
    campaigns,
    catalogue,
    league,
    lines,
    prices,
    shared,
    views,
    views_access,
)
from campanile_tenants.contract.access import Audience, Host, Policy
from campanile_tenants.town.office.pages.patterns import access_patterns, audit_patterns

app_name = "centre"
urlpatterns = [
    path("", views.home, name="home"),
    path("in-uscita/", views.outbox, name="outbox"),
    path("canali/", lines.channel_health, name="lines"),
    path("canali/prova/", lines.try_lines, name="try_lines"),
    path("canali/<slug:name>/apri/", lines.open_line, name="open_line"),
    path("allerte/", campaigns.overview, name="campaigns"),
    path("allerte/cap.atom", campaigns.atom, name="cap_feed"),
    path("allerte/proponi/<slug:hazard>/", campaigns.propose, name="propose_campaign"),
    path("allerte/<uuid:pk>/", campaigns.campaign, name="campaign"),
    path("allerte/<uuid:pk>/chiudi/", campaigns.close, name="close_campaign"),
    path("confronto/<str:code>/", league.league, name="league"),
    path("fatture/", accounts.invoices, name="invoices"),
    path("fatture/<int:pk>/pagata/", accounts.pay, name="pay_invoice"),
    path("listino/", prices.price_list, name="prices"),
    path("listino/<slug:module>/", prices.edit_prices, name="prices_edit"),
    path("elenchi/<str:kind>/", shared.entries, name="shared"),
    path("elenchi/<str:kind>/nuova/", shared.edit, name="shared_new"),
    path("elenchi/<str:kind>/<slug:code>/", shared.edit, name="shared_edit"),
    path("elenchi/<str:kind>/<slug:code>/<slug:verb>/", shared.act, name="shared_act"),
    path("catalogo/", catalogue.services, name="catalogue"),
    path("catalogo/nuovo/", catalogue.edit, name="catalogue_new"),
    path("catalogo/<slug:code>/", catalogue.edit, name="catalogue_edit"),
    path("catalogo/<slug:code>/<slug:verb>/", catalogue.act, name="catalogue_act"),
    path("accessi/", views_access.requests, name="access"),
    path("accessi/chiedi/<slug:istat_code>/", views_access.ask, name="ask_access"),
    path("accessi/<uuid:pk>/conferma/", views_access.confirm, name="confirm_access"),
    path("entra/<slug:istat_code>/", views_access.enter, name="enter"),
    *access_patterns(Policy(Audience.OPERATOR, host=Host.CENTRE, permission="centre.manage_operators")),
    *audit_patterns(Policy(Audience.OPERATOR, host=Host.CENTRE, permission="audit.view_platform_log")),
]
