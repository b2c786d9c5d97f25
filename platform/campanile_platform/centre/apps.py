"""The centre: who aggregates, which towns belong to it, and its console."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CentreConfig(AppConfig):
    """Tables in the public schema."""

    name = "campanile_platform.centre"
    label = "centre"
    verbose_name = _("Centre")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from campanile_platform.centre.access import PERMISSIONS
        from campanile_tenants.contract.module import MenuEntry
        from campanile_tenants.contract.registry import registry

        registry.declare(*PERMISSIONS)
        registry.add_menu(
            MenuEntry(_("Shared catalogue"), "centre:catalogue", "centre.view_towns", "it-files"),
            MenuEntry(_("Alerts"), "centre:campaigns", "centre.view_towns", "it-warning-circle"),
            MenuEntry(_("Channels"), "centre:lines", "centre.view_towns", "it-telephone"),
            MenuEntry(_("New town"), "onboarding:choose", "centre.onboard_town", "it-plus-circle"),
            MenuEntry(_("Access to towns"), "centre:access", "centre.ask_access", "it-key"),
            MenuEntry(_("Operators"), "centre:people", "centre.manage_operators", "it-user"),
            MenuEntry(_("Audit trail"), "centre:audit", "audit.view_platform_log", "it-list"),
        )
