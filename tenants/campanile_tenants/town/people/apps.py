"""People: operators in the public schema; officers and citizens in each town."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Tables in the public schema and in each town's."""

    name = "campanile_tenants.town.people"
    label = "people"
    verbose_name = _("People")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from campanile_tenants.contract.module import Permission
        from campanile_tenants.contract.registry import registry
        from campanile_tenants.town.people import checks, signing_in  # noqa: F401 - they register themselves

        registry.declare(
            Permission(
                "people.manage_staff", _("Invite colleagues and give them roles"), second_factor=True, own_hands=True
            ),
            Permission("people.manage_offices", _("Manage offices, hours and contacts"), roles=("communications",)),
            Permission(
                "people.manage_grants", _("Let the centre in, and end its work here"), second_factor=True,
                own_hands=True,
            ),
            Permission("people.manage_tokens", _("Make API tokens"), second_factor=True, own_hands=True),
            Permission("people.look_up_citizen", _("Look up a citizen who signed in"), roles=("officer", "desk")),
            Permission("people.reveal_tax_code", _("See a whole tax code, with a reason"), roles=("officer", "desk")),
        )  # fmt: skip
