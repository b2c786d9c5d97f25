"""The back office's shell: home, menu, modules, staff."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OfficeConfig(AppConfig):
    """No tables yet."""

    name = "campanile_tenants.town.office"
    label = "office"
    verbose_name = _("Back office")
