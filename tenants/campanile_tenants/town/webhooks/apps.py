"""Webhooks: what happens in a town, told to its other systems."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    """Tables in each town's schema."""

    name = "campanile_tenants.town.webhooks"
    label = "webhooks"
    verbose_name = _("Webhooks")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from campanile_tenants.contract.module import MenuEntry, Permission
        from campanile_tenants.contract.registry import registry
        from campanile_tenants.public.registry.events import overhear
        from campanile_tenants.town.webhooks.services import write_down

        registry.declare(Permission("webhooks.manage", _("Connect other systems"), second_factor=True, own_hands=True))
        registry.add_menu(MenuEntry(_("Other systems"), "webhooks:list", "webhooks.manage", "it-link"))
        overhear(write_down)
