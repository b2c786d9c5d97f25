"""Notices: what towns have published as warnings, what the centre proposes to them, and how their channels answer."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    """Tables in the public schema, walled per town by row-level security. No personal data."""

    name = "campanile_tenants.public.notices"
    label = "notices"
    verbose_name = _("Notices")
    default_auto_field = "django.db.models.BigAutoField"
