"""The municipal website: the national model's pages, their editor, and what keeps them alive."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    """Tables in each town's schema."""

    name = "campanile_tenants.town.site"
    label = "site"
    verbose_name = _("Website")

    def ready(self) -> None:
        from campanile_tenants.contract.module import MenuEntry, Permission
        from campanile_tenants.contract.registry import registry
        from campanile_tenants.public.registry.gate import current_town
        from campanile_tenants.town.contacts.speaking import spoken_by
        from campanile_tenants.town.site.face import face_of
        from campanile_tenants.town.site.held import HELD

        registry.declare(
            Permission("site.edit_pages", _("Write pages of the site"), roles=("communications", "officer", "desk")),
            Permission("site.publish_pages", _("Publish pages of the site"), roles=("communications",)),
            Permission("site.edit_identity", _("Change colour, contacts and coat of arms of the site")),
        )
        registry.declare_personal_data(*HELD)
        spoken_by(lambda: face_of(current_town()).languages)
        registry.add_menu(
            MenuEntry(_("Pages of the site"), "content:pages", "site.edit_pages", "it-file"),
            MenuEntry(_("Face of the site"), "content:identity", "site.edit_identity", "it-pa"),
        )
