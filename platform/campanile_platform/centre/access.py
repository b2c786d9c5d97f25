"""Who may do what in the console: the centre's permissions and the gate in front of its pages."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from campanile_tenants.contract.access import Audience, Host, Policy
from campanile_tenants.contract.module import Permission
from campanile_tenants.town.people.admission import View, declared

_EVERYBODY = ("operations", "billing", "support", "auditor")
PERMISSIONS = tuple(
    Permission(code, label, roles=roles, second_factor=True, host=Host.CENTRE)
    for code, label, roles in (
        ("centre.view_towns", _("See all towns"), _EVERYBODY),
        ("centre.onboard_town", _("Take in a town"), ("operations",)),
        ("centre.edit_catalogue", _("Change the shared catalogue"), ("operations",)),
        ("centre.keep_prices", _("Change the price list"), ("operations", "billing")),
        ("centre.keep_accounts", _("Write down invoices to the towns, and that they are paid"), ("billing",)),
        ("centre.propose_campaigns", _("Propose alerts to the towns"), ("operations",)),
        ("centre.manage_lines", _("Try out channels and use closed lines again"), ("operations", "support")),
        ("centre.view_outbox", _("See the local outbox"), ("operations", "support")),
        ("centre.manage_operators", _("Invite operators and give them roles"), ("operations",)),
        ("centre.ask_access", _("Ask a town for access"), ("operations", "support")),
        ("centre.confirm_emergency", _("Confirm a colleague's emergency access"), ("operations", "support")),
    )
)


def operator_with(permission: str) -> Callable[[View], View]:
    """A page of the console for operators who hold a permission; others sign in first, or get 403."""
    return declared(Policy(Audience.OPERATOR, host=Host.CENTRE, permission=permission))
