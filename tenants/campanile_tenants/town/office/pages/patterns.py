"""The pages about access and about the trail, mounted by the office and by the console under their own policy."""

from __future__ import annotations

from django.urls import URLPattern, path

from campanile_tenants.contract.access import Policy
from campanile_tenants.town.office.pages import audit, people, roles
from campanile_tenants.town.people.admission import declared


def access_patterns(policy: Policy) -> list[URLPattern]:
    """Colleagues, invitations, roles, the matrix."""
    guarded = declared(policy)
    return [
        path("persone/", guarded(people.people), name="people"),
        path("persone/invita/", guarded(people.invite), name="invite"),
        path("persone/<int:pk>/", guarded(people.person), name="person"),
        path("persone/<int:pk>/<slug:verb>/", guarded(people.act), name="person_act"),
        path("ruoli/", guarded(roles.matrix), name="roles"),
        path("ruoli/nuovo/", guarded(roles.edit), name="new_role"),
        path("ruoli/<slug:code>/", guarded(roles.edit), name="role"),
    ]


def audit_patterns(policy: Policy) -> list[URLPattern]:
    """The trail: search, check, export."""
    guarded = declared(policy)
    return [
        path("registro/", guarded(audit.trail), name="audit"),
        path("registro/esporta.csv", guarded(audit.export), name="audit_export"),
        path("registro/verifica/", guarded(audit.check), name="audit_check"),
    ]
