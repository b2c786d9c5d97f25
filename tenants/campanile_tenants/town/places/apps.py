"""Places: the zones and the streets of a town, by which modules name where something is."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlacesConfig(AppConfig):
    """Tables in each town's schema."""

    name = "campanile_tenants.town.places"
    label = "places"
    verbose_name = _("Places")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from campanile_tenants.contract.module import MenuEntry, Permission
        from campanile_tenants.contract.registry import registry

        registry.declare(
            Permission(
                "places.manage",
                _("Draw zones, keep the list of streets"),
                roles=("communications", "civil_protection"),
            )
        )
        registry.add_menu(MenuEntry(_("Zones and streets"), "places:office", "places.manage", "it-map-marker"))
