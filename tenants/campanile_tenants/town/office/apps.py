"""The back office's shell: home, menu, modules, staff."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficeConfig(AppConfig):
    """Tables in each town's schema."""

    name = "campanile_tenants.town.office"
    label = "office"
    verbose_name = _("Back office")

    def ready(self) -> None:
        from campanile_tenants.contract.module import MenuEntry, Permission, PersonalData
        from campanile_tenants.contract.registry import registry

        registry.declare(
            Permission("office.switch_modules", _("Switch modules on and off"), second_factor=True, own_hands=True)
        )
        registry.declare_personal_data(
            PersonalData(
                "office.SavedView", ("name", "query"), purpose=_("To show a list again as somebody kept it"),
                keep_days=None, found_by=(("user", "user_id"), ("text", "name"), ("text", "query")), people=_("staff"),
            )
        )  # fmt: skip
        registry.add_menu(
            MenuEntry(_("Modules"), "office:modules", "office.switch_modules", "it-settings"),
            MenuEntry(_("Colleagues"), "office:people", "people.manage_staff", "it-user"),
            MenuEntry(_("Look up a citizen"), "office:citizens", "people.look_up_citizen", "it-search"),
            MenuEntry(_("Offices"), "office:offices", "people.manage_offices", "it-pa"),
            MenuEntry(_("Access of the centre"), "office:grants", "people.manage_grants", "it-key"),
            MenuEntry(_("API tokens"), "office:tokens", "people.manage_tokens", "it-code-circle"),
            MenuEntry(_("Audit trail"), "office:audit", "audit.view_log", "it-list"),
        )
