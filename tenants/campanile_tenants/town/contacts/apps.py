"""Contacts: how the people of a town are reached, and when they want to be."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ContactsConfig(AppConfig):
    """Tables in each town's schema."""

    name = "campanile_tenants.town.contacts"
    label = "contacts"
    verbose_name = _("Contacts")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from campanile_tenants.contract.module import MenuEntry, Permission
        from campanile_tenants.contract.registry import registry

        registry.declare(
            Permission("contacts.manage", _("See and write down contacts"), roles=("civil_protection", "desk"))
        )
        registry.declare(
            Permission(
                "contacts.set_up", _("Set up the town's accounts on channels"), second_factor=True, own_hands=True
            )
        )
        registry.add_menu(MenuEntry(_("Contacts"), "contacts:office", "contacts.manage", "it-user"))
