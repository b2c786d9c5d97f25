"""The municipal website: for now its shell, its home and the pages that every site must have."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    """Tables in each town's schema (none yet)."""

    name = "campanile_tenants.town.site"
    label = "site"
    verbose_name = _("Website")
