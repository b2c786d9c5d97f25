"""The privacy desk: consents, export, erasure, retention, processing register, breaches."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    """Tables in each town's schema."""

    name = "campanile_tenants.town.privacy"
    label = "privacy"
    verbose_name = _("Privacy desk")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from campanile_tenants.contract.module import MenuEntry, Permission
        from campanile_tenants.contract.registry import registry
        from campanile_tenants.town.privacy.house import HELD

        registry.declare(Permission("privacy.manage", _("Run the privacy desk"), second_factor=True, own_hands=True))
        registry.add_menu(MenuEntry(_("Privacy"), "office:privacy", "privacy.manage", "it-locked"))
        registry.declare_personal_data(*HELD)
